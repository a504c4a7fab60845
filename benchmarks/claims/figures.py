# SPDX-License-Identifier: Apache-2.0
"""Figures: many measurements of one thing, and what can be said of them."""

from __future__ import annotations

import dataclasses
import itertools
import statistics
from collections.abc import Mapping, Sequence


@dataclasses.dataclass(frozen=True, kw_only=True)
class Figure:
    """A median with its spread."""

    median: float
    low: float  # the smallest
    high: float  # the largest
    count: int  # of measurements

    def text(self, form: str = ".3g") -> str:
        """Return the median, with the smallest and the largest value."""
        return f"{self.median:{form}} ({self.low:{form}} to {self.high:{form}})"

    def overlaps(self, other: Figure) -> bool:
        """Whether the spreads meet, so that the two are not ranked."""
        return self.low <= other.high and other.low <= self.high


def figure(values: Sequence[float]) -> Figure:
    """Sum up measurements.

    Raises:
        ValueError: if there is none.
    """
    if not values:
        raise ValueError("no measurement")
    return Figure(
        median=statistics.median(values), low=min(values), high=max(values), count=len(values)
    )


def ratios(values: Sequence[float | None], base: Sequence[float | None]) -> list[float]:
    """Divide the measurements of each round by those of the baseline in the same round."""
    pairs = itertools.zip_longest(values, base)  # the last rounds may have failed
    return [value / one for value, one in pairs if value is not None and one]


def ranks(ratios_of: Mapping[str, Figure], *, more_is_better: bool) -> dict[str, tuple[int, int]]:
    """Return the best and the worst place that each name can have, from 1 on.

    One is before another only if their spreads do not meet. Where the two places
    differ, the measurements are too noisy to rank that one.
    """

    def before(one: Figure, other: Figure) -> bool:
        return not one.overlaps(other) and (one.median > other.median) == more_is_better

    found = {}
    for name, own in ratios_of.items():
        others = [figure for other, figure in ratios_of.items() if other != name]
        better = sum(before(other, own) for other in others)
        worse = sum(before(own, other) for other in others)
        found[name] = (1 + better, len(ratios_of) - worse)
    return found
