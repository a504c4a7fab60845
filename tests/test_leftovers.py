"""A lab whose process is gone is told from one that is in use."""

from __future__ import annotations

import os

from doclab import leftovers


def test_an_owner_is_told_from_a_later_process() -> None:
    """A process id alone may come back; with its start time it does not."""
    pid, _, started = leftovers.owner().partition(".")
    assert pid == str(os.getpid())
    assert started == leftovers.started(os.getpid())
    assert leftovers.started(2**22 + 1) == ""
