"""What must hold of a command and its block; each breach is a failure with a reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from doclab import expect, users
from doclab.lab import Lab
from doclab.limits import Limits
from doclab.model import Answer, Block, Command, Failure, Location
from doclab.terminal import Outcome, Problem, Terminal

INTERRUPTED = 130  # exit status of what Ctrl-C ended
OUTPUT_LIMIT = 20_000  # characters of a block's output that the ledger keeps


class FailedError(Exception):
    """A block failed; what it printed so far comes with the reason."""

    def __init__(self, failure: Failure, *, again: bool = False) -> None:
        """Take the failure, and whether another try could do better."""
        super().__init__(failure.problem)
        self.failure = failure
        self.again = again


def outcome_is_good(
    block: Block, command: Command, outcome: Outcome, limits: Limits, *, last: bool
) -> None:
    """Check that a command ended, at its prompt, with the status that is wanted.

    Args:
        block: to which the command belongs.
        command: what the page says.
        outcome: what the terminal says.
        limits: what the command had.
        last: whether the command is the block's last one.

    Raises:
        FailedError: with the place and the reason.
    """
    if outcome.problem is not None and not (block.restart and outcome.problem is Problem.ENDED):
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
    wanted = block.status if last else 0
    status = outcome.prompt.status
    if last and (command.interrupt or block.running) and not outcome.goes_on:
        raise _failed(
            block,
            command,
            outcome,
            f"it ended by itself, with status {status}, and the page says that it goes on"
            f" {'until Ctrl-C is pressed (`^C`)' if command.interrupt else '(`:running:`)'}.",
            again=True,
        )
    if status != wanted and not (command.interrupt and not wanted and status == INTERRUPTED):
        raise _failed(
            block, command, outcome, f"its exit status is {status}, not {wanted}.", again=True
        )
    if outcome.errors and not wanted:
        part = outcome.errors[0]
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
    if command.interrupt:
        return (
            f"what the page shows above `^C` did not come within {limits.given:g} s, or"
            f" Ctrl-C did not end the command. {said}"
        )
    return (
        f"it did not end within {limits.given:g} s: it hangs, or waits for input. {said}"
        " Give it what it needs (`:answer:`), or a longer `:deadline:` in a {run} block."
    )


def output_differs(block: Block, command: Command, output: str, *, jobs: bool) -> FailedError:
    """Say that the output is not what the page shows."""
    problem = (
        "the output is not what the page shows."
        if command.expected
        else "it printed something, and the page shows no output; show it, or end"
        " the part that matters with a line `...`."
    )
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


def time_is_left(block: Block, limits: Limits) -> None:
    """Check that the scenario has not taken all its time before this block."""
    if limits.left() <= 0:
        first = block.commands[0]
        raise FailedError(
            failure_of(
                block,
                first.line,
                first.text,
                f"it was not run: the scenario had taken {limits.scenario:g} s, its limit"
                " (`doclab_deadline` in conf.py), before it came to this block.",
            )
        )


def terminal_is_free(block: Block, terminal: Terminal) -> None:
    """Check that a command still runs in the terminal if the block continues it, else none."""
    first = block.commands[0]
    if block.continues and terminal.running is None:
        problem = (
            "no command of an earlier block runs in this terminal, so there is nothing to"
            " continue; write `:running:` at the block that starts one."
        )
    elif terminal.running is not None and not block.continues:
        problem = (
            f"`{terminal.running}` still runs in this terminal. End it on the page before, in"
            " a {run} block with `:continues:` and `^C`, or type this in another terminal"
            " (`:terminal: NAME`)."
        )
    else:
        return
    raise FailedError(failure_of(block, first.line, first.text, problem))


def nothing_is_left_running(block: Block, lab: Lab) -> None:
    """Check, after the last block of a page, that no command still runs in a terminal."""
    for machine, terminal in lab.terminals():
        if terminal.running is not None:
            command = block.commands[-1]
            raise FailedError(
                failure_of(
                    block,
                    command.line,
                    command.text,
                    f"the page ends here, and `{terminal.running}` still runs on {machine!r}."
                    " End it on the page, in a {run} block with `:continues:` and `^C`.",
                )
            )


def all_is_asked(block: Block, answers: Sequence[Answer]) -> None:
    """Check that each answer was given."""
    if answers:
        command = block.commands[-1]
        raise FailedError(
            failure_of(
                block,
                command.line,
                command.text,
                f"the question {answers[0].question!r} never came, so its answer was not typed;"
                " remove the answer, or correct the question.",
            )
        )


def user_is_right(block: Block, command: Command, terminal: Terminal) -> None:
    """Check that the terminal belongs to who types the command, as the page shows it."""
    if command.user is None:
        return
    user = user_of(terminal)
    if user == command.user:
        return
    problem = (
        f"the page says that {command.user} types this, but the terminal on"
        f" {block.machine!r} belongs to {user}"
    )
    remedy = (
        f"mend the prompt, or let {command.user} log in before"
        if users.shown(command)
        else f"no prompt says otherwise: write `:as: {user}` in a {{run}} block, or show the"
        f" prompt of {user}, or let {command.user} log in before"
    )
    raise FailedError(failure_of(block, command.line, command.text, f"{problem}; {remedy}."))


def machine_restarts(block: Block, lab: Lab, before: str, limits: Limits) -> None:
    """Check that the machine restarts, and wait until it is up again."""
    deadline = limits.give(block.deadline)
    if not lab.wait_for_restart(block.machine, before, deadline):
        command = block.commands[-1]
        raise FailedError(
            failure_of(
                block,
                command.line,
                command.text,
                f"the machine {block.machine!r} did not restart within {deadline:g} s.",
            )
        )


def no_job_is_left(block: Block, lab: Lab, before: Sequence[int]) -> None:
    """Check that no job of the block still runs in the background."""
    prompt = lab.terminal(block.machine, block.terminal).prompt
    left = [job for job in prompt.jobs if job not in before] if prompt is not None else []
    if not left or block.background:
        return
    command = block.commands[-1]
    pids = ", ".join(map(str, left))
    raise FailedError(
        failure_of(
            block,
            command.line,
            command.text,
            f"it leaves a job running in the background (process {pids}); end it on the"
            " page, or say `:background:` in a {run} block.",
        )
    )


def user_of(terminal: Terminal) -> str:
    """Return the user at a terminal's prompt."""
    return terminal.prompt.who.partition("@")[0] if terminal.prompt is not None else ""


def failure_of(
    block: Block,
    line: int,
    command: str,
    problem: str,
    *,
    expected: str | None = None,
    actual: str | None = None,
    status: str | None = None,
) -> Failure:
    """Describe the failure of a command, with its place."""
    return Failure(
        location=Location(path=block.location.path, line=line),
        command=command,
        problem=problem,
        expected=expected,
        actual=shortened(actual) if actual and len(actual) > OUTPUT_LIMIT else actual,
        status=status,
    )


def shortened(text: str) -> str:
    """Return a text of bounded length, with its start and its end."""
    half = OUTPUT_LIMIT // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters left out]\n{text[-half:]}"
