# SPDX-License-Identifier: Apache-2.0
"""Find pages and blocks by what people type: a path or a name, with a line behind it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from doclab.model import Block, DoclabError, Location, Page, Scenario


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
            line = int(number) if colon else None
            if line is not None and (root / page.path).is_file():
                last = len((root / page.path).read_text(encoding="utf-8").splitlines())
                if line > last:
                    raise DoclabError(f"{argument}: the page has {last} lines; name one of them.")
            return page, line
    known = ", ".join(str(page.path) for page in pages if page.blocks)
    raise DoclabError(f"{argument}: there is no such page; pages with blocks are {known}.")


def block_at(page: Page, line: int | None) -> Block:
    """Return the block that has a line of a page, or the next one below it.

    Raises:
        DoclabError: if there is none.
    """
    found = [b for b in page.blocks if line is None or b.last_line >= line]
    if not found:
        raise DoclabError(
            f"{page.path}:{line or 1}: no block stands here or below; name one above."
        )
    return min(found, key=lambda block: block.location.line)


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
