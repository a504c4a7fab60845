# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest
from claims import loads
from claims.__main__ import FULL_PLAN, QUICK_PLAN
from claims.loads import Sample, Visitor
from claims.measures import MEASURES, PROXY_MEASURES, TURNS
from claims.place import Place
from claims.proxies import PROXIES, STARTS
from claims.record import Record
from claims.rounds import Clock, Task
from claims.ways import QUICK, WAYS, Way
from records import record

from doclab.model import DoclabError


def test_a_full_round_has_every_measure_of_every_way_once() -> None:
    tasks = FULL_PLAN.tasks(())
    pairs = [(task.name, task.way.name) for task in tasks if task.turn == 0]
    assert len(pairs) == len(set(pairs)) == (
        len(MEASURES) * len(WAYS) + len(PROXY_MEASURES) * len(PROXIES) + 2 * len(STARTS)
    )  # fmt: skip


def test_ways_take_turns_in_each_measure() -> None:
    turns = [(task.turn, task.way.name) for task in FULL_PLAN.tasks(()) if task.name == "download"]
    assert turns == [(turn, way.name) for turn in range(TURNS) for way in WAYS]


Load = Callable[[Visitor, Way, float], Sample]


class Changing:
    """A load that goes faster or slower each time, or fails."""

    def __init__(self, *speeds: float) -> None:
        self.speeds = iter(speeds)

    def take(self, _visitor: Visitor, _way: Way, _share: float) -> Sample:
        speed = next(self.speeds)
        if not speed:
            raise DoclabError("it broke")
        return Sample(values={"": speed, " p50": 1 / speed}, processor={"curl": speed})


def take_turns(found: Record, take: Load, *, turns: int = 1, bulk: bool = False) -> None:
    """Measure the first way in one round, so many times, with this load."""
    one = dataclasses.replace(MEASURES[0], name="some", bulk=bulk, take=take)
    server = SimpleNamespace(ask=lambda _do, **_: 1)
    nowhere = cast("Place", SimpleNamespace(server=server, laptop=None))
    for turn in range(turns):
        Task(name="some", way=WAYS[0], measure=one, turn=turn).take(nowhere, found, 1.0)


@pytest.mark.parametrize(
    ("speeds", "best"),
    [
        ((2, 4, 1), 4.0),
        ((4, 2, 1), 4.0),
        ((0, 0, 4, 1), None),
        ((4, 0, 0, 1), None),
        ((4, 1, 0, 0), None),
    ],
)
def test_of_several_turns_the_best_counts(speeds: tuple[float, ...], best: float | None) -> None:
    """And if one fails, the round has no value: such a way has no best."""
    found = record()
    found.rounds = 4
    take_turns(found, Changing(*speeds).take, turns=3)
    name = WAYS[0].name
    assert found.values["some"][name] == [None, None, None, best]
    if best is not None:
        assert found.values["some p50"][name][-1] == 0.25
        assert found.processor["some"][name] == [{"curl": 4.0}]
    else:
        assert found.values.get("some p50", {name: [None]})[name][-1] is None
        assert len(found.failures) == 1


@pytest.mark.parametrize("speeds", [(0, 4, 1, 2), (4, 0, 1, 2), (1, 2, 0, 4)])
def test_what_fails_once_is_tried_again_and_said(speeds: tuple[float, ...]) -> None:
    found = record()
    found.rounds = 1
    take_turns(found, Changing(*speeds).take, turns=3)
    assert found.values["some"][WAYS[0].name] == [4.0]
    assert found.repeated == [f"some, {WAYS[0].name}: it broke"]
    assert not found.failures


def test_a_way_that_has_become_very_slow_moves_less() -> None:
    shares = []

    def take(_visitor: Visitor, _way: Way, share: float) -> Sample:
        shares.append(share)
        if share > loads.PROBE:
            raise DoclabError("the load had not ended")
        return Sample(values={"": 1.0}, processor={})

    found = record()
    found.rounds = 1
    take_turns(found, take, bulk=True)
    assert shares == [loads.PROBE, loads.SHARE, loads.PROBE]
    assert found.shares["some"][WAYS[0].name] == loads.PROBE
    assert not found.failures


def test_what_is_absent_is_not_measured() -> None:
    assert not any(task.way.name == "slow" for task in FULL_PLAN.tasks({"slow": "why"}))


def test_a_quick_round_has_what_the_targets_need() -> None:
    tasks = QUICK_PLAN.tasks(())
    assert {task.name for task in tasks} == {
        "download", "upload", "requests, 32", "activation, cold",
    }  # fmt: skip
    assert len(tasks) == 3 * TURNS * len(QUICK) + 2
    assert QUICK_PLAN.seconds < 60
    assert FULL_PLAN.seconds < 600


def test_no_round_is_begun_that_would_take_too_long() -> None:
    now = 0.0
    clock = Clock(FULL_PLAN, total=10, now=lambda: now)
    assert clock.has_time_for(1)
    now = 400.0
    assert clock.has_time_for(2)  # two are there in any case: else there is no spread
    now = 340.0
    assert clock.has_time_for(3)  # 170 s each
    now = 350.0
    assert not clock.has_time_for(3)


def test_the_time_that_is_left_is_guessed() -> None:
    now = 0.0
    clock = Clock(FULL_PLAN, total=10, now=lambda: now)
    assert clock.left(1, 0) == FULL_PLAN.seconds
    now = 20.0
    assert clock.left(1, 5) == 180  # four seconds for each of the 45 tasks that are left
    now = 500.0
    assert clock.left(2, 0) == 20  # never more than what is allowed


def test_it_speaks_every_four_seconds() -> None:
    now = 0.0
    clock = Clock(QUICK_PLAN, total=10, now=lambda: now)
    said = []
    for second in range(10):
        now = second
        said.append(clock.speaks())
    assert [second for second, spoke in enumerate(said) if spoke] == [0, 4, 8]
