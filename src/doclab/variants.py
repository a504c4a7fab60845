# SPDX-License-Identifier: Apache-2.0
"""Choose tabs: few variants in which each tab, and each pair of tabs, is in view."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from doclab.model import Block, Tab, TabSet

Wish: TypeAlias = tuple[Tab, ...]  # a tab, behind those around it from the outside inwards
Choice: TypeAlias = frozenset[int]  # numbers of tabs that are in view together
Goal: TypeAlias = tuple[int, ...]  # numbers of tabs that must come into view together

_LIMIT = 500  # combinations of tabs up to which all are compared
_FEW = 100  # combinations of tabs up to which several orders are tried
_ORDERS = 20  # how many of these
_BEGINNINGS = 10  # how many beginnings are compared where there are more


def variants(blocks: Sequence[Block], absent: frozenset[Wish] = frozenset()) -> list[Wish]:
    """Return choices of tabs, such that a reader comes to see each tab and each pair.

    Sets of linked tabs with the same labels are one choice, since a reader's choice holds
    for all of them; where only some labels are the same, no two of these are chosen at once
    if a reader cannot. Each tab is chosen wherever it is, and so is each pair of tabs
    of two sets that can be in view together. A variant chooses in each set that
    it shows.

    The fewest possible are hard to find: where all sets are independent, this
    is a covering array of strength two. Taking what adds most, again and again,
    comes close. The same blocks always give the same variants.

    Args:
        blocks: all blocks of a chain of pages.
        absent: tabs that cannot run, and are not chosen.
    """
    view = _View(list(wishes_of(blocks, absent)))
    goals = view.goals()
    everything = list(itertools.islice(view.all(), _LIMIT + 1))
    if len(everything) > _LIMIT:
        found = _completing(view, goals)
    else:
        shown = {choice: view.shows(choice) for choice in everything}
        for goal in sorted(set(goals).difference(*shown.values())):  # in sets that are linked oddly
            odd = view.completed(goals[goal], goals)
            everything.append(odd)
            shown[odd] = view.shows(odd)
        found = _comparing(shown, goals)
        order = random.Random(0)  # noqa: S311 - always the same order is what we want
        for _ in range(_ORDERS if len(everything) <= _FEW else 0):
            order.shuffle(everything)
            other = _comparing({choice: shown[choice] for choice in everything}, goals)
            found = min(found, other, key=len)
    return [tuple(view.tabs[number] for number in sorted(choice)) for choice in found] or [()]


def _comparing(shown: Mapping[Choice, frozenset[Goal]], goals: Iterable[Goal]) -> list[Choice]:
    """Take what adds most of all choices, again and again; of equals, the first."""
    left, found = set(goals), []
    while left:
        found.append(_best(shown, left))
        left -= shown[found[-1]]
    return found


def _completing(view: _View, goals: Mapping[Goal, Choice]) -> list[Choice]:
    """Complete what is left in the best way, where there are too many choices to compare."""
    left, found = set(goals), []
    while left:
        first = itertools.islice((goals[goal] for goal in goals if goal in left), _BEGINNINGS)
        shown = {choice: view.shows(choice) for choice in (view.completed(c, left) for c in first)}
        found.append(_best(shown, left))
        left -= shown[found[-1]]
    return found


def _best(shown: Mapping[Choice, frozenset[Goal]], left: Collection[Goal]) -> Choice:
    """Return the first of the choices that show most of what is left."""
    gains = {choice: len(goals.intersection(left)) for choice, goals in shown.items()}
    best = max(gains, key=lambda choice: gains[choice])
    if not gains[best]:
        raise AssertionError(f"no choice of tabs shows {sorted(left)}")
    return best


def wishes_of(blocks: Iterable[Block], absent: frozenset[Wish] = frozenset()) -> Iterator[Wish]:
    """Return each tab that a reader can open, behind the tabs around it."""
    seen = dict.fromkeys(
        (*block.tabs[:depth], dataclasses.replace(tab, label=label))
        for block in blocks
        for depth, tab in enumerate(block.tabs)
        for label in tab.group
    )
    for wish in seen:
        if len({tab.tab_set for tab in wish}) < len(set(wish)):
            continue  # a set in another tab of the same set: nobody sees this tab
        if not any(wish[: depth + 1] in absent for depth in range(len(wish))):
            yield wish


class _View:
    """What can be in view together. Tabs have numbers here, in the order of their sets."""

    def __init__(self, wishes: Sequence[Wish]) -> None:
        sets = dict.fromkeys(tab.tab_set for wish in wishes for tab in wish)
        self.tabs = [
            Tab(group=group, label=label, own=own)
            for group, own in sets
            for label in dict.fromkeys(group)
        ]
        numbers = {tab: number for number, tab in enumerate(self.tabs)}
        self._sets = [tab.tab_set for tab in self.tabs]
        self._wishes = [tuple(numbers[tab] for tab in wish) for wish in wishes]
        self._able: dict[TabSet, list[int]] = {one: [] for one in sets}
        for number in sorted({wish[-1] for wish in self._wishes}):
            self._able[self._sets[number]].append(number)
        # A tab in another is run with that, even if nobody has both in view for long.
        nested = {pair for wish in self._wishes for pair in itertools.combinations(sorted(wish), 2)}
        self._apart: dict[int, set[int]] = {number: set() for number in numbers.values()}
        for one, two in itertools.combinations(range(len(self.tabs)), 2):
            if (one, two) not in nested and self.tabs[one].excludes(self.tabs[two]):
                self._apart[one].add(two)
                self._apart[two].add(one)

    def goals(self) -> dict[Goal, Choice]:
        """Return all that must come into view, each with tabs to begin with."""
        found: dict[Goal, Choice] = {}
        for wish in self._wishes:
            found.setdefault(tuple(sorted({*wish})), frozenset(wish))
        for one, two in itertools.combinations(self._wishes, 2):
            both = frozenset(one + two)
            together = not any(self._apart[number] & both for number in both)
            if together and len({self._sets[number] for number in both}) == len(both):
                for pair in itertools.combinations(sorted(both), 2):
                    found.setdefault(pair, both)
        paired = {number for goal in found if len(goal) > 1 for number in goal}
        return {
            goal: begin for goal, begin in found.items() if len(goal) > 1 or goal[0] not in paired
        }

    def shows(self, choice: Choice) -> frozenset[Goal]:
        """Return the goals that a choice reaches."""
        wishes = (tuple(sorted({*wish})) for wish in self._wishes if choice.issuperset(wish))
        return frozenset((*wishes, *itertools.combinations(sorted(choice), 2)))

    def all(self, choice: Choice = frozenset()) -> Iterator[Choice]:
        """Return each combination of tabs that a reader can have in view."""
        options = self._options(choice)
        if not options:
            yield choice
            return
        for number in options:
            apart = self._apart[number] & choice
            if self._sets[number] == self._sets[options[0]] and not apart:
                yield from self.all(choice | {number})

    def completed(self, choice: Choice, left: Collection[Goal]) -> Choice:
        """Choose in each set that is in view, what adds most first."""
        while options := self._options(choice):
            options = [n for n in options if not self._apart[n] & choice] or options
            gains = [
                sum(tuple(sorted((number, other))) in left for other in choice)
                for number in options
            ]
            choice |= {options[gains.index(max(gains))]}
        return choice

    def _options(self, choice: Choice) -> list[int]:
        """Return the tabs of sets that are in view, and in which none is chosen.

        A tab that cannot run in one place is there too if it can in another: the
        set may come into view in both, and the choice holds for both.
        """
        decided = {self._sets[number] for number in choice}
        in_view = dict.fromkeys(
            self._sets[number]
            for *around, number in self._wishes
            if self._sets[number] not in decided and choice.issuperset(around)
        )
        return [number for one in in_view for number in self._able[one]]
