# SPDX-License-Identifier: Apache-2.0
"""What doclab itself takes can be measured."""

from __future__ import annotations

import pytest
from scaling import local, reading


@pytest.mark.parametrize(
    ("what", "value"),
    [("kept", 3), ("forgotten", 3), ("lines", 2_000_000), ("line", 2_000_000), ("commands", 2**21)],
)
def test_blocks(what: str, value: int) -> None:
    """They run in a process of their own, which says how long that took."""
    sample = local(what, value)
    assert sample.seconds > 0
    assert sample.peak > 1_000_000


@pytest.mark.parametrize("tabs", [False, True])
def test_reading(tabs: bool) -> None:
    """A page is read in such a process, too."""
    assert reading(4, tabs=tabs).peak > 1_000_000
