# SPDX-License-Identifier: Apache-2.0
"""Search for mutants that survive, the cheapest way first."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from doclab import expect, interruption, judges, keys, repository
from doclab.model import BlockResult, DoclabError, Ledger, Location, Scenario
from doclab.mutants import By, Kind, Mutant, Verdict, sure
from doclab.notebook import Notebook
from doclab.progress import Progress
from doclab.site import Site
from doclab.trial import Trial
from doclab.workshop import Workshop


def by_output(mutant: Mutant, results: Sequence[BlockResult]) -> Verdict | None:
    """Judge a mutant by the output that the last run recorded, if that is enough."""
    if mutant.kind is Kind.EXPECTATION:
        for result in results:
            for done in result.commands:
                place = Location(path=result.block.location.path, line=done.command.line)
                if place != mutant.location or done.command.expected is None:
                    continue
                lines = done.command.expected.split("\n")
                lines[lines.index(mutant.text)] = mutant.changed
                same = expect.compare(
                    "\n".join(lines),
                    done.output,
                    json=result.block.json,
                    placeholders=result.block.placeholders,
                )
                red = str(place) if same.values is None else ""
                return Verdict(mutant=mutant, by=By.OUTPUT, killed_by=red)
    if mutant.kind is Kind.TRUE:
        block = next((r.block for r in results if r.block.location == mutant.location), None)
        if block is None:
            raise DoclabError(f"{mutant.location}: the last run has no such block; run it again.")
        wanted = (
            any(command.expected for command in block.commands) or block.status or block.restart
        )
        if wanted:
            return Verdict(mutant=mutant, by=By.OUTPUT, killed_by=str(block.location))
    return None


def by_ledger(mutant: Mutant, recorded: Ledger) -> Verdict | None:
    """Judge a block that is dropped by the ledger: a block without a fate is an error.

    Args:
        mutant: of any kind.
        recorded: of the last run, which was whole and green.
    """
    if mutant.kind is not Kind.DROPPED:
        return None
    results = tuple(r for r in recorded.results if r.block.location != mutant.location)
    left = dataclasses.replace(recorded, results=results)
    red = "" if left.green else f"the ledger: {left.untold} not run"
    return Verdict(mutant=mutant, by=By.LEDGER, killed_by=red)


class Search:
    """Tries mutants, several at a time, the cheapest way first."""

    def __init__(
        self,
        site: Site,
        scenarios: Sequence[Scenario],
        workshop: Workshop,
        notebook: Notebook,
        *,
        jobs: int,
        say: Progress,
    ) -> None:
        """Prepare.

        Args:
            site: the pages and their settings.
            scenarios: all that there are.
            workshop: what labs are made with.
            notebook: where verdicts are kept, those of earlier runs too.
            jobs: how many mutants are tried at a time.
            say: told what happens.
        """
        self._site = site
        self._scenarios = scenarios
        self._workshop = workshop
        self._notebook = notebook
        self._jobs = jobs
        self._say = say
        self._stop = threading.Event()

    def run(self, chosen: Sequence[Mutant], recorded: Ledger) -> list[Verdict]:
        """Return the verdicts on mutants.

        Args:
            chosen: what to try.
            recorded: of the last run, which was whole and green.
        """
        verdicts = []
        left = []
        for mutant in chosen:
            verdict = by_output(mutant, recorded.results) or by_ledger(mutant, recorded)
            if verdict is None:
                left.append(mutant)
            else:
                verdicts.append(verdict)
        self._say(f"{len(verdicts)} judged by the last run, {len(left)} left")
        found_out = [verdict for verdict in self._by_tests(left) if verdict.killed_by]
        dead = {verdict.mutant for verdict in found_out}
        return [
            *verdicts,
            *found_out,
            *self._by_lab([m for m in left if m not in dead], recorded.results),
        ]

    def _by_tests(self, chosen: Sequence[Mutant]) -> list[Verdict]:
        settings, root = self._site.settings, self._site.root
        names = judges.given(root, settings.judge_files)
        base = self._workshop.base
        if "*" not in settings.judge_files:
            base = keys.base((), repository.contents(root, names))
        with judges.opened(
            settings.judges, root, names, count=self._jobs, stop=self._stop
        ) as found:
            judged = [mutant for mutant in chosen if found.of(mutant)]
            conditions = {m: (base, *found.of(m)) for m in judged}
            new = [m for m in judged if self._notebook.find(m, *conditions[m]) is None]
            commands = list(dict.fromkeys(c for mutant in new for c in found.of(mutant)))
            for command in commands:
                self._say(f"`{command}` must pass while nothing is broken")
            with self._pool() as pool:
                list(pool.map(found.check, commands))
            judge = partial(sure, found.run)
            return self._each(judged, judge, lambda mutant: conditions[mutant], "tests")

    def _by_lab(self, chosen: Sequence[Mutant], results: Sequence[BlockResult]) -> list[Verdict]:
        trial = Trial(self._site, self._scenarios, self._workshop, results=results, stop=self._stop)
        blocks = [keys.key(self._workshop.base, s.blocks) for s in self._scenarios]
        return self._each(chosen, trial.run, lambda _mutant: blocks, "lab")

    def _each(
        self,
        chosen: Sequence[Mutant],
        judge: Callable[[Mutant], Verdict],
        conditions: Callable[[Mutant], Iterable[str]],
        name: str,
    ) -> list[Verdict]:
        """Judge mutants of which the notebook knows nothing, several at a time."""
        noted = {m: self._notebook.find(m, *conditions(m)) for m in chosen}
        new = [mutant for mutant, verdict in noted.items() if verdict is None]
        self._say(f"{name}: {len(new)} to try, {len(chosen) - len(new)} known")
        start = time.monotonic()

        def judge_and_note(mutant: Mutant) -> Verdict:
            verdict = judge(mutant)
            self._notebook.note(verdict, *conditions(mutant))
            return verdict

        with self._pool() as pool:
            for number, verdict in enumerate(pool.map(judge_and_note, new), start=1):
                noted[verdict.mutant] = verdict
                each = (time.monotonic() - start) / number
                left = each * (len(new) - number) / 60
                self._say(
                    f"{name} {number}/{len(new)}, {each:.1f} s each, {left:.0f} min left: {verdict}"
                )
        return [verdict for verdict in noted.values() if verdict is not None]

    @contextmanager
    def _pool(self) -> Iterator[ThreadPoolExecutor]:
        """Provide threads, which end before an interruption or an error goes on."""
        with ThreadPoolExecutor(max_workers=self._jobs) as pool:
            try:
                yield pool
            except BaseException:
                interruption.no_more()
                self._stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
