# SPDX-License-Identifier: Apache-2.0
"""A command gets the least of its limits."""

from __future__ import annotations

from doclab.limits import Limits


def test_the_least_counts() -> None:
    """What is left to the scenario is one of them."""
    limits = Limits(100.0)
    assert limits.give(60.0) == limits.given == 60.0
    assert limits.give(60.0, 5.0) == 5.0
    assert 99 < limits.give(300.0) <= 100
    assert 99 < limits.left() <= 100


def test_none_is_left() -> None:
    """Time that is over is no negative time."""
    limits = Limits(0.0)
    assert limits.left() == limits.give(5.0) == 0.0
