# SPDX-License-Identifier: Apache-2.0
"""Find, in a sequence, the parts between places where anything may stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

P = TypeVar("P")
T = TypeVar("T")
Known = Mapping[str, str]


def cut(items: Sequence[T], is_any: Callable[[T], bool]) -> list[list[T]]:
    """Split a sequence at each item that stands for any number of others."""
    segments: list[list[T]] = [[]]
    for item in items:
        if is_any(item):
            segments.append([])
        else:
            segments[-1].append(item)
    return segments


def match(
    segments: Sequence[Sequence[P]],
    items: Sequence[T],
    fits: Callable[[P, T, Known], Known | None],
    known: Known,
) -> Known | None:
    """Match segments in order: the first at the start, the last at the end.

    Args:
        segments: patterns of items; between two segments anything may stand.
        items: what is looked at.
        fits: whether a pattern fits an item; it returns what is known then.
        known: values that came before.
    """
    *before, last = segments
    begun = begin(before, items, fits, known)
    if begun is None:
        return None
    known, position = begun
    end = len(items) - len(last)
    if end < position or (not before and end > 0):
        return None
    return _match_at(last, items, end, fits, known)


def begin(
    segments: Sequence[Sequence[P]],
    items: Sequence[T],
    fits: Callable[[P, T, Known], Known | None],
    known: Known,
) -> tuple[Known, int] | None:
    """Match segments in order: the first at the start, the last as early as it fits.

    Each segment takes the first place where it fits, so that the time is
    linear in the items, however many segments there are.

    Args:
        segments: patterns of items; between two segments anything may stand.
        items: what is looked at.
        fits: whether a pattern fits an item; it returns what is known then.
        known: values that came before.

    Returns:
        What is known then, and the number of items up to the end of the last segment.
    """
    position = 0
    for number, segment in enumerate(segments):
        for place in range(position, 1 if number == 0 else len(items) - len(segment) + 1):
            found = _match_at(segment, items, place, fits, known)
            if found is not None:
                position, known = place + len(segment), found
                break
        else:
            return None
    return known, position


def _match_at(
    segment: Sequence[P],
    items: Sequence[T],
    place: int,
    fits: Callable[[P, T, Known], Known | None],
    known: Known,
) -> Known | None:
    if len(items) - place < len(segment):
        return None
    values: Known | None = known
    for offset, pattern in enumerate(segment):
        if values is not None:
            values = fits(pattern, items[place + offset], values)
        if values is None:
            return None
    return values
