# SPDX-License-Identifier: Apache-2.0
"""The outcome of a command in a terminal."""

from __future__ import annotations

import dataclasses
import enum

from doclab.prompt import NO_READER, PartFailure, Prompt

LONGEST_LINE = 4094  # bytes that the kernel's line buffer holds, without the newline


class Problem(enum.Enum):
    """Why no prompt came back; the value says it to people."""

    DEADLINE = "it did not end in time."
    ENDED = "it ended the terminal."
    INCOMPLETE = (
        "the command is not complete: the shell waits for the rest of a"
        " quotation, a here-document or a compound command."
    )
    UNREADABLE = (
        "the shell's report on it cannot be read, so nobody knows how it ended. Does the page"
        " change something on which the shell's prompt depends? Put it back after use."
    )
    LONG = (
        f"it has a line of more than {LONGEST_LINE} bytes, which a terminal cuts off;"
        " end lines with a backslash, and go on in the next."
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one complete command did."""

    line: int  # offset of its first line in what was fed
    text: str  # its lines
    output: str  # what the terminal showed, without escape sequences
    prompt: Prompt | None  # None: no prompt came back
    errors: tuple[PartFailure, ...] = ()  # parts that failed
    problem: Problem | None = None  # why no prompt came back
    goes_on: bool = False  # whether it came as far as it should, and still runs

    @property
    def status(self) -> int | None:
        """Exit status, where a writer whose reader had enough is no failure; None: none yet.

        The shell does not report the parts of a pipeline within a command, as in
        `x=$(yes | head -1)`.
        """
        if self.prompt is None:
            return None
        status = self.prompt.status
        within = status == NO_READER and len(self.prompt.parts) < 2 and "|" in self.text
        return 0 if within else status
