# SPDX-License-Identifier: Apache-2.0
"""Say what happens, while it happens."""

from __future__ import annotations

import threading
import time

from doclab.model import Block, BlockResult
from doclab.reports import text
from doclab.run import Say

QUIET_SECONDS = 3.0  # after which a block that still runs is announced


class Progress:
    """Says what happens, with the time since the start."""

    def __init__(self) -> None:
        """Start the clock."""
        self._start = time.monotonic()
        self._lock = threading.Lock()

    def __call__(self, message: str) -> None:
        """Print a line."""
        with self._lock:
            print(f"[{time.monotonic() - self._start:6.1f} s] {message}", flush=True)


class Watch:
    """Announces a block that takes long, and reports each when it has ended."""

    def __init__(self, say: Say) -> None:
        """Take the function that prints a line."""
        self._say = say
        self._timer: threading.Timer | None = None

    def begin(self, block: Block) -> None:
        """Take note that a block starts."""
        self.cancel()
        first = block.title
        message = f"running           {block.location}  {first[:60]}"
        self._timer = threading.Timer(QUIET_SECONDS, self._say, [message])
        self._timer.daemon = True
        self._timer.start()

    def end(self, result: BlockResult) -> None:
        """Report a block that has ended."""
        self.cancel()
        self._say(text.progress_line(result))

    def cancel(self) -> None:
        """Announce nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
