# SPDX-License-Identifier: Apache-2.0
"""A watch on a command that runs: answers its questions, sees when it has come far enough."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from doclab.model import Answer
from doclab.screen import Output

SETTLE = 0.3  # seconds without output after which a line without an end is complete
_QUIET = 0.2  # seconds without output after which a question waits for its answer
_PAUSE = 0.02  # seconds from one look to the next
_SHARE = 10  # looking takes at most one part in so many of the time

Appeared = Callable[[str, bool], int | None]
"""Says how many characters of the output are what was waited for, or None.

Its arguments are the output so far, and whether its last line is complete.
"""


class Watch:
    """What a person does while a command runs."""

    def __init__(self, answers: Sequence[Answer] = (), appeared: Appeared | None = None) -> None:
        """Start watching.

        Args:
            answers: to questions, in the order in which they are asked; those that
                the screen shows, and those that it does not, each have their order.
            appeared: says when the command has come far enough.
        """
        self.answers = list(answers)  # that were not given yet
        self.appeared = appeared
        self.last = True  # whether all is typed, so that `appeared` is asked
        self.taken: int | None = None  # characters of the output that were waited for
        self._size = -1  # of the output when it was last seen
        self._changed = 0.0  # when it last grew
        self._asked = -1  # size of the output when the last answer was given
        self._next = 0.0  # when to look again
        self._since = 0.0  # when the output was complete

    def start(self, now: float) -> None:
        """Start the clock for the next command."""
        self.taken = None
        self._size = self._asked = -1
        self._next, self._changed = now, now

    def look(self, output: Output, now: float) -> bytes:
        """Return what to type now, if anything; note how far the command has come."""
        if output.size != self._size:
            self._size, self._changed = output.size, now
        quiet = now - self._changed
        if self.answers and self._size != self._asked and quiet >= _QUIET:
            end = output.end()
            for shown in (True, False):
                found = next((answer for answer in self.answers if answer.shown is shown), None)
                if found is not None and end.endswith(found.question.rstrip()):
                    self.answers.remove(found)
                    if shown:
                        output.add(f"{found.text}\n".encode())
                    self._asked = output.size
                    return f"{found.text}\n".encode()
        if self.last and self.appeared and self.taken is None and now >= self._next:
            self.taken = self.appeared(output.text(), quiet >= SETTLE)
            self._since = time.monotonic()
            self._next = self._since + max(_PAUSE, _SHARE * (self._since - now))
        return b""

    def goes_on(self, now: float) -> bool:
        """Whether the command has come far enough, and goes on.

        It goes on if it does not end in the time that a person needs to see it.
        """
        return self.taken is not None and now - self._since >= SETTLE
