# SPDX-License-Identifier: Apache-2.0
"""Plan which blocks run together, in which order, with which tabs chosen."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence

from doclab import needs
from doclab.model import Block, DoclabError, Location, Page, Scenario, Tab
from doclab.variants import Wish, variants, wishes_of


def plan(
    pages: Sequence[Page],
    *,
    selected: Iterable[str] = (),
    word: str | None = None,
    until: Location | None = None,
    closed: bool = False,
    facts: Mapping[str, str] | None = None,
) -> tuple[Scenario, ...]:
    """Return the scenarios that run every block of the selected pages.

    A page that no other selected page needs ends a chain: the pages that it
    needs, and itself. In a run of the whole site, or if `closed`, a page that promises a
    clean-up ends each chain that has all the pages which it needs. Each chain becomes as many
    scenarios as it takes to show each tab, and each pair of tabs of two sets that can
    be in view together.

    A block whose needs the lab does not meet is planned as skipped, with the
    reason. A tab in which nothing can run is not chosen; its blocks are listed
    as skipped once, in the first scenario of the chain that shows the tabs around.

    Args:
        pages: all pages of the site.
        selected: names of pages; none means every page that has blocks.
        word: run only as far as the last block whose text or heading has it.
        until: stop before the block at this line, or the next one after it.
        closed: whether the pages that clean up come last, as they do when all pages run.
        facts: versions of the lab, as in Ledger.versions; what is not there is
            unknown, and blocks that need it run.

    Raises:
        DoclabError: for prerequisites that form a circle, or nothing to run.
    """
    by_name = {page.name: _judged(page, facts or {}) for page in pages}
    wanted = list(selected) or [page.name for page in pages if page.blocks]
    chains = {name: _chain(by_name[name], by_name) for name in wanted}
    needed = {name for target, chain in chains.items() for name in chain if name != target}
    ends = {target: chain for target, chain in chains.items() if target not in needed}
    if closed or not selected:
        ends = _closed(ends, by_name)
    scenarios: list[Scenario] = []
    planned: set[tuple[int, ...]] = set()
    place = next((b for page in by_name.values() for b in page.blocks if b.location == until), None)
    for target, chain in ends.items():
        blocks = [block for name in chain for block in by_name[name].blocks]
        absent = _absent(blocks, facts or {})
        listed: set[Location] = set()
        for variant in variants(blocks, absent):
            if place is not None and not all(tab in variant for tab in place.tabs):
                continue  # another tab is chosen: the reader never comes to this line
            seen = _in_view(blocks, variant, absent, listed)
            scenario = _scenario(target, chain, seen, variant, word=word, until=until)
            same = tuple(map(id, scenario.blocks))  # each block is one object in `by_name`
            if (scenario.blocks or place is not None) and (until or same not in planned):
                planned.add(same)
                scenarios.append(_renamed(scenario, {other.name for other in scenarios}))
    if not scenarios and place is not None and place.skip is not None:
        raise DoclabError(f"{place.location}: this block is not run: {place.skip}.")
    if not scenarios:
        what = f"that has the word {word!r}" if word else "to run"
        raise DoclabError(f"{', '.join(wanted) or 'the site'}: there is no block {what}.")
    if word is None and until is None:
        due = {name for chain in (*chains.values(), *ends.values()) for name in chain}
        _check_complete(scenarios, [by_name[name] for name in due])
    return tuple(scenarios)


def _check_complete(scenarios: Sequence[Scenario], pages: Iterable[Page]) -> None:
    run = {block.location for scenario in scenarios for block in scenario.blocks}
    forgotten = sorted({b.location for page in pages for b in page.blocks} - run)
    if forgotten:
        raise DoclabError(
            "\n".join(f"{place}: no scenario runs this block." for place in forgotten)
        )


def _chain(page: Page, by_name: dict[str, Page]) -> tuple[str, ...]:
    """Return the pages to do before this one, in order, and this one."""
    done: list[str] = []
    open_pages: list[str] = []

    def visit(name: str) -> None:
        if name in done:
            return
        if name in open_pages:
            circle = " → ".join([*open_pages[open_pages.index(name) :], name])
            raise DoclabError(
                f"{by_name[name].after_at or by_name[name].path}: the pages to do first form a"
                f" circle: {circle}; take one of them out."
            )
        open_pages.append(name)
        for before in by_name[name].after:
            visit(before)
        open_pages.pop()
        done.append(name)

    visit(page.name)
    return tuple(done)


def _closed(
    chains: Mapping[str, tuple[str, ...]], by_name: Mapping[str, Page]
) -> dict[str, tuple[str, ...]]:
    """Add the pages that promise a clean-up to the chains that have what they need.

    Such a page has no chain of its own then, unless nothing else leads to it.
    """
    # A page that needs none cleans up after itself only.
    closing = [n for n, page in by_name.items() if page.clean_up is not None and page.after]
    found = {
        target: (
            *chain,
            *(n for n in closing if n not in chain and {*by_name[n].after} <= {*chain}),
        )
        for target, chain in chains.items()
    }
    for name in closing:  # one by one: of two in each other's chains, the last stays
        if any(name in chain for target, chain in found.items() if target != name):
            found.pop(name, None)
    return found


def _judged(page: Page, facts: Mapping[str, str]) -> Page:
    """Mark the blocks of a page as skipped whose needs are not met."""
    return dataclasses.replace(page, blocks=tuple(_judged_block(b, facts) for b in page.blocks))


def _judged_block(block: Block, facts: Mapping[str, str]) -> Block:
    reason = needs.unmet(block.needs, facts)
    if reason is None or block.skip is not None:
        return block
    return dataclasses.replace(block, skip=reason)


def _absent(blocks: Sequence[Block], facts: Mapping[str, str]) -> frozenset[Wish]:
    """Return the tabs in which no block can run, since a need is not met."""
    found = []
    for wish in wishes_of(blocks):
        inside = [block for block in blocks if block.tabs[: len(wish)] == wish]
        if inside and all(needs.unmet(block.needs, facts) for block in inside):
            found.append(wish)
    return frozenset(found)


def _in_view(
    blocks: Sequence[Block],
    variant: tuple[Tab, ...],
    absent: frozenset[Wish],
    listed: set[Location],
) -> list[Block]:
    """Return what a reader sees, and once the blocks of tabs that cannot run.

    Args:
        blocks: all blocks of a chain of pages.
        variant: the choice of tabs.
        absent: tabs that are never chosen.
        listed: blocks in such tabs that were returned before; extended here.
    """
    seen = []
    for block in blocks:
        depth = next((d for d in range(1, len(block.tabs) + 1) if block.tabs[:d] in absent), None)
        around = block.tabs if depth is None else block.tabs[: depth - 1]
        if not all(tab in variant for tab in around):
            continue
        if depth is None:
            seen.append(block)
        elif block.location not in listed:
            listed.add(block.location)
            seen.append(block)
    return seen


def _renamed(scenario: Scenario, taken: Collection[str]) -> Scenario:
    """Give a scenario a name that no other has, should labels of tabs repeat."""
    name, number = scenario.name, 1
    while name in taken:
        number += 1
        name = f"{scenario.name}-{number}"
    return dataclasses.replace(scenario, name=name)


def _scenario(
    name: str,
    chain: tuple[str, ...],
    blocks: list[Block],
    variant: tuple[Tab, ...],
    *,
    word: str | None,
    until: Location | None,
) -> Scenario:
    whole = len(blocks)
    if word is not None:
        hits = [number for number, block in enumerate(blocks) if _mentions(block, word)]
        blocks = blocks[: hits[-1] + 1] if hits else []
    if until is not None:
        stop = [
            number
            for number, block in enumerate(blocks)
            if block.location.path == until.path and block.location.line >= until.line
        ]
        blocks = blocks[: stop[0]] if stop else blocks
    label = "-".join(tab.label for tab in variant)
    return Scenario(
        name=f"{name}[{label}]" if label else name,
        pages=chain,
        variant=variant,
        blocks=tuple(blocks),
        cut=len(blocks) < whole,
    )


def _mentions(block: Block, word: str) -> bool:
    text = "\n".join([block.page, *block.headings, block.text, *(t.label for t in block.tabs)])
    return word.lower() in text.lower()
