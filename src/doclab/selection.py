# SPDX-License-Identifier: Apache-2.0
"""Which scenarios a command line asks for."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from doclab import places, plan
from doclab.model import DoclabError, Location, Scenario
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
    until = [Location(path=page.path, line=line) for page, line in chosen if line is not None]
    if len(until) > 1:
        raise DoclabError("only one page may have a line behind it.")
    scenarios = plan.plan(
        site.pages,
        selected=[page.name for page, _ in chosen],
        word=options.word,
        until=until[0] if until else None,
        closed=options.twice and not until and not options.word,
        facts={**facts, **site.settings.versions} if facts else {},
    )
    if options.first:
        page, line = places.page_of(options.first, site.pages, site.root)
        place = places.block_at(page, line).location
        scenarios = tuple(s for s in scenarios if any(b.location == place for b in s.blocks))
    if options.variant is not None:
        known = sorted({tab.label for s in scenarios for tab in s.variant})
        scenarios = tuple(
            s for s in scenarios if any(tab.label == options.variant for tab in s.variant)
        )
        if not scenarios:
            raise DoclabError(f"there is no tab {options.variant!r}; there are {', '.join(known)}.")
    return scenarios[:1] if until else scenarios
