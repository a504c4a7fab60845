# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from claims.figures import Figure, figure, ranks, ratios
from hypothesis import given
from hypothesis import strategies as st


def test_figure_is_the_median_with_its_spread() -> None:
    found = figure([3.0, 1.0, 2.0, 10.0])
    assert (found.median, found.low, found.high, found.count) == (2.5, 1.0, 10.0, 4)
    assert found.text(".1f") == "2.5 (1.0 to 10.0)"


def test_no_measurement_is_no_figure() -> None:
    with pytest.raises(ValueError, match="no measurement"):
        figure([])


def test_ratios_are_those_of_the_same_round() -> None:
    # The computer was half as fast in the second round, for both.
    assert ratios([4.0, 2.0], [2.0, 1.0]) == [2.0, 2.0]


def test_rounds_that_failed_are_left_out() -> None:
    assert ratios([4.0, None, 6.0], [2.0, 1.0, None]) == [2.0]
    assert ratios([4.0], [2.0, 1.0]) == [2.0]


def spread(low: float, high: float) -> Figure:
    return Figure(median=(low + high) / 2, low=low, high=high, count=3)


def test_spreads_that_do_not_meet_are_ranked() -> None:
    found = {"a": spread(0.5, 0.6), "b": spread(0.9, 1.0), "c": spread(0.7, 0.8)}
    assert ranks(found, more_is_better=True) == {"b": (1, 1), "c": (2, 2), "a": (3, 3)}
    assert ranks(found, more_is_better=False) == {"a": (1, 1), "c": (2, 2), "b": (3, 3)}


def test_spreads_that_meet_are_not_ranked() -> None:
    found = {"a": spread(0.9, 1.0), "b": spread(1.0, 1.1), "c": spread(0.1, 0.2)}
    assert ranks(found, more_is_better=True) == {"a": (1, 2), "b": (1, 2), "c": (3, 3)}


def test_two_that_both_meet_a_third_may_be_ranked_among_themselves() -> None:
    found = {"a": spread(1.0, 1.1), "b": spread(0.8, 1.05), "c": spread(0.7, 0.9)}
    assert ranks(found, more_is_better=True) == {"a": (1, 2), "b": (1, 3), "c": (2, 3)}


_SPREADS = st.dictionaries(
    st.text(max_size=3),
    st.tuples(st.floats(0.01, 10), st.floats(0, 5)).map(lambda two: spread(two[0], sum(two))),
    max_size=7,
)


@given(_SPREADS, st.booleans())
def test_places_are_within_the_table_and_some_are_first(
    found: dict[str, Figure], more_is_better: bool
) -> None:
    places = ranks(found, more_is_better=more_is_better)
    assert all(1 <= best <= worst <= len(found) for best, worst in places.values())
    assert not found or min(best for best, _ in places.values()) == 1
