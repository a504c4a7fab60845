"""Figures: many measurements of one thing, and what can be said of them."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Mapping, Sequence


@dataclasses.dataclass(frozen=True, kw_only=True)
class Figure:
    """A median with its spread."""

    median: float
    low: float  # the smallest
    high: float  # the largest
    count: int  # of measurements

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
    pairs = zip(values, base, strict=True)
    return [value / one for value, one in pairs if value is not None and one]


def ranking(ratios_of: Mapping[str, Figure], *, more_is_better: bool) -> list[list[str]]:
    """Return names, the best first; those whose spreads meet are one group.

    Groups are chains: with A and B meeting, and B and C, all three are not ranked.
    """
    ordered = sorted(ratios_of, key=lambda name: ratios_of[name].median, reverse=more_is_better)
    groups: list[list[str]] = []
    for name in ordered:
        if groups and any(ratios_of[name].overlaps(ratios_of[other]) for other in groups[-1]):
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups
