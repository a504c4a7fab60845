# SPDX-License-Identifier: Apache-2.0
"""Bring a restored lab into the state that its snapshot recorded, and prove it.

A restart keeps files and what is enabled. What a page has started by hand does
not run any more: it is started again here, and what should not run is stopped.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from typing import TypeAlias

from doclab import state
from doclab.machine import Machine
from doclab.snapshots import Record
from doclab.state import Difference

SETTLE_SECONDS = 15.0  # until a restored machine must be as it was
#: A machine and the arguments of systemctl there.
Mend: TypeAlias = tuple[str, Sequence[str]]
#: What was done, and what still differs.
Returned: TypeAlias = tuple[list[Mend], Difference | None]


def bring_back(machine: Machine, record: Record, user: str) -> Returned:
    """Start and stop units until a machine is as it was.

    Args:
        machine: of a restored lab; it is up.
        record: what is known of the snapshot that it was made from. If a machine was
            brought back from it before, the same is done, and the state is not read.
        user: who logs in; the login itself is no part of the state.

    Returns:
        What was done, and what still differs after 15 s.

    Raises:
        DoclabError: if the machine does not answer.
    """
    if record.mended is not None:
        known = [mend for mend in record.mended if mend[0] == machine.name]
        if _do(machine, known):
            return known, None
    done: list[Mend] = []
    end = time.monotonic() + SETTLE_SECONDS
    while left := [
        difference
        for difference in state.differences(record.last[machine.name], state.read(machine))
        if difference.kind != f"unit of {user}"
    ]:
        mends = [mend for mend in (_mend(machine, found) for found in left) if mend is not None]
        if time.monotonic() > end:
            return done, left[0]
        _do(machine, mends)
        done += [mend for mend in mends if mend not in done]
        time.sleep(0.1)
    return done, None


def _do(machine: Machine, mends: Sequence[Mend]) -> bool:
    """Start and stop units, in one call; say whether that went well."""
    together: dict[tuple[str, ...], list[str]] = {}
    for _, (*arguments, unit) in mends:
        together.setdefault(tuple(arguments), []).append(unit)
    lines = [shlex.join(["systemctl", *how, *units]) for how, units in together.items()]
    script = "\n".join([*(f"{line} || failed=1" for line in lines), "exit ${failed:-0}"])
    return not lines or machine.execute("sh", "-c", script, check=False).returncode == 0


def _mend(machine: Machine, difference: Difference) -> Mend | None:
    kind, _, owner = difference.kind.partition(" of ")
    if kind != "unit":
        return None
    verb = "stop" if difference.before is None else "start"
    manager = ["--user", f"--machine={owner}@"] if owner else []
    return machine.name, [*manager, verb, difference.name]
