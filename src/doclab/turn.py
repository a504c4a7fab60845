# SPDX-License-Identifier: Apache-2.0
"""A turn: the commands of one block, each typed until it is right."""

from __future__ import annotations

import time

from doclab import checks, verdict
from doclab.attempt import Attempt
from doclab.failing import OUTPUT_LIMIT, FailedError, shortened
from doclab.lab import Lab
from doclab.limits import Limits
from doclab.model import Block, Command, CommandResult, Failure

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0  # seconds between two tries


class Turn:
    """A block's turn in a scenario."""

    def __init__(
        self,
        block: Block,
        lab: Lab,
        captured: dict[str, str],
        limits: Limits,
        *,
        lenient: bool = False,
    ) -> None:
        """Prepare.

        Args:
            block: what to run.
            lab: where.
            captured: values of named placeholders; those of this block are added.
            limits: what the scenario has left.
            lenient: go on where nothing but the output is not as the page says.
        """
        self._lenient = lenient
        self._block, self._lab, self._captured, self._limits = block, lab, captured, limits
        self._answers = list(block.answers)
        self.user: str | None = None  # who runs it
        self.ran: list[CommandResult] = []  # what its commands did so far
        self.new_output: Failure | None = None  # the first that a lenient turn let pass

    def run(self) -> None:
        """Run the block.

        Raises:
            FailedError: with the place and the reason.
        """
        block, lab = self._block, self._lab
        checks.time_is_left(block, self._limits)
        terminal = lab.terminal(block.machine, block.terminal)
        self.user = checks.user_of(terminal)
        checks.terminal_is_free(block, terminal, lab)
        before = lab.started_at(block.machine) if block.restart else ""
        for number, command in enumerate(block.commands):
            try:
                self._until_right(command, last=number == len(block.commands) - 1)
            except FailedError as error:
                if not (self._lenient and error.failure.output_only):
                    raise
                self.new_output = self.new_output or error.failure
        checks.all_is_asked(block, self._answers)
        if block.restart:
            checks.machine_restarts(block, lab, before, self._limits)
        else:
            checks.no_job_is_left(block, lab)

    def _until_right(self, command: Command, *, last: bool) -> None:
        """Type a command until it is right, as often as it must be in a row."""
        block = self._block
        terminal = self._lab.terminal(block.machine, block.terminal)
        checks.user_is_right(block, command, terminal)
        checks.prompt_is_right(block, command, terminal)
        clock = time.monotonic()
        end = clock + min(block.wait, self._limits.left())
        answers = list(self._answers)
        pause, count, right = _FIRST_PAUSE, 0, 0
        known, differs = dict(self._captured), False
        try:
            while True:
                began = time.monotonic()
                self._answers[:] = answers
                attempt = self._attempt(command, last=last)
                count += 1
                wrong: FailedError | None = None
                try:
                    values = attempt.run(block.deadline, *([end - began] if block.wait else []))
                    right, differs = right + 1, False
                except FailedError as error:
                    differs = error.failure.output_only
                    if not error.again or not block.wait:
                        raise
                    wrong, right = error, 0
                else:
                    if right >= block.steady:
                        self._captured.update(values)
                        break
                now = time.monotonic()
                if now + pause + (now - began) > end:
                    raise verdict.never_right(
                        block,
                        command,
                        attempt.output,
                        wrong,
                        tries=count,
                        right=right,
                        seconds=now - clock,
                    )
                self._lab.terminal(block.machine, block.terminal).pause(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
        finally:
            prompt, output = attempt.prompt, attempt.output
            self.ran.append(
                CommandResult(
                    command=command,
                    output=output if len(output) <= OUTPUT_LIMIT else shortened(output),
                    status=prompt.shown if prompt is not None else "",
                    seconds=round(time.monotonic() - clock, 3),
                    matched=not differs,
                    known=known,
                )
            )

    def _attempt(self, command: Command, *, last: bool) -> Attempt:
        return Attempt(
            self._block,
            command,
            self._lab,
            captured=self._captured,
            answers=self._answers,
            limits=self._limits,
            last=last,
        )
