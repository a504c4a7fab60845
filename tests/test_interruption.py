# SPDX-License-Identifier: Apache-2.0
"""What ends a run: Ctrl-C, a request to terminate, a terminal that is closed."""

from __future__ import annotations

import signal

import pytest

from doclab import interruption

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize("number", SIGNALS)
def test_each_of_them(number: signal.Signals) -> None:
    """The first one interrupts; those after it do not cut off the clean-up."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    interruption.by_signals()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    interruption.no_more()
    signal.raise_signal(number)


def test_nohup() -> None:
    """What is to go on after the terminal is closed does so."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interruption.by_signals()
    signal.raise_signal(signal.SIGHUP)
