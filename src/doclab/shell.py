# SPDX-License-Identifier: Apache-2.0
"""Give a person a shell in a lab, in the state that the blocks left."""

from __future__ import annotations

import select
import sys
import threading
from typing import TYPE_CHECKING

from doclab.model import Block, DoclabError

if TYPE_CHECKING:
    from doclab.scenario_run import ScenarioRun

_one_at_a_time = threading.Lock()
_MOMENT = 0.2  # seconds between two looks whether the run is stopped


def offer_shell(scenario_run: ScenarioRun) -> None:
    """Ask at the terminal whether to look at the lab of a block that failed."""
    failed = scenario_run.failed
    if failed is None or failed.failure is None:
        return
    stop = scenario_run.stop
    while not _one_at_a_time.acquire(timeout=_MOMENT):
        if stop.is_set():
            return
    try:
        print(
            f"\n{failed.failure.location}: {failed.failure.problem}\n"
            f"Open a shell on {failed.block.machine}, as the block left it? [y/N] ",
            end="",
            flush=True,
        )
        if _answer(stop).strip().lower() in ("y", "yes"):
            hand_over(scenario_run, failed.block)
    finally:
        _one_at_a_time.release()


def _answer(stop: threading.Event) -> str:
    """Wait for a line at the terminal, unless the run is stopped first."""
    while not stop.is_set():
        if select.select([sys.stdin], [], [], _MOMENT)[0]:
            return sys.stdin.readline()
    return ""


def hand_over(scenario_run: ScenarioRun, block: Block) -> None:
    """Connect the person's terminal with that of a block, until the shell ends.

    Raises:
        DoclabError: if there is no person at a terminal.
    """
    if not sys.stdin.isatty():
        raise DoclabError("standard input is no terminal: there is nobody to give a shell to.")
    lab = scenario_run.lab
    print("The shell is yours. It ends with Ctrl-], or with its last `exit`.", flush=True)
    lab.terminal(block.machine, block.terminal).interact()
    lab.close_terminal(block.machine, block.terminal)
    print(flush=True)
