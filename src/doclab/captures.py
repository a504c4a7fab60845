# SPDX-License-Identifier: Apache-2.0
"""Captures: values that the first place of a name takes, and later places compare with."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from doclab.model import Block, Command, Location, Page, Placeholder, Scenario
from doclab.plan import plan
from doclab.tokens import split

#: From a name and a place that compares its value, to the place that captures it.
Origins: TypeAlias = Mapping[tuple[str, Location], Location]


def names(command: Command, block: Block) -> Iterator[Placeholder]:
    """Yield the named placeholders in what the page shows for a command, in order."""
    for line in (command.expected or "").split("\n"):
        for piece in split(line, block.placeholders):
            if isinstance(piece, Placeholder) and piece.name is not None:
                yield piece


def shown_at(block: Block, command: Command) -> Location:
    """Return where the expectation of a command starts."""
    typed = command.text.count("\n") + 1 if command.text else 0  # none: a block that continues
    return Location(path=block.location.path, line=command.line + typed)


def check(pages: Sequence[Page]) -> list[str]:
    """Return the names that are compared with nothing, in all scenarios or in one."""
    scenarios = plan(pages)
    return [*_lone(scenarios), *never_made(scenarios, origins(scenarios))]


def origins(scenarios: Sequence[Scenario]) -> Origins:
    """Return which places compare a value in some scenario, and where it is captured.

    Args:
        scenarios: of the whole site; blocks that are skipped count.
    """
    found: dict[tuple[str, Location], Location] = {}
    for scenario in scenarios:
        for name, places in _places(scenario.blocks).items():
            for later in places:
                if later != places[0]:
                    found.setdefault((name, later), places[0])
    return found


def never_made(scenarios: Sequence[Scenario], known: Origins) -> list[str]:
    """Return the places that would compare a value which their scenario never captures.

    Args:
        scenarios: to look at; blocks that are skipped capture nothing.
        known: what the whole site captures.
    """
    found = []
    for scenario in scenarios:
        run = [block for block in scenario.blocks if block.skip is None]
        for name, places in _places(run).items():
            origin = known.get((name, places[0]))
            if len(places) > 1 or origin is None:
                continue
            skipped = any(
                shown_at(block, command) == origin
                for block in scenario.blocks
                for command in block.commands
            )
            found.append(
                f"{places[0]}: the value {name!r} must be that of {origin}, which the scenario"
                f" {scenario.name} {'skips' if skipped else 'does not run'}, so that nothing is"
                " compared; capture it in a block that is run there too, or give this one"
                " another name, or none."
            )
    return list(dict.fromkeys(found))


def _lone(scenarios: Sequence[Scenario]) -> list[str]:
    """Return the names that no scenario has in two places."""
    first: dict[str, Location] = {}
    back: dict[str, Location] = {}
    others: dict[str, list[Location]] = {}
    for scenario in scenarios:
        for name, places in _places(scenario.blocks).items():
            first.setdefault(name, places[0])
            others.setdefault(name, []).extend(p for p in places if p != first[name])
            if len(places) > 1:
                back.setdefault(name, places[0])
    found = []
    for name, where in first.items():
        if name in back:
            continue
        close = difflib.get_close_matches(name, back, n=1)
        if close:
            problem = (
                f"no block captures the value {name!r} before or shows it again; did you mean"
                f" {close[0]!r}, which {back[close[0]]} captures?"
            )
        elif others[name]:
            problem = (
                f"the value {name!r} is captured here, and {others[name][0]} shows it, but no"
                " scenario runs both; name the page to do first with {prerequisites}, or remove"
                " the name."
            )
        else:
            problem = (
                f"the value {name!r} is captured here, and comes back nowhere; show it again"
                " where it must be the same, or remove the name."
            )
        found.append(f"{where}: {problem}")
    return found


def _places(blocks: Sequence[Block]) -> dict[str, list[Location]]:
    """Return where each name stands, in order; twice in one output are two."""
    found: dict[str, list[Location]] = {}
    for block in blocks:
        for command in block.commands if block.placeholders else ():
            for item in names(command, block):
                found.setdefault(item.name or "", []).append(shown_at(block, command))
    return found
