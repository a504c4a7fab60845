# SPDX-License-Identifier: Apache-2.0
"""The state of a lab machine: what a tutorial may change, and must put back.

Two states are compared to prove that a page cleans up, and that a snapshot was
restored faithfully.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

from doclab.machine import Machine

# The kind of thing that systemd-logind remembers of a user who is gone.
REMOVED_USER = "removed user"
_SCRIPT = Path(__file__).parent / "state.sh"
# Units that come and go with every login, and those that a login manager starts.
_COMING_AND_GOING = re.compile(
    r"(?:user|user-runtime-dir|container-shell)@|run-|session-|libpod-|podman-\d|systemd-tmpfiles-clean"
    r"|(?:dbus|dirmngr|gpg-agent[a-z-]*|keyboxd|ssh-agent|systemd-(?:tmpfiles-setup|hostnamed|exit))\."
    r"|systemd-(?:ask-password|importd|journalctl|storage-fs)\.socket"  # from systemd 262 on
    r"|netavark-dhcp-proxy[.]service|podman-user-wait-network-online\.|systemd-(?:tpm|update|journal-flush|machined|timedated)"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class State:
    """What there is on a machine, by kind and name, each with a value to compare."""

    things: Mapping[str, Mapping[str, str]]

    def of_kinds(self, *kinds: str) -> Mapping[str, Mapping[str, str]]:
        """Return only these kinds, such as `unit` with `unit of NAME`."""
        return {
            kind: names for kind, names in self.things.items() if kind.partition(" of ")[0] in kinds
        }


@dataclasses.dataclass(frozen=True, kw_only=True)
class Difference:
    """A thing that is not as it was."""

    kind: str  # such as "file", "unit of test"
    name: str
    before: str | None  # None: it was not there
    after: str | None  # None: it is gone

    def __str__(self) -> str:
        thing = f"{self.kind} {self.name}"
        if self.before is None:
            return f"{thing} is new"
        if self.after is None:
            return f"{thing} is gone"
        if self.kind == "file":
            return f"{thing} has changed"
        return f"{thing} was {self.before or 'there'!r}, and is {self.after!r}"


def read(machine: Machine) -> State:
    """Read the state of a machine; takes about a second.

    Raises:
        DoclabError: if the machine does not answer.
    """
    return parse(machine.execute("sh", text=_SCRIPT.read_text(encoding="utf-8")).stdout)


def read_all(machines: Sequence[Machine]) -> dict[str, State]:
    """Read the states of machines at the same time; keys are their names.

    Raises:
        DoclabError: if one does not answer.
    """
    with ThreadPoolExecutor() as pool:
        names = (machine.name for machine in machines)
        return dict(zip(names, pool.map(read, machines), strict=True))


def parse(text: str) -> State:
    """Read what state.sh printed."""
    things: dict[str, dict[str, str]] = {}
    for section in text.split("\x1e")[1:]:
        kind, *lines = section.splitlines()
        names = things.setdefault(kind, {})
        for line in lines:
            name, _, value = line.partition("\t")
            if not kind.startswith("unit") or not _COMING_AND_GOING.match(name):
                names[name] = value.strip()
    return State(things=things)


def differences(before: State, after: State) -> tuple[Difference, ...]:
    """Return all that is not as it was, in order of kind and name."""
    found = []
    for kind in dict.fromkeys([*before.things, *after.things]):
        old, new = before.things.get(kind, {}), after.things.get(kind, {})
        found += [
            Difference(kind=kind, name=name, before=old.get(name), after=new.get(name))
            for name in sorted({*old, *new})
            if old.get(name) != new.get(name)
        ]
    return tuple(found)


def allowed(difference: Difference, patterns: Mapping[str, str]) -> bool:
    """Whether a page says that this stays.

    Args:
        difference: what is not as it was.
        patterns: from "KIND NAME", in which `*` stands for anything, to the reason.
    """
    thing = f"{difference.kind} {difference.name}"
    return any(fnmatchcase(thing, pattern.replace("[", "[[]")) for pattern in patterns)
