# SPDX-License-Identifier: Apache-2.0
"""Read the journal of a lab machine: what its services said."""

from __future__ import annotations

import json
import re

_BACKGROUND_UNITS = re.compile(
    r"user@|user-runtime-dir@|session-|container-shell@|container-getty@|systemd-|dbus|gpg-|dirmngr"
    r"|keyboxd|doclab-|netavark-|podman-user-wait|console-getty|apt-|dpkg-|getty"
)


def service_lines(text: str) -> list[str]:
    """Return a line for each entry of a service or socket that pages are about.

    Args:
        text: what `journalctl --output=json` printed.
    """
    found = []
    for line in text.splitlines():
        entry = json.loads(line)
        units = (
            entry.get(key) for key in ("USER_UNIT", "UNIT", "_SYSTEMD_USER_UNIT", "_SYSTEMD_UNIT")
        )
        unit = next(filter(None, units), "")
        message = entry.get("MESSAGE")
        if unit.endswith((".service", ".socket")) and not _BACKGROUND_UNITS.match(unit):
            found.append(f"{unit}: {message}")
    return found
