from __future__ import annotations

from claims.__main__ import FULL_PLAN, QUICK_PLAN
from claims.measures import MEASURES, PROXY_MEASURES
from claims.proxies import PROXIES, STARTS
from claims.rounds import Clock
from claims.ways import QUICK, WAYS


def test_a_full_round_has_every_measure_of_every_way_once() -> None:
    tasks = FULL_PLAN.tasks(())
    pairs = [(task.name, task.way.name) for task in tasks]
    assert len(pairs) == len(set(pairs)) == (
        len(MEASURES) * len(WAYS) + len(PROXY_MEASURES) * len(PROXIES) + 2 * len(STARTS)
    )  # fmt: skip


def test_ways_take_turns_in_each_measure() -> None:
    names = [task.way.name for task in FULL_PLAN.tasks(()) if task.name == "download"]
    assert names == [way.name for way in WAYS]


def test_what_is_absent_is_not_measured() -> None:
    assert not any(task.way.name == "slow" for task in FULL_PLAN.tasks({"slow": "why"}))


def test_a_quick_round_has_what_the_targets_need() -> None:
    tasks = QUICK_PLAN.tasks(())
    assert {task.name for task in tasks} == {
        "download", "upload", "requests, 32", "activation, cold",
    }  # fmt: skip
    assert len(tasks) == 3 * len(QUICK) + 2
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
