"""What must hold of a command and its block; each breach is a failure with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from doclab import expect, users
from doclab.lab import Lab
from doclab.model import Block, Command, Failure, Location
from doclab.terminal import Outcome, Terminal

OUTPUT_LIMIT = 20_000  # characters of a block's output that the ledger keeps


class FailedError(Exception):
    """A block failed; what it printed so far comes with the reason."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.problem)
        self.failure = failure


def outcome_is_good(
    block: Block, command: Command, outcome: Outcome, lab: Lab, *, last: bool
) -> None:
    """Check that a command ended, at its prompt, with the status that is wanted.

    Args:
        block: to which the command belongs.
        command: what the page says.
        outcome: what the terminal says.
        lab: whose terminal is closed if the command spoilt it.
        last: whether the command is the block's last one.

    Raises:
        FailedError: with the place and the reason.
    """
    line = command.line + outcome.line
    if outcome.problem is not None:
        if block.restart and "ended the terminal" in outcome.problem:
            return
        problem = f"the command has a problem: {outcome.problem}"
        if "within" in outcome.problem:
            lab.close_terminal(block.machine)
            problem = (
                f"it did not end within {block.deadline:g} s: it hangs, or waits for input."
                " Give it what it needs, or a longer `:deadline:` in a {run} block."
            )
        elif "ended the terminal" in outcome.problem:
            lab.close_terminal(block.machine)
            problem = (
                "it ended the shell in which it ran; the blocks after it would have no"
                " terminal. Leave the shell open, or start another one."
            )
        elif "not complete" in outcome.problem:
            problem = outcome.problem
        raise FailedError(
            failure_of(
                block,
                line,
                outcome.text,
                problem,
                actual=expect.tidy(outcome.output),
                status="none",
            )
        )
    prompt = outcome.prompt
    status = prompt.status if prompt is not None else 0
    wanted = block.status if last else 0
    if status != wanted:
        raise FailedError(
            failure_of(
                block,
                line,
                outcome.text,
                f"its exit status is {status}, not {wanted}.",
                expected=command.expected or None,
                actual=expect.tidy(outcome.output),
                status=prompt.shown if prompt is not None else None,
            )
        )
    if outcome.errors and not wanted:
        failed, text = outcome.errors[0]
        raise FailedError(
            failure_of(
                block,
                line,
                outcome.text,
                f"a part of it failed: what ends with `{text}` had the exit status {failed}.",
                actual=expect.tidy(outcome.output),
                status=failed,
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


def machine_restarts(block: Block, lab: Lab, before: str) -> None:
    """Check that the machine restarts, and wait until it is up again."""
    if not lab.wait_for_restart(block.machine, before, block.deadline):
        command = block.commands[-1]
        raise FailedError(
            failure_of(
                block,
                command.line,
                command.text,
                f"the machine {block.machine!r} did not restart within {block.deadline:g} s.",
            )
        )


def no_job_is_left(block: Block, lab: Lab, before: Sequence[int]) -> None:
    """Check that no job of the block still runs in the background."""
    prompt = lab.terminal(block.machine).prompt
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
