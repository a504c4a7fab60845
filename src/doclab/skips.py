# SPDX-License-Identifier: Apache-2.0
"""Skips: a block that its author skips is tried, and one that passes is an error."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Mapping, Sequence

from doclab import needs, run
from doclab.model import Block, BlockResult, Fate, Location, Scenario
from doclab.run import Say
from doclab.scenario_run import Outcome


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of the trials."""

    trials: Mapping[Location, str]  # what each block did that is rightly skipped
    errors: tuple[str, ...]  # blocks that pass, and those that could not be tried

    def noted(self, results: Sequence[BlockResult]) -> list[BlockResult]:
        """Return the results of a run, with the trial of each block that was tried."""
        return [
            dataclasses.replace(result, trial=self.trials[result.block.location])
            if result.fate is Fate.SKIPPED and result.block.location in self.trials
            else result
            for result in results
        ]


def trials(scenarios: Sequence[Scenario], facts: Mapping[str, str]) -> list[Scenario]:
    """Return, for each block that is skipped and can be tried, a scenario that ends with it.

    What a lab does not have (`{needs}`) is judged anew in each run, and is not tried.

    Args:
        scenarios: those of the run; the first that has a block is the one to try it in.
        facts: versions of the lab, as in Ledger.versions.
    """
    found: dict[Location, Scenario] = {}
    for scenario in scenarios:
        for number, block in enumerate(scenario.blocks):
            if _can_be_tried(block, facts) and block.location not in found:
                last = dataclasses.replace(block, skip=None)
                found[block.location] = dataclasses.replace(
                    scenario,
                    name=f"{scenario.name} trial of {block.location}",
                    blocks=(*scenario.blocks[:number], last),
                    cut=True,
                )
    return list(found.values())


def _can_be_tried(block: Block, facts: Mapping[str, str]) -> bool:
    return (
        block.skip is not None and block.untried is None and needs.unmet(block.needs, facts) is None
    )


def try_them(
    wanted: Sequence[Scenario],
    run_alone: Callable[[Scenario], Outcome],
    *,
    jobs: int,
    say: Say,
    stop: threading.Event,
) -> Tried:
    """Run each trial in a lab of its own.

    Args:
        wanted: what `trials` returned.
        run_alone: runs one of them.
        jobs: how many at a time.
        say: told what happens.
        stop: set when the run is to end.
    """
    found: dict[Location, str] = {}
    errors: list[str] = []

    def try_one(scenario: Scenario) -> None:
        block = scenario.blocks[-1]
        say(f"trying {block.location}, which is skipped")
        outcome = run_alone(scenario)
        last = outcome.results[-1]
        broken = last.failure is not None and last.failure.of_lab
        if outcome.errors or broken or last.fate not in (Fate.PASSED, Fate.FAILED):
            reason = next(iter(outcome.errors), last.reason)
            errors.append(
                f"{block.location}: this skipped block could not be tried: {reason.rstrip('.')}."
                " Run again, or say with `:untried:` why not to try it."
            )
        elif last.fate is Fate.PASSED:
            errors.append(
                f"{block.location}: this block is skipped, and it passes: remove `:skip:`, or say"
                " with {needs} where it does not pass, or with `:untried:` why not to try it."
            )
        else:
            found[block.location] = f"tried: {last.reason}"

    run.run_all(wanted, try_one, jobs=jobs, stop=stop)
    return Tried(trials=found, errors=tuple(sorted(errors)))
