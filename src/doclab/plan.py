"""Plan which blocks run together, in which order, with which tabs chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from doclab.model import Block, DoclabError, Location, Page, Scenario, Tab


def plan(
    pages: Sequence[Page],
    *,
    selected: Iterable[str] = (),
    word: str | None = None,
    until: Location | None = None,
) -> tuple[Scenario, ...]:
    """Return the scenarios that run every block of the selected pages.

    A page that no other selected page needs ends a chain: the pages that it
    needs, and itself. Each chain becomes as many scenarios as its largest set
    of tabs has tabs, so that every tab is chosen in one of them.

    Args:
        pages: all pages of the site.
        selected: names of pages; none means every page that has blocks.
        word: run only as far as the last block whose text or heading has it.
        until: stop before the block at this line, or the next one after it.

    Raises:
        DoclabError: for prerequisites that form a circle, or nothing to run.
    """
    by_name = {page.name: page for page in pages}
    wanted = list(selected) or [page.name for page in pages if page.blocks]
    chains = {name: _chain(by_name[name], by_name) for name in wanted}
    needed = {name for target, chain in chains.items() for name in chain if name != target}
    scenarios: list[Scenario] = []
    place = next((b for page in pages for b in page.blocks if b.location == until), None)
    for target, chain in chains.items():
        if target in needed:
            continue
        for variant in _variants([block for name in chain for block in by_name[name].blocks]):
            if place is not None and not all(tab in variant for tab in place.tabs):
                continue  # another tab is chosen: the reader never comes to this line
            scenario = _scenario(chain, by_name, variant, word, until)
            if (scenario.blocks or place is not None) and all(
                scenario.blocks != other.blocks for other in scenarios
            ):
                scenarios.append(scenario)
    if not scenarios:
        what = f"that has the word {word!r}" if word else "to run"
        raise DoclabError(f"{', '.join(wanted) or 'the site'}: there is no block {what}.")
    if word is None and until is None:
        _check_complete(scenarios, [by_name[name] for chain in chains.values() for name in chain])
    return tuple(scenarios)


def _check_complete(scenarios: Sequence[Scenario], pages: Iterable[Page]) -> None:
    run = {block.location for scenario in scenarios for block in scenario.blocks}
    forgotten = sorted({b.location for page in pages for b in page.blocks} - run)
    if forgotten:
        raise DoclabError(
            "\n".join(f"{place}: no scenario runs this block." for place in forgotten)
        )


def page_of(argument: str, pages: Sequence[Page], root: Path) -> tuple[Page, int | None]:
    """Find the page that a path or name means, with the line behind a colon.

    Raises:
        DoclabError: if there is no such page.
    """
    name, colon, number = argument.partition(":")
    if colon and not (number.isdecimal() and int(number)):
        raise DoclabError(f"{argument}: behind the colon comes a line, as in {name}:12.")
    path = Path(name).resolve()
    for page in pages:
        if (root / page.path).resolve() == path or page.name == name:
            return page, int(number) if colon else None
    known = ", ".join(str(page.path) for page in pages if page.blocks)
    raise DoclabError(f"{argument}: there is no such page; pages with blocks are {known}.")


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
                f"{by_name[name].path}: the pages to do first form a circle: {circle}."
            )
        open_pages.append(name)
        for before in by_name[name].after:
            visit(before)
        open_pages.pop()
        done.append(name)

    visit(page.name)
    return tuple(done)


def _variants(blocks: Sequence[Block]) -> list[tuple[Tab, ...]]:
    """Return choices of tabs, such that each tab is chosen wherever it is.

    Sets with the same labels are one choice, since a reader's choice holds for
    all of them. Each tab, with the tabs around it, joins the first variant that
    it does not contradict. Then each variant chooses in the sets that it shows.
    """
    wishes = dict.fromkeys(
        (*block.tabs[:depth], Tab(group=tab.group, label=label))
        for block in blocks
        for depth, tab in enumerate(block.tabs)
        for label in tab.group
    )
    groups = dict.fromkeys(tab.group for wish in wishes for tab in wish)
    variants: list[dict[tuple[str, ...], str]] = []
    for wish in wishes:
        choice = {tab.group: tab.label for tab in wish}
        if any(choice[tab.group] != tab.label for tab in wish):
            continue  # a set in a tab of the same set: nobody sees this tab
        for variant in [v for v in variants if choice.items() <= v.items()] or variants:
            if all(variant.get(group, label) == label for group, label in choice.items()):
                variant.update(choice)
                break
        else:
            variants.append(choice)
    for number, variant in enumerate(variants or [{}]):
        for wish in wishes:
            *outside, tab = wish
            if all(variant.get(t.group) == t.label for t in outside):
                variant.setdefault(tab.group, tab.group[number % len(tab.group)])
    return [
        tuple(Tab(group=group, label=variant[group]) for group in groups if group in variant)
        for variant in variants or [{}]
    ]


def _scenario(
    chain: tuple[str, ...],
    by_name: dict[str, Page],
    variant: tuple[Tab, ...],
    word: str | None,
    until: Location | None,
) -> Scenario:
    blocks = [
        block
        for name in chain
        for block in by_name[name].blocks
        if all(tab in variant for tab in block.tabs)
    ]
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
        name=f"{chain[-1]}[{label}]" if label else chain[-1],
        pages=chain,
        variant=variant,
        blocks=tuple(blocks),
        cut=len(blocks) < whole,
    )


def _mentions(block: Block, word: str) -> bool:
    text = "\n".join([block.page, *block.headings, block.text, *(t.label for t in block.tabs)])
    return word.lower() in text.lower()
