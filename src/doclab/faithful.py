"""Bring a restored lab into the state that its snapshot recorded, and prove it.

A restart keeps files and what is enabled. What a page has started by hand does
not run any more: it is started again here, and what should not run is stopped.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TypeAlias

from doclab import state
from doclab.machine import Machine
from doclab.snapshots import Snapshot
from doclab.state import Difference

SETTLE_SECONDS = 15.0  # until a restored machine must be as it was
#: A machine and the arguments of systemctl there.
Mend: TypeAlias = tuple[str, Sequence[str]]


def bring_back(
    machines: Sequence[Machine], snapshot: Snapshot, user: str
) -> tuple[list[Mend], Difference | None]:
    """Start and stop units until the machines are as they were.

    Args:
        machines: of the restored lab; all are up.
        snapshot: what they were made from.
        user: who logs in; the login itself is no part of the state.

    Returns:
        What was done, and what still differs after 15 s.

    Raises:
        DoclabError: if a machine does not answer.
    """
    done: list[Mend] = []
    for machine in machines:
        wanted = snapshot.record.last[machine.name]
        end = time.monotonic() + SETTLE_SECONDS
        while left := [
            difference
            for difference in state.differences(wanted, state.read(machine))
            if difference.kind != f"unit of {user}"
        ]:
            mends = [
                (machine.name, arguments) for arguments in map(_mend, left) if arguments is not None
            ]
            if time.monotonic() > end:
                return done, left[0]
            mend([machine], mends)
            done += [item for item in mends if item not in done]
            time.sleep(0.1)
    return done, None


def mend(machines: Sequence[Machine], mends: Sequence[Mend]) -> None:
    """Start and stop units; what fails shows in the state."""
    for machine in machines:
        for name, arguments in mends:
            if name == machine.name:
                machine.execute("systemctl", *arguments, check=False)


def _mend(difference: Difference) -> Sequence[str] | None:
    kind, _, owner = difference.kind.partition(" of ")
    if kind != "unit":
        return None
    verb = "stop" if difference.before is None else "start"
    manager = ["--user", f"--machine={owner}@"] if owner else []
    return [*manager, verb, difference.name]
