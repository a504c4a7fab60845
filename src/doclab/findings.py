# SPDX-License-Identifier: Apache-2.0
"""What the stages of a run have found so far; the ledger is made of it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from doclab import fates
from doclab.model import BlockResult, Ledger, Page, PageSummary, Scenario


@dataclasses.dataclass(kw_only=True)
class Findings:
    """Grows while a run goes on."""

    results: list[BlockResult] = dataclasses.field(default_factory=list)
    earlier: list[list[BlockResult]] = dataclasses.field(default_factory=list)  # with --infer
    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    errors: list[str] = dataclasses.field(default_factory=list)  # outside of any block
    pages: tuple[Page, ...] = ()  # all of the site
    scenarios: tuple[Scenario, ...] = ()  # those that are to be run
    files: Mapping[str, str] = dataclasses.field(default_factory=dict)  # digests, without pages
    lab: str = ""  # which lab, such as "trixie"
    complete: bool = False  # whether the whole site was run, to its end
    interrupted: bool = False  # whether by a person
    started: datetime = dataclasses.field(default_factory=lambda: datetime.now(UTC))
    clock: float = dataclasses.field(default_factory=time.monotonic)  # at the start

    def finish(self, *, whole: bool) -> None:
        """Note that the run came to its end; look whether each block has one fate."""
        self.complete = whole
        self.errors += fates.problems(self.pages, self.scenarios, self.results, complete=whole)

    def ledger(self) -> Ledger:
        """Freeze them; results are in the order of the plan, whichever ended first."""
        order = {scenario.name: number for number, scenario in enumerate(self.scenarios)}
        return Ledger(
            results=tuple(sorted(self.results, key=lambda result: order[result.scenario])),
            versions=self.versions,
            errors=tuple(self.errors),
            pages=tuple(
                PageSummary(name=p.name, path=p.path, title=p.title, blocks=len(p.blocks))
                for p in self.pages
            ),
            files=dict(self.files),
            lab=self.lab,
            complete=self.complete,
            started=self.started.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self.clock, 3),
        )
