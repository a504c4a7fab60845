# SPDX-License-Identifier: Apache-2.0
"""Fates for people: of a block in all its scenarios, of a page, of a tab."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Sequence

from doclab.model import Block, BlockResult, Fate, Ledger, Page, PageSummary, Scenario, Tab

# What a person has to know first.
WORST_FIRST = (Fate.FAILED, Fate.BLOCKED, Fate.SKIPPED, Fate.PASSED)


@dataclasses.dataclass(frozen=True, kw_only=True)
class BlockFate:
    """What became of a block, wherever it is planned."""

    block: Block
    results: tuple[BlockResult, ...]  # one for each scenario, the worst first

    @property
    def fate(self) -> Fate:
        """The worst of its fates."""
        return self.results[0].fate

    @property
    def seconds(self) -> float:
        """The longest that it took."""
        return max(result.seconds for result in self.results)


@dataclasses.dataclass(frozen=True, kw_only=True)
class PageFate:
    """What became of the blocks of a page."""

    page: PageSummary
    blocks: tuple[BlockFate, ...]  # those that have a fate, in page order

    def count(self, fate: Fate) -> int:
        """Return how many blocks have this fate."""
        return sum(block.fate is fate for block in self.blocks)

    @property
    def untold(self) -> int:
        """How many blocks have no fate: they were not in the run."""
        return max(0, self.page.blocks - len(self.blocks))

    @property
    def slowest(self) -> BlockFate | None:
        """The block that took longest, if one ran."""
        ran = [block for block in self.blocks if block.seconds]
        return max(ran, key=lambda block: block.seconds, default=None)


@dataclasses.dataclass(frozen=True, kw_only=True)
class TabFate:
    """Where the blocks in a tab ran."""

    group: tuple[str, ...]  # labels of all tabs of the set
    label: str
    scenarios: dict[str, Fate]  # where one of its blocks ran, with the worst fate
    reason: str  # why it ran nowhere; empty if it ran


def worst(fates: Iterable[Fate]) -> Fate:
    """Return the fate that a person has to know first."""
    return min(fates, key=WORST_FIRST.index)


def pages(ledger: Ledger) -> tuple[PageFate, ...]:
    """Return all pages of the site, those without blocks too."""
    found: dict[str, list[BlockFate]] = {page.name: [] for page in ledger.pages}
    for results in ledger.blocks():
        ordered = tuple(sorted(results, key=lambda result: WORST_FIRST.index(result.fate)))
        block = BlockFate(block=ordered[0].block, results=ordered)
        found.setdefault(block.block.page, []).append(block)
    known = {page.name: page for page in ledger.pages}
    return tuple(
        PageFate(
            page=known.get(name) or _summary(blocks),
            blocks=tuple(sorted(blocks, key=lambda item: item.block.location)),
        )
        for name, blocks in found.items()
    )


def _summary(blocks: Sequence[BlockFate]) -> PageSummary:
    block = blocks[0].block
    return PageSummary(
        name=block.page, path=block.location.path, title=block.headings[0], blocks=len(blocks)
    )


def tabs(ledger: Ledger) -> tuple[TabFate, ...]:
    """Return each tab of each set of tabs that has a block in the ledger."""
    known = dict.fromkeys(
        dataclasses.replace(tab, label=label)
        for result in ledger.results
        for tab in result.block.tabs
        for label in tab.group
    )
    return tuple(_tab(ledger, tab) for tab in known)


def _tab(ledger: Ledger, tab: Tab) -> TabFate:
    results = [result for result in ledger.results if tab in result.block.tabs]
    ran: dict[str, list[Fate]] = {}
    for result in results:
        if result.fate in (Fate.PASSED, Fate.FAILED):
            ran.setdefault(result.scenario, []).append(result.fate)
    reasons = dict.fromkeys(f"{result.fate.value}: {result.reason}" for result in results)
    nothing = "it has no block" if ledger.complete else "no block of it is in this run"
    return TabFate(
        group=tab.group,
        label=tab.label,
        scenarios={scenario: worst(fates) for scenario, fates in ran.items()},
        reason="" if ran else "; ".join(reasons) or nothing,
    )


def problems(
    site: Sequence[Page],
    scenarios: Sequence[Scenario],
    results: Sequence[BlockResult],
    *,
    complete: bool,
) -> list[str]:
    """Return each block that has no fate, or more than one in a scenario.

    Args:
        site: all pages.
        scenarios: what was to be run.
        results: what came of it.
        complete: whether every block of the site had to be in a scenario.
    """
    wanted: collections.Counter[tuple[str, Block]] = collections.Counter()
    for scenario in scenarios:
        wanted.update((scenario.name, block) for block in scenario.blocks)
    told = collections.Counter((result.scenario, result.block) for result in results)
    found = [
        f"{block.location}: this block has no fate in the scenario {name}."
        for name, block in (wanted - told)
    ]
    found += [
        f"{block.location}: this block has more than one fate in the scenario {name}."
        for name, block in (told - wanted)
    ]
    if complete:
        planned = {_as_written(block) for _, block in wanted}
        found += [
            f"{block.location}: this block has no fate: no scenario runs it."
            for page in site
            for block in page.blocks
            if _as_written(block) not in planned
        ]
    return found


def _as_written(block: Block) -> Block:
    """Return a block without a reason to skip it, which a lab may have added."""
    return dataclasses.replace(block, skip=None)
