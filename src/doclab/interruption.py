# SPDX-License-Identifier: Apache-2.0
"""The signals that end a run: Ctrl-C, a request to terminate, a terminal that is closed."""

from __future__ import annotations

import signal
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def by_signals() -> None:
    """Raise KeyboardInterrupt in the main thread on each of the signals.

    A hang-up is left alone where it is ignored, as below `nohup`.
    """
    for number in _SIGNALS:
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def no_more() -> None:
    """See to it that a second Ctrl-C does not cut off the clean-up after the first."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
