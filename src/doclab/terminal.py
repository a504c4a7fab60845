# SPDX-License-Identifier: Apache-2.0
"""A terminal: a long-lived shell behind a pseudo-terminal, fed line by line.

The shell reports each prompt with an escape sequence that carries a secret of
this run (see `prompt.py`). So the end of a command is never guessed, neither by
time nor by the look of a prompt, and a shell that a command opened
(`machinectl shell`, `sudo -i`) is recognised in the same way.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from doclab import keyboard
from doclab.commands import runs_nothing
from doclab.history import missing
from doclab.outcome import LONGEST_LINE, Outcome, Problem
from doclab.prompt import Prompt, Reports
from doclab.screen import NOWHERE, Output
from doclab.wait import Wait
from doclab.watch import Watch
from doclab.wire import Wire

_POLL = 0.2  # seconds after which to see whether the run is to end
_WATCH = 0.02  # the same, while a command is watched
_ASK = 0.2  # seconds after which to ask again for a sign, since Ctrl-C may swallow it
_SLICE = 0.05  # seconds of a pause after which to see what goes on elsewhere
_READINGS = 64  # of a few kilobytes, at most, until somebody looks elsewhere
_TRIES = 50  # times to ask


class StoppedError(Exception):
    """Somebody wants the run to end."""


class Terminal:
    """A shell that blocks are fed to."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        nonce: str,
        stop: threading.Event,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """Start the shell.

        Args:
            argv: program and arguments that open the shell.
            nonce: the secret that the shell's reports carry.
            stop: set when the run is to end.
            meanwhile: called again and again while the shell is waited for.
        """
        self._stop, self._meanwhile = stop, meanwhile
        self._wire = Wire(argv)
        self._reports = Reports(nonce)
        self.prompt: Prompt | None = None
        self.allowed_jobs: set[int] = set()  # process ids that blocks were allowed to leave
        self.running: str | None = None  # the command that goes on after its block
        self._kept: Wait | None = None  # what it does that no block took yet

    def wait_for_prompt(self, deadline: float) -> Outcome:
        """Wait for the first prompt, at most so many seconds."""
        return self._until_prompt(0, "", deadline)

    def feed(self, text: str, *, deadline: float, watch: Watch | None = None) -> Iterator[Outcome]:
        """Type the lines of a text; yield an outcome for each complete command.

        The shell itself says where a command ends: after each line it shows
        either a prompt, or the sign that it wants more lines. A line that is
        empty or a comment is no command.

        Args:
            text: one or more lines.
            deadline: seconds for each command.
            watch: answers questions; sees when the last command has come far enough.
        """
        lines = text.split("\n")
        start = 0
        if len(text) > LONGEST_LINE // 4 and any(
            len(line.encode()) > LONGEST_LINE for line in lines
        ):
            yield self._refused(0, text, Problem.LONG)
            return
        self._drop_what_is_there()
        while start < len(lines):
            if runs_nothing(lines[start]):
                start += 1
                continue
            end, said = start, ""
            while True:
                self._wire.write(lines[end].encode() + b"\n")
                end += 1
                typed = "\n".join(lines[start:end])
                if watch is not None:
                    watch.last = all(map(runs_nothing, lines[end:]))
                outcome = self._until_prompt(start, typed, deadline, watch, carried=said, more=True)
                said = outcome.output if missing(typed, outcome.output) else ""
                if outcome.problem is not Problem.INCOMPLETE:
                    yield outcome
                    if outcome.prompt is None:
                        return
                    break
                if end == len(lines):
                    self.interrupt()
                    yield self._refused(start, typed, Problem.INCOMPLETE)
                    return
            start = end

    def resume(self, *, deadline: float, watch: Watch | None = None) -> Outcome:
        """Watch on while the command runs that an earlier block left running."""
        wait, self._kept = self._kept or Wait(), None
        wait.watch, wait.end = watch, time.monotonic() + deadline
        return self._outcome(wait, 0, self.running or "")

    def keep_reading(self) -> None:
        """Take what the command prints that goes on: if nobody reads, it stops."""
        wait = self._kept
        for _ in range(_READINGS if wait is not None else 0):
            if not self._reports.add(self._wire.read(0.0) or b""):
                break
            while wait is not None and self._take(wait):
                pass

    def interrupt(self, deadline: float = 5.0) -> Outcome:
        """Press Ctrl-C, and wait so many seconds for the prompt."""
        self._kept = None
        self._wire.write(b"\x03")
        outcome = self._until_prompt(0, "", deadline)
        if outcome.problem is None and not self._synchronise():
            return dataclasses.replace(outcome, prompt=None, problem=Problem.DEADLINE)
        return outcome

    def _synchronise(self) -> bool:
        """Pass all prompts that were shown; say whether the shell is at the last one.

        A command may end just before Ctrl-C is pressed, and then a second prompt
        follows, late. A backslash makes the shell ask for another line, which
        tells where its prompts end, and an empty line changes nothing.
        """
        for _ in range(_TRIES):
            self._wire.write(b"\\\n")
            outcome = self._until_prompt(0, "", _ASK, more=True)
            while outcome.problem is None:  # a prompt from before
                outcome = self._until_prompt(0, "", _ASK, more=True)
            if outcome.problem is Problem.INCOMPLETE:
                self._wire.write(b"\n")
                return self._until_prompt(0, "", _TRIES * _ASK).problem is None
            if outcome.problem is not Problem.DEADLINE:
                break
        return False

    def interrupted(self, outcome: Outcome, deadline: float) -> Outcome:
        """Press Ctrl-C on a command that goes on; return its outcome with the prompt."""
        after = self.interrupt(deadline)
        # What it prints, and which of its parts fail, at the end is no business of the page.
        return dataclasses.replace(outcome, prompt=after.prompt, problem=after.problem)

    def look_again(self, deadline: float) -> None:
        """Press the enter key at the prompt, and wait so many seconds for a new one."""
        self._wire.write(b"\n")
        self._until_prompt(0, "", deadline)

    def pause(self, seconds: float) -> None:
        """Wait before another try, unless somebody wants the run to end."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._meanwhile()
            if self._stop.wait(min(left, _SLICE)):
                raise StoppedError

    def interact(self) -> None:
        """Make the shell an ordinary one again, and connect it with our own terminal."""
        keyboard.connect(self._wire)

    def close(self) -> None:
        """End the shell."""
        self._wire.close()

    def _refused(self, line: int, text: str, problem: Problem) -> Outcome:
        return Outcome(line=line, text=text, output="", prompt=None, problem=problem)

    def _until_prompt(
        self,
        line: int,
        text: str,
        deadline: float,
        watch: Watch | None = None,
        *,
        carried: str = "",
        more: bool = False,
    ) -> Outcome:
        end = time.monotonic() + deadline
        wait = Wait(output=Output(carried), text=text, watch=watch, end=end)
        return self._outcome(wait, line, text, more=more)

    def _take(self, wait: Wait, *, more: bool = False) -> bool:
        """Take a report, if there is one, and the output before it; say whether there was one."""
        # What bash says about jobs between D and B is no command's output.
        kind, payload = self._reports.next(wait.output if wait.prompt is None else NOWHERE)
        wait.take(kind, payload, more=more)
        return bool(kind)

    def _outcome(self, wait: Wait, line: int, text: str, *, more: bool = False) -> Outcome:
        watch = wait.watch
        if watch is not None:
            watch.start(time.monotonic())
        while not wait.ready and wait.problem is None and not wait.goes_on:
            if not self._take(wait, more=more):
                self._look(wait)
        prompt = wait.prompt if wait.ready else None
        self.prompt = prompt or self.prompt
        shown = wait.output.text()
        self.running = None
        if wait.goes_on and watch is not None:
            self.running = text
            shown, rest = shown[: watch.taken], shown[watch.taken :]
            self._kept = Wait(output=Output(rest))
        return Outcome(
            line=line,
            text=text,
            output=shown,
            prompt=prompt,
            errors=tuple(wait.errors),
            problem=wait.problem,
            goes_on=wait.goes_on,
        )

    def _look(self, wait: Wait) -> None:
        """Do what is to be done while no report comes, and read on."""
        if self._stop.is_set():
            raise StoppedError
        self._meanwhile()
        now = time.monotonic()
        if wait.watch is not None and wait.prompt is None:
            self._wire.write(wait.watch.look(wait.output, now))
            wait.goes_on = wait.watch.goes_on(now)
        if wait.goes_on:
            return
        if now >= wait.end:
            wait.problem = Problem.DEADLINE
            return
        data = self._wire.read(min(wait.end - now, _WATCH if wait.watch is not None else _POLL))
        if data is None:
            wait.problem = Problem.ENDED
        else:
            self._reports.add(data)
        if data == b"" and wait.prompt is None and missing(wait.text, wait.output.end()):
            wait.text = ""
            self._wire.write(b"\n")  # the shell waits for another line, without a prompt

    def _drop_what_is_there(self) -> None:
        """Drop what was shown at the prompt, such as by jobs: it is no command's output."""
        while self._reports.next(NOWHERE)[0] or self._reports.add(self._wire.read(0.0) or b""):
            pass
