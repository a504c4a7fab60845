# SPDX-License-Identifier: Apache-2.0
"""Read the journals of lab machines: what their services and containers said."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_BACKGROUND_UNITS = re.compile(
    r"user@|user-runtime-dir@|session-|container-shell@|container-getty@|systemd-|dbus|gpg-|dirmngr"
    r"|keyboxd|doclab-|netavark-|podman-user-wait|console-getty|apt-|dpkg-|getty|ldconfig"
)


#: The fields of an entry that `service_lines` reads.
FIELDS = (
    "MESSAGE", "UNIT", "USER_UNIT", "_SYSTEMD_UNIT", "_SYSTEMD_USER_UNIT", "CONTAINER_NAME",
    "PODMAN_EVENT", "SYSLOG_IDENTIFIER", "_TRANSPORT",
)  # fmt: skip


def service_lines(text: str) -> list[str]:
    """Return a line for each entry of a service, socket or container that pages are about.

    Podman's events are left out: they tell again what systemd says, at greater length.

    Args:
        text: what `journalctl --output=json` printed.
    """
    found = []
    for line in text.splitlines():
        entry = json.loads(line)
        if entry.get("PODMAN_EVENT"):
            continue
        units = (
            entry.get(key) for key in ("USER_UNIT", "UNIT", "_SYSTEMD_USER_UNIT", "_SYSTEMD_UNIT")
        )
        unit = next(filter(None, units), "")
        message = str(entry.get("MESSAGE")).rstrip()  # a container's may end with an empty line
        if unit.endswith((".service", ".socket")):
            if not _BACKGROUND_UNITS.match(unit):
                found.append(f"{unit}: {message}")
        elif name := entry.get("CONTAINER_NAME"):  # one that no unit started
            found.append(f"{name}: {message}")
        elif not unit and entry.get("_TRANSPORT") == "stdout":
            # Of a program of a user's service that was gone before the journal saw whose it is.
            found.append(f"{entry.get('SYSLOG_IDENTIFIER')}: {message}")
    return found


def joined(journals: Mapping[str, str]) -> str:
    """Return the journals of several machines as one text; those that say nothing are left out.

    Args:
        journals: the text of each, by the machine's name.
    """
    return "\n".join(f"on {name}:\n{text}" for name, text in journals.items() if text)
