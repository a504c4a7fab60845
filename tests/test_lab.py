# SPDX-License-Identifier: Apache-2.0
"""What of a lab can be tested without an engine."""

from __future__ import annotations

import json
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import LocalLab

from doclab import journal
from doclab.lab import Lab
from doclab.model import DoclabError


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
            entry("skipped", UNIT="ldconfig.service"),
            entry(
                "Failed to listen", USER_UNIT="workerd.socket", _SYSTEMD_UNIT="user@1001.service"
            ),
            entry("502 GET", _SYSTEMD_USER_UNIT="workerd.service", CONTAINER_NAME="workerd"),
            entry("no DNS\n", _SYSTEMD_USER_UNIT="libpod-1.scope", CONTAINER_NAME="pod-workerd"),
        ]
    )
    assert journal.service_lines(text) == [
        "workerd.socket: Failed to listen",
        "workerd.service: 502 GET",
        "pod-workerd: no DNS",
    ]


def test_journal_of_what_ended_too_soon() -> None:
    """It knows no unit of it; Podman's events are no news."""
    text = "\n".join(
        [
            entry("another netns", SYSLOG_IDENTIFIER="whoami", _TRANSPORT="stdout"),
            entry("a kernel's", SYSLOG_IDENTIFIER="kernel", _TRANSPORT="kernel"),
            entry("start", _SYSTEMD_USER_UNIT="workerd.service", PODMAN_EVENT="start"),
        ]
    )
    assert journal.service_lines(text) == ["whoami: another netns"]


def test_journals_of_all_machines_that_are_up(
    lab: LocalLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails on one machine may have its cause on another; none is waited for."""
    starting: dict[str, Future[Any]] = {
        name: Future() for name in ("server", "laptop", "router", "broken", "slow")
    }
    for name, text in {"server": "502 GET", "laptop": "refused", "router": ""}.items():
        machine = SimpleNamespace(name=name, journal=lambda _since, said=text: said)
        starting[name].set_result(machine)
    starting["broken"].set_exception(DoclabError("it does not start."))
    monkeypatch.setattr(lab, "_machines", starting)
    assert Lab.journal(lab, "laptop", 0.0) == "on laptop:\nrefused\non server:\n502 GET"
