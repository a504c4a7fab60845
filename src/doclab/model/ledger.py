# SPDX-License-Identifier: Apache-2.0
"""The ledger: what became of every block of a run."""

from __future__ import annotations

import collections
import dataclasses
from pathlib import Path

from doclab.model.result import BlockResult, Fate


@dataclasses.dataclass(frozen=True, kw_only=True)
class PageSummary:
    """A page, as the ledger lists it."""

    name: str
    path: Path
    title: str
    blocks: int  # how many it has


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ledger:
    """The table of every block and its fate."""

    results: tuple[BlockResult, ...]
    versions: dict[str, str]  # podman, systemd, kernel, distribution, and what conf.py names
    errors: tuple[str, ...] = ()  # what went wrong outside of any block
    pages: tuple[PageSummary, ...] = ()  # all pages of the site
    files: dict[str, str] = dataclasses.field(default_factory=dict)  # digests, without pages
    green_at: str = ""  # when the last green run began with which a red one is compared
    changed: tuple[str, ...] = ()  # what differs from it, for people
    lab: str = ""  # which lab, such as "trixie"
    complete: bool = False  # whether the whole site was run, not a part of it
    started: str = ""  # ISO 8601, UTC
    seconds: float = 0.0  # from the start to the end of the run

    def count(self, fate: Fate) -> int:
        """Return how many results have this fate."""
        return sum(result.fate is fate for result in self.results)

    def blocks(self) -> tuple[tuple[BlockResult, ...], ...]:
        """Return the results of each block, one for each scenario that it is in.

        A page that includes the same text twice has its blocks twice.
        """
        found: dict[tuple[object, ...], list[BlockResult]] = {}
        times: collections.Counter[tuple[object, ...]] = collections.Counter()
        for result in self.results:
            place = (result.block.page, result.block.location)
            times[result.scenario, *place] += 1
            found.setdefault((*place, times[result.scenario, *place]), []).append(result)
        return tuple(map(tuple, found.values()))

    @property
    def untold(self) -> int:
        """How many blocks of the pages have no fate."""
        return max(0, sum(page.blocks for page in self.pages) - len(self.blocks()))

    @property
    def green(self) -> bool:
        """Whether every block passed, or was skipped with a reason."""
        return (
            bool(self.results)
            and not self.errors
            and not (self.complete and self.untold)
            and not self.count(Fate.FAILED)
            and not self.count(Fate.BLOCKED)
        )
