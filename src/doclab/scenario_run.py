# SPDX-License-Identifier: Apache-2.0
"""Run one scenario in a lab of its own, from a snapshot where there is one."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeAlias

from doclab import ledger, run
from doclab.engine import Engine
from doclab.lab import Lab
from doclab.lab_plan import LabPlan
from doclab.limits import SCENARIO
from doclab.model import Block, BlockResult, DoclabError, Fate, Page, Scenario
from doclab.page_ends import PageEnds
from doclab.progress import Watch
from doclab.snapshots import GoneError, Snapshot, SnapshotStore
from doclab.terminal import StoppedError

NEW = ""  # stands for a lab that is not restored
#: Hands over a lab that was begun, by the key of its snapshot or NEW; None if there is none.
Take: TypeAlias = Callable[[str], Lab | None]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a scenario."""

    results: tuple[BlockResult, ...]  # one for each block
    errors: tuple[str, ...]  # what went wrong outside of any block
    versions: Mapping[str, str]  # of what the first machine is made of


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """How to run scenarios."""

    keep: bool = False  # leave the lab to a person
    twice: bool = False  # run the whole once more in the same lab
    deadline: float = SCENARIO  # seconds after which the block that runs fails
    lenient: bool = False  # go on after new output
    base: str = ""  # digest of what snapshots depend on besides blocks
    take: bool = True  # whether snapshots are taken
    restore: bool = True  # whether snapshots are used
    restore_at: int | None = None  # how many blocks a snapshot must hold; None: as many as it can
    before_block: Callable[[Lab], None] | None = None  # called before each block


def again(scenario: Scenario) -> Scenario:
    """Return the scenario of somebody who starts over on the same machines."""
    return dataclasses.replace(scenario, name=f"{scenario.name} again")


def nothing(_start: str) -> None:
    """Hand over no lab."""


class ScenarioRun:
    """A scenario on its way through a lab."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        engine: Engine,
        lab_plan: LabPlan,
        pages: Mapping[str, Page],
        store: SnapshotStore | None,
        options: Options,
        say: run.Say,
        stop: threading.Event,
        take: Take = nothing,
    ) -> None:
        """Prepare.

        Args:
            scenario: what to run.
            engine: the container engine.
            lab_plan: what the lab is made of.
            pages: all pages of the site, by name.
            store: where snapshots are; None: use none, take none.
            options: how to run it.
            say: told what happens.
            stop: set when the run is to end.
            take: hands over a lab that was begun before the pages were read.
        """
        self.scenario = scenario
        self._new_lab = partial(Lab, engine, lab_plan, stop=stop)
        self.lab = self._new_lab()
        self._plan = lab_plan
        self._store = store
        self._options = options
        self._say = say
        self.stop = stop
        self._take = take
        self._passes = [scenario, again(scenario)] if options.twice else [scenario]
        self._results: list[list[BlockResult]] = [[] for _ in self._passes]
        self._ends = PageEnds(
            scenario,
            pages=pages,
            store=store if options.take else None,
            base=options.base,
            say=say,
            stop=stop,
        )
        self._errors: list[str] = []
        self._versions: dict[str, str] = {}
        self._captured: dict[str, str] = {}

    def run(self, at_end: Callable[[ScenarioRun], None] | None = None) -> Outcome:
        """Run the blocks, remove the lab.

        Args:
            at_end: called when the lab is still there, unless the run was stopped.
        """
        watch = Watch(self._say)
        reason = "the run was interrupted"
        up = False
        try:
            self._start()
            up = True
            for scenario, results in zip(self._passes, self._results, strict=True):
                if self.failed is not None:
                    reason = f"{self.failed.block.location} failed"
                    break
                self._run(scenario, watch, results)
            first = self.lab.machine(self._plan.machines[0])
            self._versions = self._ends.versions or first.versions()
            if at_end is not None:
                watch.cancel()
                at_end(self)
        except StoppedError:
            pass
        except DoclabError as error:
            reason = str(error)
            self._errors.append(f"{self.scenario.name}: {error}")
        finally:
            watch.cancel()
            if not (up and self._options.keep and not self.stop.is_set() and self._keep()):
                self.lab.remove()
        found: list[BlockResult] = []
        for scenario, results in zip(self._passes, self._results, strict=True):
            found += [*results, *run.stopped(scenario, results, reason)]
        return Outcome(
            results=tuple(found),
            errors=(*self._ends.errors, *self._errors),
            versions=self._versions,
        )

    @property
    def failed(self) -> BlockResult | None:
        """The block that failed, if one did."""
        done = (result for results in self._results for result in results)
        return next((result for result in done if self._stops(result)), None)

    def _stops(self, result: BlockResult) -> bool:
        """Whether a run ends with this result."""
        new_output = result.failure is not None and result.failure.output_only
        return result.fate is Fate.FAILED and not (self._options.lenient and new_output)

    def _run(self, scenario: Scenario, watch: Watch, results: list[BlockResult]) -> None:
        if scenario is not self.scenario:
            self._say("the whole once more, on the same machines")
            self._captured.clear()

        def begin(block: Block) -> None:
            if self._options.before_block is not None:
                self._options.before_block(self.lab)
            watch.begin(block)

        run.run_scenario(
            scenario,
            self.lab,
            begin=begin,
            listen=watch.end,
            end_page=self._end_page,
            result_at_stop=results,
            captured=self._captured,
            deadline=self._options.deadline,
            lenient=self._options.lenient,
        )

    def _start(self) -> None:
        how, snapshot = self._options, None
        if self._store is not None and how.restore:
            snapshot = self._store.newest(how.base, self.scenario, at=how.restore_at)
        self.lab = self._take(snapshot.key if snapshot is not None else NEW) or self.lab
        names = ", ".join(self._plan.machines)
        if snapshot is None or self._store is None:
            self._say(f"starting the machines {names}")
            self.lab.start()
            return
        taken = datetime.fromisoformat(snapshot.record.taken).astimezone()
        page = self.scenario.blocks[len(ledger.load(snapshot.record.ledger).results) - 1].page
        self._say(f"restoring the machines {names} to the end of {page}, as of {taken:%d %b %H:%M}")
        try:
            self.lab.start(restored=(self._store, snapshot))
            mended, difference = self.lab.brought_back()
        except GoneError as error:
            self._start_again(str(error))
            return
        if difference is not None:
            self._store.remove(snapshot)
            self._start_again(f"after a restart, {difference}")
            return
        if snapshot.record.mended is None:
            self._store.note_mended(snapshot, mended)
        self._take_over(snapshot)

    def _start_again(self, reason: str) -> None:
        self._say(f"the snapshot cannot be used: {reason}")
        self.lab.remove()
        self.lab = self._new_lab()
        self._start()

    def _take_over(self, snapshot: Snapshot) -> None:
        """Know what a restored lab's blocks printed and captured."""
        earlier = ledger.load(snapshot.record.ledger).results
        self._results[0] += [
            dataclasses.replace(
                result,
                block=block,
                scenario=self.scenario.name,
                variant=self.scenario.variant_label,
                commands=tuple(
                    dataclasses.replace(done, command=command)
                    for done, command in zip(result.commands, block.commands, strict=False)
                ),
                restored=result.restored or snapshot.record.taken,
            )
            for result, block in zip(earlier, self.scenario.blocks, strict=False)
        ]
        moved = {
            old: new
            for name, addresses in snapshot.record.addresses.items()
            for old, new in zip(addresses, self.lab.machine(name).addresses, strict=True)
        }
        self._captured.update(
            {name: moved.get(value, value) for name, value in snapshot.record.captured.items()}
        )

    def _end_page(
        self, page: str, results: Sequence[BlockResult], captured: dict[str, str]
    ) -> None:
        new = results is self._results[0]
        self._ends.end(page, self.lab, results, captured, first_pass=new)

    def _keep(self) -> bool:
        """Leave the lab to a person; say whether that went well."""
        try:
            self.lab.keep()
        except DoclabError as error:
            self._errors.append(f"{self.scenario.name}: the lab could not be kept: {error}")
            return False
        lines = "".join(f"\n  {self.lab.enter_line(name)}" for name in self._plan.machines)
        kept = f"the lab {self.lab.name} is kept; `nox -s clean` removes it."
        self._say(f"{kept} To enter it:{lines}")
        return True
