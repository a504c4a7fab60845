# SPDX-License-Identifier: Apache-2.0
"""Try a mutant in a lab: run the pages with it, until something turns red."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from doclab import keys, mutants, uses
from doclab.lab import Lab
from doclab.machine import Machine
from doclab.model import Block, BlockResult, DoclabError, Location, Scenario
from doclab.mutants import By, Mutant, Verdict
from doclab.scenario_run import Options, ScenarioRun
from doclab.site import Site
from doclab.terminal import StoppedError
from doclab.workshop import Workshop

LEAST_SECONDS = 20.0  # that a command has in any case
PATIENCE = 5  # times as long as without a mutant may a block take


def hurried(scenario: Scenario, first: int, results: Sequence[BlockResult]) -> Scenario:
    """Return a scenario whose blocks wait no longer than what they took lets expect.

    What a mutant has broken is often seen by its never ending, and a deadline is made for
    slower computers than this one is now known to be.

    Args:
        scenario: to be run with a mutant.
        first: number of the first block that will run; those before it stay as they are,
            since snapshots are known by them.
        results: of the last run, without a mutant.
    """
    took: dict[Location, float] = {}
    for result in results:
        place = result.block.location
        took[place] = max(took.get(place, 0.0), result.seconds)

    def hurry(block: Block) -> Block:
        if block.location not in took:
            return block
        most = max(LEAST_SECONDS, PATIENCE * took[block.location])
        return dataclasses.replace(
            block, deadline=min(block.deadline, most), wait=min(block.wait, most)
        )

    blocks = (*scenario.blocks[:first], *map(hurry, scenario.blocks[first:]))
    return dataclasses.replace(scenario, blocks=blocks)


class NoCopyError(Exception):
    """No machine of a scenario ever had a copy of the file that was to be broken."""


class Patch:
    """Breaks a file, and its copies, on all machines of a lab, once there are any."""

    def __init__(self, mutant: Mutant, root: Path) -> None:
        """Prepare.

        Args:
            mutant: of a file.
            root: directory of the project, where the file is as it should be.
        """
        self._original = (root / mutant.location.path).read_text(encoding="utf-8")
        self._broken = mutants.broken_text(mutant, self._original)
        self._tests = [word for path in mutant.files for word in ("-o", "-path", f"*/{path}")][1:]
        self.done = False

    def __call__(self, lab: Lab) -> None:
        """Do it, if it was not done yet; a page may make its copy itself."""
        if not self.done:
            done = [self._break_on(machine) for machine in lab.all_machines()]
            self.done = any(done)

    def _break_on(self, machine: Machine) -> bool:
        done = False
        # A file may go away while find looks; what it found until then is said all the same.
        found = machine.execute("find", "/home", "-type", "f", "(", *self._tests, ")", check=False)
        for place in found.stdout.splitlines():
            if machine.execute("cat", place).stdout == self._original:
                machine.execute("sh", "-c", 'cat > "$1"', "sh", place, text=self._broken)
                done = True
        return done


class Trial:
    """Tries mutants in labs."""

    def __init__(
        self,
        site: Site,
        scenarios: Sequence[Scenario],
        workshop: Workshop,
        *,
        results: Sequence[BlockResult],
        stop: threading.Event,
    ) -> None:
        """Prepare.

        Args:
            site: the pages and their settings.
            scenarios: all that there are.
            workshop: what labs are made with.
            results: of the last run, which say how long each block takes.
            stop: set when the trials are to end.
        """
        self._site = site
        self._scenarios = scenarios
        self._workshop = workshop
        self._pages = {page.name: page for page in site.pages}
        self._results = results
        self._stop = stop

    def run(self, mutant: Mutant) -> Verdict:
        """Run all pages that a mutant concerns with it, until something turns red twice.

        Raises:
            DoclabError: if it could not be tried.
            StoppedError: if the trials are to end.
        """
        verdict = None
        for scenario, page in self._concerned(mutant):
            try:
                verdict = mutants.sure(partial(self._try, scenario, page), mutant)
            except NoCopyError:
                continue
            if verdict.killed_by:
                break
        if verdict is None:
            raise DoclabError(
                f"{mutant.location}: no page's blocks use this, or have a copy of it."
            )
        return verdict

    def _concerned(self, mutant: Mutant) -> Iterator[tuple[Scenario, str]]:
        """Yield the scenarios that a mutant concerns, each with the first such page in it."""
        if not mutant.of_block:
            yield from uses.uses(mutant.files, self._scenarios, self._site.root)
            return
        for scenario in self._scenarios:
            for block in scenario.blocks:
                if block.location == mutant.location:
                    yield scenario, block.page
                    break

    def _try(self, whole: Scenario, page: str, mutant: Mutant) -> Verdict:
        """Run a scenario with a mutant, from a page on.

        A block of which nothing is compared can as well be left out as be replaced by
        `true`: what comes after it is the same.
        """
        broken = mutants.without(whole, mutant) if mutant.of_block else whole
        before = next(n for n, block in enumerate(whole.blocks) if block.page == page)
        if (
            before
            and self._workshop.store.find(keys.key(self._workshop.base, whole.blocks[:before]))
            is None
        ):
            raise DoclabError(
                f"there is no snapshot of what comes before {page}; run `nox -s doctest` first."
            )
        patch = None if mutant.of_block else Patch(mutant, self._site.root)
        outcome = ScenarioRun(
            hurried(broken, before, self._results),
            engine=self._workshop.engine,
            lab_plan=self._workshop.lab_plan,
            pages=self._pages,
            store=self._workshop.store,
            options=Options(
                base=self._workshop.base,
                deadline=self._site.settings.deadline,
                restore_at=before,
                take=False,
                before_block=patch,
            ),
            say=lambda _message: None,
            stop=self._stop,
        ).run()
        if self._stop.is_set():  # what was found then is no verdict
            raise StoppedError
        failed = next((r.failure for r in outcome.results if r.failure is not None), None)
        if failed is not None and failed.of_lab:
            raise DoclabError(f"{mutant} could not be tried: {failed.location}: {failed.problem}")
        # Not the mutant's doing, as far as anybody can tell: this proves nothing.
        of_scenario = next((e for e in outcome.errors if e.startswith(f"{broken.name}: ")), None)
        if of_scenario is not None and failed is None:
            raise DoclabError(f"{mutant} could not be tried: {of_scenario}")
        if patch is not None and not patch.done:
            raise NoCopyError  # whatever was red, nothing was broken
        if failed is not None:
            return Verdict(mutant=mutant, by=By.LAB, killed_by=str(failed.location))
        error = next(iter(outcome.errors), "")
        return Verdict(mutant=mutant, by=By.LAB, killed_by=error.partition(": ")[0])
