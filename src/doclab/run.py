# SPDX-License-Identifier: Apache-2.0
"""Run scenarios in labs. Nothing is printed here: progress goes to a listener."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from doclab import checks, interruption
from doclab.failing import FailedError, failure_of
from doclab.lab import Lab
from doclab.limits import SCENARIO, Limits
from doclab.model import (
    Block,
    BlockResult,
    CommandResult,
    DoclabError,
    Failure,
    Fate,
    Location,
    Scenario,
)
from doclab.turn import Turn

Say = Callable[[str], None]
Begin = Callable[[Block], None]
Listener = Callable[[BlockResult], None]
#: Told of the end of a page that went well: its name, all results, captured values.
PageEnd = Callable[[str, Sequence[BlockResult], dict[str, str]], None]


def run_scenario(
    scenario: Scenario,
    lab: Lab,
    *,
    listen: Listener,
    begin: Begin | None = None,
    end_page: PageEnd | None = None,
    result_at_stop: list[BlockResult] | None = None,
    captured: dict[str, str] | None = None,
    deadline: float = SCENARIO,
    lenient: bool = False,
) -> list[BlockResult]:
    """Run a scenario's blocks in order, in a lab that is up.

    After a failure the remaining blocks are *blocked*: they are not run, since
    a reader would not have come this far.

    Args:
        scenario: what to run.
        lab: where to run it.
        listen: told of each result as soon as there is one.
        begin: told of each block that is about to run.
        end_page: told when the last block of a page has passed.
        result_at_stop: filled with the results so far, also if the run is stopped. Blocks
            that have a result in it already are not run.
        captured: values of named placeholders that are known already.
        deadline: seconds after which the block that runs fails.
        lenient: go on after a block that failed by nothing but its output.

    Raises:
        StoppedError: if the run was stopped.
    """
    results: list[BlockResult] = result_at_stop if result_at_stop is not None else []
    captured = {} if captured is None else captured
    limits = Limits(deadline)
    # With a block left out at the end of a scenario, its last page has no end.
    ends = {block.page: block for block in scenario.blocks if block.skip is None}
    if scenario.cut and scenario.blocks:
        ends.pop(scenario.blocks[-1].page, None)
    broken: Location | None = None
    page = ""
    left = scenario.blocks[len(results) :]
    for number, block in enumerate(left, start=1):
        if block.page != page:
            lab.close_terminals()
            page = block.page
        if block.skip is not None:
            untried = f"never tried: {block.untried}" if block.untried is not None else ""
            result = _result(scenario, block, Fate.SKIPPED, block.skip, trial=untried)
        elif broken is not None:
            result = _result(scenario, block, Fate.BLOCKED, f"{broken} failed")
        else:
            if begin is not None:
                begin(block)
            result = _run_block(
                scenario,
                block,
                lab,
                captured,
                limits,
                ends_page=ends.get(block.page) is block,
                lenient=lenient,
            )
            if result.failure is not None and not (lenient and result.failure.output_only):
                broken = result.failure.location
        results.append(result)
        listen(result)
        if broken is None and end_page is not None and _ends(page, left[number:], scenario):
            lab.close_terminals()
            end_page(page, results, captured)
    return results


def _ends(page: str, following: Sequence[Block], scenario: Scenario) -> bool:
    """Whether a page is over when these blocks follow; not if blocks of it were left out."""
    return following[0].page != page if following else not scenario.cut


def run_all(
    scenarios: Sequence[Scenario],
    run_one: Callable[[Scenario], None],
    *,
    jobs: int,
    stop: threading.Event,
) -> None:
    """Run scenarios side by side.

    Args:
        scenarios: what to run.
        run_one: runs one of them in a lab of its own, and cleans up.
        jobs: how many at a time.
        stop: set when the run is interrupted, so that all of them end.
    """
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        try:
            for _ in pool.map(run_one, scenarios):
                pass
        except BaseException:
            interruption.no_more()
            stop.set()
            raise


def stopped(scenario: Scenario, done: Sequence[BlockResult], reason: str) -> list[BlockResult]:
    """Return a *blocked* result for each block that a stopped scenario did not reach."""
    return [
        _result(scenario, block, Fate.BLOCKED, reason) for block in scenario.blocks[len(done) :]
    ]


def _result(
    scenario: Scenario,
    block: Block,
    fate: Fate,
    reason: str,
    *,
    seconds: float = 0.0,
    user: str | None = None,
    commands: Sequence[CommandResult] = (),
    failure: Failure | None = None,
    trial: str = "",
) -> BlockResult:
    return BlockResult(
        block=block,
        scenario=scenario.name,
        variant=scenario.variant_label,
        fate=fate,
        reason=reason,
        seconds=round(seconds, 3),
        user=user or block.user or "",
        commands=tuple(commands),
        failure=failure,
        trial=trial,
    )


def _run_block(
    scenario: Scenario,
    block: Block,
    lab: Lab,
    captured: dict[str, str],
    limits: Limits,
    *,
    ends_page: bool,
    lenient: bool,
) -> BlockResult:
    started, clock = time.time(), time.monotonic()
    turn = Turn(block, lab, captured, limits, lenient=lenient)
    failure: Failure | None = None
    try:
        turn.run()
        failure = turn.new_output
        if ends_page:
            checks.nothing_is_left_running(block, lab)
    except FailedError as error:
        failure = error.failure
    except DoclabError as error:
        command = block.commands[0]
        failure = failure_of(block, command.line, command.text, str(error))
        failure = dataclasses.replace(failure, of_lab=True)
    seconds = time.monotonic() - clock
    if failure is not None:
        failure = _with_journal(failure, lab, block.machine, started)
    return _result(
        scenario,
        block,
        Fate.FAILED if failure is not None else Fate.PASSED,
        failure.problem if failure is not None else "",
        seconds=seconds,
        user=turn.user,
        commands=turn.ran,
        failure=failure,
    )


def _with_journal(failure: Failure, lab: Lab, machine: str, since: float) -> Failure:
    try:
        journal = lab.journal(machine, since)
    except DoclabError as error:
        journal = f"(no journal: {error})"
    return dataclasses.replace(failure, journal=journal)
