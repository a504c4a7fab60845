"""Try mutants: each must turn a run red, or be listed with the reason why not."""

from __future__ import annotations

import argparse
import dataclasses
import random
import re
import subprocess
import threading
import tomllib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from doclab import expect, ledger, mutants, plan, repository, snapshots
from doclab.lab import Lab
from doclab.model import BlockResult, DoclabError, Ledger, Location, Scenario
from doclab.mutants import Kind, Mutant
from doclab.progress import Progress
from doclab.scenario_run import Options, ScenarioRun
from doclab.site import Site
from doclab.workshop import Workshop, opened

LEAST = 0.95  # of the mutants that are tried must be found out


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of a mutant."""

    mutant: Mutant
    killed_by: str  # where the run turned red; empty: nowhere

    def __str__(self) -> str:
        fate = f"red at {self.killed_by}" if self.killed_by else "SURVIVED"
        return f"{fate:40} {self.mutant}"


def survivors_listed(path: Path) -> dict[str, str]:
    """Read the list of survivors: from the name of a mutant to the reason.

    Raises:
        DoclabError: if it is not of the form that is described in the file.
    """
    if not path.is_file():
        return {}
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", [])
        return {item["mutant"]: item["reason"] for item in listed}
    except (KeyError, TypeError, AttributeError) as error:
        raise DoclabError(
            f"{path}: each [[survivor]] has a `mutant`, as the session prints it, and a `reason`."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise DoclabError(f"{path}: this is not TOML: {error}.") from error


def judge(
    verdicts: Sequence[Verdict], listed: dict[str, str], every: Iterable[Mutant]
) -> tuple[list[str], float]:
    """Return what is wrong, and the share of mutants that were found out.

    Args:
        verdicts: of the mutants that were tried.
        listed: survivors with their reasons.
        every: all mutants that there are.
    """
    alive = [verdict for verdict in verdicts if not verdict.killed_by]
    dead = {verdict.mutant.name for verdict in verdicts if verdict.killed_by}
    names = {mutant.name for mutant in every}
    problems = [
        f"{verdict.mutant}: nothing turned red. Make a page show the difference, or list"
        f' mutant = "{verdict.mutant.name}" with its reason.'
        for verdict in alive
        if verdict.mutant.name not in listed
    ]
    survived = {verdict.mutant.name for verdict in alive}
    for name in listed:
        if name not in names:
            problems.append(f"the list of survivors names a mutant that is not there: {name!r}.")
        elif name in dead - survived:
            problems.append(f"the list of survivors names one that was found out: {name!r}.")
    share = 1 - len(alive) / len(verdicts) if verdicts else 0.0
    return problems, share


def sample(
    every: Sequence[Mutant], *, count: int | None, seed: int, always: Iterable[Mutant] = ()
) -> list[Mutant]:
    """Choose mutants by chance, the same for the same seed; those of `always` in any case."""
    if count is None or count >= len(every):
        return list(every)
    # Which mutants are chosen is no secret.
    chosen = set(random.Random(seed).sample(every, count)) | set(always)  # noqa: S311
    return [mutant for mutant in every if mutant in chosen]


def without_lab(mutant: Mutant, results: Sequence[BlockResult]) -> Verdict | None:
    """Judge a mutant by the output that the last run recorded, if that is enough."""
    if mutant.kind is Kind.EXPECTATION:
        for result in results:
            for done in result.commands:
                place = Location(path=result.block.location.path, line=done.command.line)
                if place != mutant.location or done.command.expected is None:
                    continue
                lines = done.command.expected.split("\n")
                lines[lines.index(mutant.text)] = mutant.changed
                same = expect.match(
                    "\n".join(lines), done.output, placeholders=result.block.placeholders
                )
                return Verdict(mutant=mutant, killed_by=str(place) if same is None else "")
    if mutant.kind is Kind.TRUE:
        block = next(r.block for r in results if r.block.location == mutant.location)
        wanted = (
            any(command.expected for command in block.commands) or block.status or block.restart
        )
        if wanted:
            return Verdict(mutant=mutant, killed_by=str(block.location))
    return None


class Trial:
    """Tries the mutants that need a lab."""

    def __init__(
        self, site: Site, scenarios: Sequence[Scenario], workshop: Workshop, say: Progress
    ) -> None:
        """Prepare."""
        self._site = site
        self._scenarios = scenarios
        self._workshop = workshop
        self._say = say
        self._pages = {page.name: page for page in site.pages}
        self.stop = threading.Event()

    def run(self, mutant: Mutant) -> Verdict:
        """Run the pages with a mutant until something turns red.

        A block of which nothing is compared can as well be left out as be replaced by
        `true`: what comes after it is the same.
        """
        if mutant.kind in (Kind.DROPPED, Kind.TRUE):
            scenario = next(
                s for s in self._scenarios if any(b.location == mutant.location for b in s.blocks)
            )
            page = next(b.page for b in scenario.blocks if b.location == mutant.location)
            return self._try(mutant, mutants.without(scenario, mutant), scenario, page, None)
        scenario = self._scenarios[0]
        used = mutants.first_page_that_uses(mutant.location.path, scenario.blocks)
        if used is None:
            raise DoclabError(f"{mutant.location}: no page's blocks name this file.")
        return self._try(mutant, scenario, scenario, used, self._patch(mutant))

    def _try(
        self,
        mutant: Mutant,
        broken: Scenario,
        whole: Scenario,
        page: str,
        patch: Callable[[Lab], None] | None,
    ) -> Verdict:
        before = next(n for n, block in enumerate(whole.blocks) if block.page == page)
        if (
            before
            and self._workshop.store.find(snapshots.key(self._workshop.base, whole.blocks[:before]))
            is None
        ):
            raise DoclabError(
                f"there is no snapshot of what comes before {page}; run `nox -s doctest` first."
            )
        outcome = ScenarioRun(
            broken,
            engine=self._workshop.engine,
            lab_plan=self._workshop.lab_plan,
            pages=self._pages,
            store=self._workshop.store,
            options=Options(
                base=self._workshop.base,
                deadline=self._site.settings.deadline,
                restore_at=before,
                take=False,
                patch=patch,
            ),
            say=lambda _message: None,
            stop=self.stop,
        ).run()
        failed = next((r.failure for r in outcome.results if r.failure is not None), None)
        if failed is not None:
            return Verdict(mutant=mutant, killed_by=str(failed.location))
        for error in outcome.errors:
            # Not the mutant's doing, as far as anybody can tell: this proves nothing.
            if error.startswith(f"{broken.name}: "):
                raise DoclabError(f"{mutant} could not be tried: {error}")
        error = next(iter(outcome.errors), "")
        return Verdict(mutant=mutant, killed_by=error.partition(": ")[0])

    def _patch(self, mutant: Mutant) -> Callable[[Lab], None]:
        original = (self._site.root / mutant.location.path).read_text(encoding="utf-8")
        broken = mutants.broken_text(mutant, original)

        def patch(lab: Lab) -> None:
            count = 0
            for machine in lab.all_machines():
                found = machine.execute(
                    "find", "/home", "-path", f"*/{mutant.location.path}", "-type", "f"
                )
                for place in found.stdout.splitlines():
                    if machine.execute("cat", place).stdout == original:
                        machine.execute("sh", "-c", 'cat > "$1"', "sh", place, text=broken)
                        count += 1
            if not count:
                raise DoclabError(f"{mutant.location}: no machine has a copy of this file yet.")

        return patch


def every_mutant(site: Site, scenarios: Sequence[Scenario]) -> list[Mutant]:
    """Return all mutants of the pages' blocks, and of the files that pages use."""
    blocks = dict.fromkeys(block for scenario in scenarios for block in scenario.blocks)
    found = [m for block in blocks if block.skip is None for m in mutants.of_block(block)]
    for name in repository.files(site.root) or ():
        path = Path(name)
        used = mutants.first_page_that_uses(path, scenarios[0].blocks)
        if used is not None and path.suffix in mutants.COMMENTS:
            found += mutants.of_file(path, (site.root / name).read_text(encoding="utf-8"))
    return found


def changed_lines(root: Path, since: str) -> set[tuple[str, int]]:
    """Return the lines that differ from a revision, as path and line.

    Raises:
        DoclabError: if Git does not know the revision.
    """
    done = subprocess.run(
        ["git", "-C", str(root), "diff", "--unified=0", "--no-color", since],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise DoclabError(f"git diff {since}: {done.stderr.strip()}")
    found, path = set(), ""
    for line in done.stdout.splitlines():
        if line.startswith("+++ b/"):
            path = line[6:]
        elif hunk := re.match(r"@@ \S+ \+(\d+)(?:,(\d+))? @@", line):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            found |= {(path, number) for number in range(first, first + count)}
    return found


def run(options: argparse.Namespace, site: Site) -> int:
    """Try mutants, report the survivors; return the exit status."""
    say = Progress()
    name = site.settings.lab(None)
    with opened(site, lab=name, docs=options.docs, say=say) as workshop:
        facts = {**workshop.lab_plan.images.facts, **site.settings.versions}
        scenarios = plan.plan(site.pages, facts=facts)
        every = every_mutant(site, scenarios)
        every = [mutant for mutant in every if not options.only or options.only in str(mutant)]
        lines = changed_lines(site.root, options.changed) if options.changed else set()
        always = [m for m in every if (str(m.location.path), m.location.line) in lines]
        chosen = sample(every, count=options.sample, seed=options.seed, always=always)
        results = _recorded(options.build / "doctest" / "ledger.json").results
        say(f"{len(chosen)} of {len(every)} mutants, seed {options.seed}")
        verdicts: list[Verdict] = []
        left: list[Mutant] = []
        same: list[Mutant] = []  # whose fate is that of the same block when it is dropped
        dropped = {mutant.location for mutant in chosen if mutant.kind is Kind.DROPPED}
        for mutant in chosen:
            verdict = without_lab(mutant, results)
            if verdict is not None:
                verdicts.append(verdict)
            elif mutant.kind is Kind.TRUE and mutant.location in dropped:
                same.append(mutant)
            else:
                left.append(mutant)
        say(f"{len(verdicts)} judged by what the last run printed; {len(left)} need a lab")
        trial = Trial(site, scenarios, workshop, say)
        with ThreadPoolExecutor(max_workers=options.jobs) as pool:
            try:
                for number, verdict in enumerate(pool.map(trial.run, left), start=1):
                    say(f"{number}/{len(left)} {verdict}")
                    verdicts.append(verdict)
            except BaseException:
                trial.stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
    killers = {v.mutant.location: v.killed_by for v in verdicts if v.mutant.kind is Kind.DROPPED}
    verdicts += [Verdict(mutant=m, killed_by=killers[m.location]) for m in same]
    listed = survivors_listed(site.settings.survivors)
    problems, share = judge(verdicts, listed, every_mutant(site, scenarios))
    alive = [verdict.mutant for verdict in verdicts if not verdict.killed_by]
    for mutant in alive:
        print(f"{mutant}: survived: {listed.get(mutant.name, 'NOT LISTED')}")
    for problem in problems:
        print(f"error: {problem}")
    print(f"{len(verdicts) - len(alive)} of {len(verdicts)} mutants turned a run red: {share:.1%}")
    # Of a few, chosen by chance, the share says little.
    too_few = len(chosen) == len(every) and share < LEAST
    return 1 if problems or too_few else 0


def _recorded(path: Path) -> Ledger:
    if not path.is_file():
        raise DoclabError(f"{path}: there is no ledger; run `nox -s doctest` first.")
    found = ledger.load(path.read_text(encoding="utf-8"), str(path))
    if not (found.complete and found.green):
        raise DoclabError(f"{path}: the last run was not whole and green; run `nox -s doctest`.")
    return found
