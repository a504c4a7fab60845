# SPDX-License-Identifier: Apache-2.0
"""Find pages and blocks by what people type: a path or a name, with a line behind it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from doclab.model import Block, DoclabError, Location, Page, Scenario


def page_of(argument: str, pages: Sequence[Page], root: Path) -> tuple[Page, Location | None]:
    """Find the page that a path or name means, with the line behind a colon.

    The path may also be that of a file which a page includes, with blocks in it.

    Raises:
        DoclabError: if there is no such page.
    """
    name, colon, number = argument.partition(":")
    if colon and not (number.isdecimal() and int(number)):
        raise DoclabError(f"{argument}: behind the colon comes a line, as in {name}:12.")
    path = Path(name).resolve()
    own = [(page, page.path) for page in pages]
    included = [(page, block.location.path) for page in pages for block in page.blocks]
    for page, source in (*own, *included):
        if (root / source).resolve() == path or (page.name == name and source == page.path):
            line = int(number) if colon else None
            if line is None:
                return page, None
            if (root / source).is_file():
                last = len((root / source).read_text(encoding="utf-8").splitlines())
                if line > last:
                    raise DoclabError(f"{argument}: the page has {last} lines; name one of them.")
            return page, Location(path=source, line=line)
    known = ", ".join(str(page.path) for page in pages if page.blocks)
    raise DoclabError(f"{argument}: there is no such page; pages with blocks are {known}.")


def block_at(page: Page, place: Location | None) -> Block:
    """Return the block that has a line of a page, or the next one below it in the same file.

    Raises:
        DoclabError: if there is none.
    """
    found = list(page.blocks)
    if place is not None:
        here = [b for b in found if b.location.path == place.path and b.last_line >= place.line]
        found = sorted(here, key=lambda block: block.location.line)
    if not found:
        raise DoclabError(f"{place or page.path}: no block stands here or below; name one above.")
    return found[0]


def before(scenarios: Sequence[Scenario], place: Location) -> Scenario:
    """Return the first scenario that has a block, as far as the block before that one."""
    for scenario in scenarios:
        for number, block in enumerate(scenario.blocks):
            if block.location == place:
                earlier = scenario.blocks[:number]
                turned = not earlier or earlier[-1].page != block.page
                return dataclasses.replace(
                    scenario, blocks=earlier, cut=not turned, ends_page=turned
                )
    raise DoclabError(f"{place}: no scenario runs this block.")
