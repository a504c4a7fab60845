# SPDX-License-Identifier: Apache-2.0
"""What must hold of a block and its terminal; each breach is a failure with a reason."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from doclab import users
from doclab.failing import failed
from doclab.lab import Lab
from doclab.limits import Limits
from doclab.model import Answer, Block, Command
from doclab.prompt import Prompt
from doclab.terminal import Terminal

_SHOWN = re.compile(r"[^@]+@(?P<host>[^:$#]+)(?::(?P<directory>.*))?(?P<sign>[$#])")
_ENDING = 2.0  # seconds that a job has to end after the command that ends it
_PAUSE = 0.05  # seconds until it is looked for again


def time_is_left(block: Block, limits: Limits) -> None:
    """Check that the scenario has not taken all its time before this block."""
    if limits.left() <= 0:
        first = block.commands[0]
        raise failed(
            block,
            first,
            f"it was not run: the scenario had taken {limits.scenario:g} s, its limit"
            " (`doclab_deadline` in conf.py), before it came to this block.",
        )


def terminal_is_free(block: Block, terminal: Terminal, lab: Lab) -> None:
    """Check that a command still runs in the terminal if the block continues it, else none."""
    first = block.commands[0]
    if block.continues and terminal.running is None:
        others = [
            f"`{other.running}` runs in {_terminal(machine, name)}"
            for machine, name, other in lab.terminals()
            if other.running is not None
        ]
        problem = (
            f"no command runs in {_terminal(block.machine, block.terminal)}, so there is"
            " nothing to continue; "
        ) + (
            f"{', and '.join(others)}: name the one that is meant, by `:on:` and `:terminal:`."
            if others
            else "write `:running:` at the block that starts one."
        )
    elif terminal.running is not None and not block.continues:
        problem = (
            f"`{terminal.running}` still runs in this terminal. End it on the page before, in"
            " a {run} block with `:continues:` and `^C`, or type this in another terminal"
            " (`:terminal: NAME`)."
        )
    else:
        return
    raise failed(block, first, problem)


def _terminal(machine: str, name: str) -> str:
    return f"the terminal {name!r} on {machine!r}" if name else f"the first terminal on {machine!r}"


def nothing_is_left_running(block: Block, lab: Lab) -> None:
    """Check, after the last block of a page, that no command still runs in a terminal."""
    for machine, _, terminal in lab.terminals():
        if terminal.running is not None:
            command = block.commands[-1]
            raise failed(
                block,
                command,
                f"the page ends here, and `{terminal.running}` still runs on {machine!r}."
                " End it on the page, in a {run} block with `:continues:` and `^C`.",
            )


def all_is_asked(block: Block, answers: Sequence[Answer]) -> None:
    """Check that each answer was given."""
    if answers:
        command = block.commands[-1]
        raise failed(
            block,
            command,
            f"the question {answers[0].question!r} never came, so its answer was not typed;"
            " remove the answer, or correct the question.",
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
    raise failed(block, command, f"{problem}; {remedy}.")


def shell_stays(
    block: Block, command: Command, before: Prompt | None, after: Prompt | None
) -> None:
    """Check that what follows in the block is for the shell in which the block began.

    Bash takes what is pasted as one input (*bracketed paste*, on by default since 5.1): the
    lines behind a command that opens a shell are for the outer one, once that shell has ended.
    """
    if before is None or after is None or before.shell == after.shell:
        return
    raise failed(
        block,
        command,
        "it opens or ends a shell, and more of the block follows; a reader who copies the block"
        " and pastes it gets the rest into the shell where this was typed. Put what follows"
        " into a block of its own.",
    )


def prompt_is_right(block: Block, command: Command, terminal: Terminal) -> None:
    """Check that the terminal is where the prompt on the page says, if it is one with names."""
    shown = _SHOWN.fullmatch(command.prompt or "")
    actual = terminal.prompt
    if shown is None or actual is None:
        return
    user, _, host = actual.who.partition("@")
    below = actual.directory.removeprefix(actual.home)
    at_home = actual.home and below[:1] in ("", "/") and below != actual.directory
    directory = f"~{below}" if at_home else actual.directory
    sign = "#" if user == "root" else "$"
    if shown["host"] != host:
        problem = f"shows a prompt of {shown['host']}, but this shell is on {host}"
    elif shown["directory"] not in (None, directory, actual.directory):
        problem = f"shows a prompt in {shown['directory']}, but this shell is in {directory}"
    elif shown["sign"] != sign:
        problem = f"shows a prompt with `{shown['sign']}`, but that of {user} has `{sign}`"
    else:
        return
    raise failed(
        block, command, f"the page {problem}; mend the prompt, or go there before, on the page."
    )


def machine_restarts(block: Block, lab: Lab, before: str, limits: Limits) -> None:
    """Check that the machine restarts, and wait until it is up again."""
    deadline = limits.give(block.deadline)
    if not lab.wait_for_restart(block.machine, before, deadline):
        command = block.commands[-1]
        raise failed(
            block,
            command,
            f"the machine {block.machine!r} did not restart within {deadline:g} s.",
        )


def no_job_is_left(block: Block, lab: Lab) -> None:
    """Check that no job of the block still runs in the background.

    One that is ending, as after `kill`, has some time to do so.
    A shell that comes back when another one in it ends has the jobs that it was allowed.
    """
    terminal = lab.terminal(block.machine, block.terminal)
    if block.background:
        terminal.allowed_jobs.update(_jobs(terminal))
        return
    end = time.monotonic() + _ENDING
    while left := [job for job in _jobs(terminal) if job not in terminal.allowed_jobs]:
        if terminal.running is not None or time.monotonic() >= end:
            break
        terminal.pause(_PAUSE)
        terminal.look_again(_ENDING)
    if not left:
        return
    command = block.commands[-1]
    pids = ", ".join(map(str, left))
    raise failed(
        block,
        command,
        f"it leaves a job running in the background (process {pids}); end it on the"
        " page, or say `:background:` in a {run} block.",
    )


def _jobs(terminal: Terminal) -> tuple[int, ...]:
    return terminal.prompt.jobs if terminal.prompt is not None else ()


def user_of(terminal: Terminal) -> str:
    """Return the user at a terminal's prompt."""
    return terminal.prompt.who.partition("@")[0] if terminal.prompt is not None else ""
