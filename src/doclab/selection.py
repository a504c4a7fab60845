# SPDX-License-Identifier: Apache-2.0
"""Which scenarios a command line asks for."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from doclab import places, plan
from doclab.model import DoclabError, Location, Page, Scenario
from doclab.site import Site


def select(
    site: Site, options: argparse.Namespace, *, facts: Mapping[str, str]
) -> tuple[Scenario, ...]:
    """Plan what the command line asks for.

    Args:
        site: all pages.
        options: the command line: pages, word, first, variant.
        facts: versions of the lab; none if they are not known yet.

    Raises:
        DoclabError: for what is not there.
    """
    chosen = [places.page_of(argument, site.pages, site.root) for argument in options.pages]
    until = _until(chosen)
    scenarios = plan.plan(
        site.pages,
        selected=[page.name for page, _ in chosen],
        word=options.word,
        until=until,
        closed=options.twice and not until and not options.word,
        facts={**facts, **site.settings.versions} if facts else {},
    )
    if options.first:
        place = places.block_at(*places.page_of(options.first, site.pages, site.root)).location
        scenarios = tuple(s for s in scenarios if any(b.location == place for b in s.blocks))
        if not scenarios:
            raise DoclabError(
                f"--from {options.first}: what else the command line asks for does not come to"
                f" the block at {place}; leave out `-k`, or name no other page or line."
            )
    if options.variant is not None:
        known = sorted({tab.label for s in scenarios for tab in s.variant})
        scenarios = tuple(
            s
            for s in scenarios
            if any(tab.label == options.variant for tab in s.variant)
            or (until and _is_part(s, options.variant))
        )
        if not scenarios:
            others = f"there are {', '.join(known)}" if known else "the pages chosen have none"
            raise DoclabError(f"there is no tab {options.variant!r}; {others}.")
    return scenarios[:1] if until else scenarios


def _is_part(scenario: Scenario, variant: str) -> bool:
    """Whether a scenario chooses no tab but those of a longer one, as a failure names them all.

    That one may have had more pages, with tabs of their own.
    """
    return all(f", {tab.label}, " in f", {variant}, " for tab in scenario.variant)


def _until(chosen: Sequence[tuple[Page, Location | None]]) -> Location | None:
    """Return the block before which a run ends, if a line is named.

    Raises:
        DoclabError: if more than this page is named.
    """
    for page, place in chosen:
        if place is None:
            continue
        if len(chosen) > 1:
            raise DoclabError(
                f"{place}: a run that ends at a line runs one page and what it needs;"
                " leave out the line, or run the other pages by themselves."
            )
        try:
            return places.block_at(page, place).location
        except DoclabError:
            return place  # all blocks stand above it
    return None
