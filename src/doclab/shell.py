"""Give a person a shell in a lab, in the state that the blocks left."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doclab.scenario_run import ScenarioRun

_one_at_a_time = threading.Lock()


def offer_shell(scenario_run: ScenarioRun) -> None:
    """Ask at the terminal whether to look at the lab of a block that failed."""
    failed = scenario_run.failed
    if failed is None or failed.failure is None:
        return
    with _one_at_a_time:
        print(
            f"\n{failed.failure.location}: {failed.failure.problem}\n"
            f"Open a shell on {failed.block.machine}, as the block left it? [y/N] ",
            end="",
            flush=True,
        )
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            hand_over(scenario_run, failed.block.machine)


def hand_over(scenario_run: ScenarioRun, machine: str) -> None:
    """Connect the person's terminal with a lab's terminal until the shell ends."""
    print("The shell is yours; it ends with `exit`, or Ctrl-].", flush=True)
    scenario_run.lab.terminal(machine).interact()
    print(flush=True)
