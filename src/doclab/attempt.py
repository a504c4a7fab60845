# SPDX-License-Identifier: Apache-2.0
"""An attempt: one command is typed, watched, ended and compared with the page."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from doclab import checks, expect, verdict
from doclab.commands import runs_nothing
from doclab.failing import FailedError
from doclab.lab import Lab
from doclab.limits import Limits
from doclab.model import Answer, Block, Command
from doclab.notices import is_notice, without_notices
from doclab.outcome import Outcome, Problem
from doclab.prompt import Prompt
from doclab.screen import Output
from doclab.watch import Watch


class Attempt:
    """One attempt to run a command of a block, in its terminal."""

    def __init__(
        self,
        block: Block,
        command: Command,
        lab: Lab,
        *,
        captured: Mapping[str, str],
        answers: list[Answer],
        limits: Limits,
        last: bool,
    ) -> None:
        """Prepare.

        Args:
            block: to which the command belongs.
            command: what to type, and what to expect.
            lab: where.
            captured: values of named placeholders that came before.
            answers: that no command of the block has needed yet.
            limits: what the scenario has left.
            last: whether the command is the block's last one.
        """
        self._block, self._command, self._lab = block, command, lab
        self._captured, self._answers, self._limits = captured, answers, limits
        self._last = last
        self._stays = command.interrupt or (last and block.running)
        self._had_jobs = False  # whether jobs ran in the terminal before
        self._values: dict[str, str] | None = None
        self._printed = Output()
        self._output: str | None = ""  # what the terminal showed; None: not asked for yet
        self.prompt: Prompt | None = None  # the last that came back

    @property
    def output(self) -> str:
        """What the terminal showed so far, shortened if it is very long."""
        if self._output is None:
            self._output = self._printed.text()
        return self._output

    def run(self, *seconds: float) -> dict[str, str]:
        """Type the command; return the values of all named placeholders.

        Args:
            seconds: limits, of which the least holds.

        Raises:
            FailedError: if anything is not as the page says.
        """
        block, command = self._block, self._command
        terminal = self._lab.terminal(block.machine, block.terminal)
        before = terminal.prompt
        self._had_jobs = before is not None and bool(before.jobs)
        watch = None
        if self._stays or self._answers:
            watch = Watch(self._answers, self._appeared if self._stays else None)
        outcome: Outcome | None = None
        for outcome in self._outcomes(self._limits.give(*seconds), watch):
            self._output = None if self._printed.size else outcome.output
            self._printed.add(outcome.output.encode())
            self.prompt = outcome.prompt
            if watch is not None:
                self._answers[:] = watch.answers
            rest = command.text.split("\n")[outcome.line + outcome.text.count("\n") + 1 :]
            whole = all(map(runs_nothing, rest))
            try:
                verdict.outcome_is_good(
                    block, command, outcome, self._limits, whole=whole, last=self._last
                )
            except FailedError as error:
                self._recover(outcome, error)
                raise
            if not (whole and self._last):
                checks.shell_stays(block, command, before, outcome.prompt)
        if command.expected is None or outcome is None:
            return dict(self._captured)
        if outcome.goes_on and self._values is not None:
            return self._values
        if self._had_jobs:
            self._output = without_notices(self.output, command.expected)
        found = expect.compare(
            command.expected,
            self.output,
            json=block.json,
            placeholders=block.placeholders,
            captured=self._captured,
        )
        if found.values is None:
            raise verdict.output_differs(
                block, command, self.output, found.difference, jobs=self._had_jobs
            )
        return dict(found.values)

    def _outcomes(self, deadline: float, watch: Watch | None) -> Iterator[Outcome]:
        """Type, or watch on; then press Ctrl-C if the page says so."""
        terminal = self._lab.terminal(self._block.machine, self._block.terminal)
        if self._block.continues and self._command is self._block.commands[0]:
            found = iter([terminal.resume(deadline=deadline, watch=watch)])
        else:
            found = terminal.feed(self._command.text, deadline=deadline, watch=watch)
        for outcome in found:
            if outcome.goes_on and self._command.interrupt:
                yield terminal.interrupted(outcome, self._limits.give(deadline))
            else:
                yield outcome

    def _recover(self, outcome: Outcome, error: FailedError) -> None:
        """Make the terminal ready for another try, or close it if it is spoilt."""
        if outcome.problem not in (Problem.DEADLINE, Problem.ENDED, Problem.UNREADABLE):
            return
        terminal = self._lab.terminal(self._block.machine, self._block.terminal)
        if error.again and self._block.wait and terminal.interrupt().problem is None:
            return
        error.again = False
        self._lab.close_terminal(self._block.machine, self._block.terminal)

    def _appeared(self, text: str, complete: bool) -> int | None:
        """Return how much of the output so far is what the page shows, if it is there.

        That is the shortest run of whole lines that matches, so that it does not
        depend on how fast the command prints.
        """
        wanted = expect.tidy(self._command.expected or "").split("\n")
        while wanted and wanted[-1].strip() in ("", expect.ANY_LINES):
            wanted.pop()
        if not wanted:
            self._values = dict(self._captured)
            return 0
        lines = (self.output + text).split("\n")
        if not complete or not lines[-1]:
            lines.pop()
        ends = list(itertools.accumulate(len(line) + 1 for line in lines))
        if self._had_jobs and not any(map(is_notice, wanted)):
            ends = [end for end, line in zip(ends, lines, strict=True) if not is_notice(line)]
            lines = [line for line in lines if not is_notice(line)]
        found = expect.begin(
            wanted, lines, placeholders=self._block.placeholders, captured=self._captured
        )
        if found is None:
            return None
        self._values, count = found
        return max(0, min(ends[count - 1] - len(self.output), len(text)))
