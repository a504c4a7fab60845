# SPDX-License-Identifier: Apache-2.0
"""What of a lab can be tested without an engine."""

from __future__ import annotations

import json

from doclab import journal


def entry(message: str, **fields: str) -> str:
    """Return a line of the journal as JSON."""
    return json.dumps({"MESSAGE": message, **fields})


def test_journal_of_services_only() -> None:
    """Logins and the machine's own services are not the reader's concern."""
    text = "\n".join(
        [
            entry("opened", _SYSTEMD_UNIT="session-c1.scope"),
            entry("Started", UNIT="user@1001.service"),
            entry("kernel says"),
            entry(
                "Failed to listen", USER_UNIT="workerd.socket", _SYSTEMD_UNIT="user@1001.service"
            ),
            entry("502 GET", _SYSTEMD_USER_UNIT="workerd.service"),
        ]
    )
    assert journal.service_lines(text) == [
        "workerd.socket: Failed to listen",
        "workerd.service: 502 GET",
    ]
