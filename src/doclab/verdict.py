# SPDX-License-Identifier: Apache-2.0
"""The verdict on one command: whether it ended as it should, and printed what the page shows."""

from __future__ import annotations

import dataclasses

from doclab import expect
from doclab.failing import FailedError, failure_of
from doclab.history import missing
from doclab.limits import Limits
from doclab.model import Block, Command
from doclab.outcome import Outcome, Problem

INTERRUPTED = 130  # exit status of what Ctrl-C ended
TERMINATED = 143  # of what a machine ends that goes down, when its shell still has time to say so


def outcome_is_good(
    block: Block, command: Command, outcome: Outcome, limits: Limits, *, whole: bool, last: bool
) -> None:
    """Check that a command ended, at its prompt, with the status that is wanted.

    Args:
        block: to which the command belongs.
        command: what the page says.
        outcome: what the terminal says.
        limits: what the command had.
        whole: whether all of the command is typed: of its lines, this is the last that runs.
        last: whether it is the block's last command, too.

    Raises:
        FailedError: with the place and the reason.
    """
    last = last and whole
    goes_down = block.restart and last  # and takes the shell with it
    if outcome.problem is not None and not (goes_down and outcome.problem is Problem.ENDED):
        raise _failed(
            block,
            command,
            outcome,
            _explained(command, outcome, outcome.problem, limits),
            status="none",
            again=outcome.problem is Problem.DEADLINE and limits.left() > 0,
        )
    if outcome.prompt is None:
        return
    event = missing(outcome.text, outcome.output)
    if event is not None and f"{event}: event not found" not in (command.expected or ""):
        raise _failed(
            block,
            command,
            outcome,
            f"the shell takes `{event}` for an event of its history (event not found), and drops"
            " the line. Write it in single quotes, or a backslash before the `!`.",
        )
    wanted = block.status if last else 0
    status = outcome.status
    stays = (command.interrupt and whole) or (block.running and last)
    if stays and not outcome.goes_on:
        raise _failed(
            block,
            command,
            outcome,
            f"it ended by itself, with status {status}, and the page says that it goes on"
            f" {'until Ctrl-C is pressed (`^C`)' if command.interrupt else '(`:running:`)'}.",
            again=True,
        )
    if goes_down and status == TERMINATED:
        return
    pressed = command.interrupt and whole  # Ctrl-C
    if status != wanted and not (pressed and not wanted and status == INTERRUPTED):
        raise _failed(
            block, command, outcome, f"its exit status is {status}, not {wanted}.", again=True
        )
    part = next((part for part in outcome.errors if not part.explains(wanted)), None)
    if part is not None:
        raise _failed(
            block,
            command,
            outcome,
            f"a part of it failed: what ends with `{part.text}` had the exit status {part.status}.",
            status=part.status,
            again=True,
        )


def _failed(
    block: Block,
    command: Command,
    outcome: Outcome,
    problem: str,
    *,
    status: str | None = None,
    again: bool = False,
) -> FailedError:
    shown = outcome.prompt.shown if outcome.prompt is not None else None
    return FailedError(
        failure_of(
            block,
            command.line + outcome.line,
            outcome.text or command.text,
            problem,
            expected=command.expected or None,
            actual=expect.tidy(outcome.output),
            status=status or shown,
        ),
        again=again,
    )


def _explained(command: Command, outcome: Outcome, problem: Problem, limits: Limits) -> str:
    """Say to the author of the page why no prompt came back."""
    if problem is Problem.ENDED:
        return (
            "it ended the shell in which it ran; the blocks after it would have no"
            " terminal. Leave the shell open, or start another one."
        )
    if problem is not Problem.DEADLINE:
        return str(problem.value)
    end = outcome.output.rstrip().rpartition("\n")[2]
    said = f"The last that it showed is {end[-80:]!r}." if end else "It showed nothing."
    if limits.left() <= 0:
        return (
            f"it had not ended when the scenario had taken {limits.scenario:g} s, its limit"
            f" (`doclab_deadline` in conf.py). {said}"
        )
    if command.interrupt and outcome.goes_on:
        return f"Ctrl-C did not end it within {limits.given:g} s. {said}"
    if command.interrupt:
        return f"what the page shows above `^C` did not come within {limits.given:g} s. {said}"
    return (
        f"it did not end within {limits.given:g} s: it hangs, or waits for input. {said}"
        " Give it what it needs (`:answer:`), or a longer `:deadline:` in a {run} block."
    )


def output_differs(
    block: Block, command: Command, output: str, difference: str, *, jobs: bool
) -> FailedError:
    """Say that the output is not what the page shows.

    Args:
        block: to which the command belongs.
        command: what the page says.
        output: what the terminal shows.
        difference: one sentence on how they differ.
        jobs: whether something else may have printed a part of it.
    """
    problem = difference
    if jobs:
        problem += (
            " A job of an earlier block was running in this terminal; if this is its output,"
            " send it to a file there."
        )
    return FailedError(
        failure_of(
            block,
            command.line,
            command.text,
            problem,
            expected=command.expected,
            actual=expect.tidy(output),
            status="0",
            output_only=not jobs,
        ),
        again=True,
    )


def never_right(
    block: Block,
    command: Command,
    output: str,
    wrong: FailedError | None,
    *,
    tries: int,
    right: int,
    seconds: float,
) -> FailedError:
    """Say that a command was not right in the time that it had.

    Args:
        block: to which the command belongs.
        command: what the page says.
        output: of the last try.
        wrong: what was wrong with the last try, if anything.
        tries: how many there were.
        right: how many of them were right, in a row, at the end.
        seconds: that they took in all.
    """
    times = f"It was typed {tries} times in {seconds:.1f} s (`:wait: {block.wait:g}`)"
    if wrong is not None:
        problem = f"{wrong.failure.problem} {times}, and this is what it did last."
        return FailedError(dataclasses.replace(wrong.failure, problem=problem))
    problem = (
        f"it was right {right} times in a row at the end, not {block.steady} times"
        f" (`:steady: {block.steady}`). {times}."
    )
    return FailedError(
        failure_of(
            block,
            command.line,
            command.text,
            problem,
            expected=command.expected,
            actual=expect.tidy(output),
        )
    )
