# SPDX-License-Identifier: Apache-2.0
"""The wire to a shell: a pseudo-terminal on which it runs."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Sequence

import pexpect

ROWS, COLUMNS = 40, 100
_AT_ONCE = 65536  # bytes
_GRACE = 0.1  # seconds that a program has to end when its terminal is gone


class Wire:
    """A program on a pseudo-terminal."""

    def __init__(self, argv: Sequence[str]) -> None:
        """Start the program."""
        self._child = pexpect.spawn(
            argv[0],
            list(argv[1:]),
            dimensions=(ROWS, COLUMNS),
            timeout=None,
            echo=False,
            preexec_fn=_as_at_login,
        )
        self._poll = select.poll()
        self._poll.register(self._child.child_fd, select.POLLIN)

    def write(self, data: bytes) -> None:
        """Type."""
        try:
            while data:
                data = data[os.write(self._child.child_fd, data) :]
        except OSError:
            pass  # the program is gone: reading says so, with the right message

    def read(self, timeout: float) -> bytes | None:
        """Return what there is, after so many seconds at most; None: the program is gone."""
        if not self._poll.poll(timeout * 1000):
            return b""
        try:
            return os.read(self._child.child_fd, _AT_ONCE) or None
        except OSError:
            return None

    def interact(self, shown: Callable[[bytes], bytes]) -> None:
        """Connect the program with our own terminal.

        Args:
            shown: what is to be shown of some output.
        """
        self._child.interact(output_filter=shown)  # type: ignore[arg-type] # bytes, without an encoding

    def close(self) -> None:
        """End the program: hang up, and if that is not enough within 0.1 s, kill it."""
        wire = self._child.ptyproc  # type: ignore[attr-defined] # no part of the stubs
        wire.delayafterclose = 0.0  # pexpect sleeps as long, however soon the program ends
        wire.fileobj.close()
        end = time.monotonic() + _GRACE
        while self._child.isalive() and time.monotonic() < end:
            time.sleep(0.002)
        self._child.close(force=True)


def _as_at_login() -> None:
    """Give the shell the signals that it would have: Python ignores SIGPIPE."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
