# SPDX-License-Identifier: Apache-2.0
"""Measure in rounds: every way in turn, in each of them."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable

from claims import activation, idle, loads
from claims.loads import Visitor
from claims.measures import MEASURES, PROXY_MEASURES, Measure
from claims.place import Place
from claims.prepare import Say
from claims.proxies import PLAIN, PROXIES, STARTS, WORKERD
from claims.record import Record
from claims.ways import QUICK, WAYS, Way
from doclab.model import DoclabError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """How much to measure."""

    quick: bool
    rounds: int  # at the most
    seconds: float  # for all rounds; none is begun that would probably take longer

    @property
    def share(self) -> float:
        """How much of each load there is."""
        return 0.4 if self.quick else 1.0

    def tasks(self, absent: Iterable[str]) -> list[Task]:
        """All that is measured in a round, in order; the ways take turns in it."""
        gone = set(absent)
        ways = [way for way in WAYS if not self.quick or way.name in QUICK]
        proxies = () if self.quick else PROXIES
        starts = (WORKERD, PLAIN) if self.quick else STARTS
        found: list[Task] = []
        for one in MEASURES:
            if one.quick or not self.quick:
                found += [
                    Task(name=one.name, way=way, measure=one, turn=turn)
                    for turn in range(one.turns)
                    for way in ways
                ]
        for one in PROXY_MEASURES:
            found += [Task(name=f"proxy {one.name}", way=way, measure=one) for way in proxies]
        for state in ("warm", "cold"):
            if state == "cold" or not self.quick:
                found += [Task(name=f"activation, {state}", way=way) for way in starts]
        return [task for task in found if task.way.name not in gone]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to measure of one way."""

    name: str  # of the measure, in the record
    way: Way
    measure: Measure | None = None  # None: how long a first visitor waits
    turn: int = 0  # of this way in the round, of which the best counts

    def take(self, place: Place, record: Record, share: float) -> None:
        """Measure, and note what came of it; a failure is noted too, and tried again at once."""
        try:
            self._measure(place, record, share)
        except DoclabError as first:
            if self.name in record.shares:
                # A way may be fast in one minute, and very slow in the next; see `fitting`.
                self._fit(0.0, record, share)
            try:
                self._measure(place, record, share)
            except DoclabError as error:
                record.fail(self.name, self.way.name, str(error), again=self.turn > 0)
            else:
                record.repeat(self.name, self.way.name, str(first))

    def _measure(self, place: Place, record: Record, share: float) -> None:
        if self.measure is None:
            self._start(place, record)
        else:
            self._load(self.measure, place, record, share)

    def _fit(self, speed: float, record: Record, share: float) -> None:
        record.shares[self.name][self.way.name] = round(loads.fitting(speed) * share, 4)

    def _start(self, place: Place, record: Record) -> None:
        found = activation.start(place.server, self.way, cold=self.name.endswith("cold"))
        record.add(self.name, self.way.name, found.total)
        for step, value in found.steps.items():
            record.add(f"{self.name}, {step}", self.way.name, value)

    def _load(self, measure: Measure, place: Place, record: Record, share: float) -> None:
        client = place.laptop if measure.laptop else place.server
        visitor = Visitor(server=place.server, client=client, pinned=self.way in WAYS)
        visitor.pin(self.way)
        if measure.bulk:
            known = record.shares.setdefault(self.name, {})
            if self.way.name not in known:
                probe = measure.take(visitor, self.way, loads.PROBE)
                self._fit(probe.values[""], record, share)
            share = known[self.way.name]
        again = self.turn > 0
        best = record.last(self.name, self.way.name) if again else 0.0
        if best is None:
            return  # one that fails now and then has no best
        found = measure.take(visitor, self.way, share)
        if found.values[""] > best:
            for suffix, value in found.values.items():
                record.add(self.name + suffix, self.way.name, value, again=again)
            record.add_processor(self.name, self.way.name, found.processor, again=again)


def measure(place: Place, record: Record, plan: Plan, say: Say) -> None:
    """Measure all tasks, round by round, and at last what an idle service costs."""
    tasks = plan.tasks(record.absent)
    clock = Clock(plan, total=len(tasks))
    for number in range(1, plan.rounds + 1):
        if not clock.has_time_for(number):
            say(f"no time for round {number}: {number - 1} rounds have to do")
            break
        record.rounds = number
        for done, task in enumerate(tasks):
            if clock.speaks():
                say(f"round {number} of {plan.rounds}: {task.name}, {task.way.name}"
                    f"; about {clock.left(number, done):.0f} s left")  # fmt: skip
            task.take(place, record, plan.share)
    say("what a service costs before the first request, and while it runs")
    starts = [way for way in STARTS if way.name not in record.absent]
    record.idle = idle.measure(place.server, starts)


class Clock:
    """Knows how much time a run has left."""

    def __init__(
        self, plan: Plan, *, total: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Start.

        Args:
            plan: says how long all rounds may take.
            total: tasks in a round.
            now: returns seconds.
        """
        self._plan = plan
        self._total = total
        self._now = now
        self._began = now()
        self._spoke = float("-inf")

    def has_time_for(self, number: int) -> bool:
        """Whether a round fits, if it takes as long as those before it; two always do."""
        spent = self._now() - self._began
        before = number - 1
        return before < 2 or spent + spent / before <= self._plan.seconds

    def left(self, number: int, done: int) -> float:
        """Guess the seconds until the end of the last round."""
        spent = self._now() - self._began
        finished = (number - 1) * self._total + done
        all_of_it = self._plan.rounds * self._total
        guess = spent / finished * (all_of_it - finished) if finished else self._plan.seconds
        return max(0.0, min(guess, self._plan.seconds - spent))

    def speaks(self) -> bool:
        """Whether it is time to say something: every four seconds."""
        if self._now() - self._spoke < 4:
            return False
        self._spoke = self._now()
        return True
