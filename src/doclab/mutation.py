# SPDX-License-Identifier: Apache-2.0
"""Try mutants: each must turn something red, or be listed with the reason why not."""

from __future__ import annotations

import argparse
import os
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from doclab import judges, ledger, mutants, plan, repository, survivors, uses
from doclab.model import Block, DoclabError, Ledger, Scenario
from doclab.mutants import By, Mutant, Verdict
from doclab.notebook import Notebook
from doclab.progress import Progress
from doclab.search import Search
from doclab.site import Site
from doclab.workshop import opened

LEAST = 0.95  # of the mutants that are tried must be found out


def sample(every: Sequence[Mutant], *, count: int | None, seed: int) -> list[Mutant]:
    """Choose mutants by chance, the same for the same seed; None means all."""
    if count is None or count >= len(every):
        return list(every)
    # Which mutants are chosen is no secret.
    chosen = set(random.Random(seed).sample(every, count))  # noqa: S311
    return [mutant for mutant in every if mutant in chosen]


def choose(every: Sequence[Mutant], options: argparse.Namespace, root: Path) -> list[Mutant]:
    """Choose the mutants that the command line asks for."""
    wanted = [mutant for mutant in every if not options.only or options.only in str(mutant)]
    if options.only and not wanted:
        raise DoclabError(f"--only {options.only}: no mutant has this in its name.")
    if not options.changed:
        return sample(wanted, count=options.sample, seed=options.seed)
    lines = changed_lines(root, options.changed)
    touched = [mutant for mutant in wanted if mutant.touches(lines)]
    chosen = set(sample(touched, count=options.at_most, seed=options.seed))
    chosen |= set(sample(wanted, count=options.sample or 0, seed=options.seed))
    return [mutant for mutant in wanted if mutant in chosen]


def every_mutant(site: Site, scenarios: Sequence[Scenario]) -> list[Mutant]:
    """Return all mutants of the pages' blocks, and of the files that pages use."""
    blocks = dict.fromkeys(block for scenario in scenarios for block in scenario.blocks)
    found = [m for block in blocks if block.skip is None for m in mutants.of_block(block)]
    texts = {
        path: (site.root / path).read_text(encoding="utf-8")
        for path in map(Path, repository.files(site.root) or ())
        if path.suffix in mutants.COMMENTS and any(uses.uses([path], scenarios, site.root))
    }
    return mutants.numbered([*found, *mutants.of_files(texts)])


def changed_lines(root: Path, since: str) -> set[tuple[str, int]]:
    """Return the lines that differ from where a revision and this one parted.

    Each is given as path and number.

    Raises:
        DoclabError: if Git does not know the revision.
    """
    # In one form, whatever the settings of who runs it.
    form = (
        "--unified=0",
        "--no-color",
        "--no-ext-diff",
        "--relative",
        "--src-prefix=a/",
        "--dst-prefix=b/",
    )
    said = repository.git(
        root, "-c", "core.quotePath=false", "diff", *form, "--merge-base", since
    ).decode(errors="replace")
    found, path = set(), ""
    for line in said.splitlines():
        if line.startswith("+++ b/"):
            path = line[6:].rstrip("\t")  # Git ends a name with a space in it by a tab
        elif hunk := re.match(r"@@ \S+ \+(\d+)(?:,(\d+))? @@", line):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            found |= {(path, number) for number in range(first, first + count)}
    # A file that Git does not know yet differs in each line.
    for name in sorted({*(repository.files(root) or ())} - {*_tracked(root)}):
        lines = repository.content(root / name).count(b"\n") + 1
        found |= {(name, number) for number in range(1, lines + 1)}
    return found


def _tracked(root: Path) -> list[str]:
    return os.fsdecode(repository.git(root, "ls-files", "-z")).split("\0")


def run(options: argparse.Namespace, site: Site) -> int:
    """Try mutants, report the survivors; return the exit status."""
    say = Progress()
    notes = options.build / "mutants" / "verdicts.jsonl"
    if not options.cache:
        notes.unlink(missing_ok=True)
    lab = site.settings.lab(None)
    with opened(site, lab=lab, docs=options.docs, say=say) as workshop:
        facts = {**workshop.lab_plan.images.facts, **site.settings.versions}
        scenarios = plan.plan(site.pages, facts=facts)
        every = every_mutant(site, scenarios)
        given = judges.given(site.root, site.settings.judge_files)
        judges.check_patterns(site.settings.judges, every, given)
        chosen = choose(every, options, site.root)
        say(f"{len(chosen)} of {len(every)} mutants, seed {options.seed}")
        recorded = _recorded(
            options.build / "doctest" / "ledger.json", scenarios, workshop.files, lab
        )
        search = Search(site, scenarios, workshop, Notebook(notes), jobs=options.jobs, say=say)
        verdicts = search.run(chosen, recorded)
    listed = survivors.read(site.settings.survivors)
    problems, share = survivors.judge(verdicts, listed, every)
    print("\n".join(closing_lines(verdicts, listed, problems)))
    # Of a few, chosen by chance, the share says little.
    too_few = len(chosen) == len(every) and share < LEAST
    return 1 if problems or too_few else 0


def closing_lines(
    verdicts: Sequence[Verdict], listed: dict[str, str], problems: Sequence[str]
) -> list[str]:
    """Return what a run of mutants ends with."""
    alive = [verdict.mutant for verdict in verdicts if not verdict.killed_by]
    dead = [verdict for verdict in verdicts if verdict.killed_by]
    lines = [f"{mutant}: survived: {listed.get(mutant.name, 'NOT LISTED')}" for mutant in alive]
    lines += [f"error: {problem}" for problem in problems]
    lines += [f"{sum(v.by is by for v in dead)} found out by {by.value}" for by in By]
    lines.append(f"{len(dead)} of {len(verdicts)} mutants turned something red")
    lines.append(f"score, without those that the ledger misses: {survivors.share(verdicts):.1%}")
    return lines


def _recorded(
    path: Path, scenarios: Sequence[Scenario], files: Mapping[str, str], lab: str
) -> Ledger:
    """Return the ledger of the last run, which must be of what there is now.

    Raises:
        DoclabError: if there is none, or if it says nothing of the pages as they are.
    """
    if not path.is_file():
        raise DoclabError(f"{path}: there is no ledger; run `nox -s doctest` first.")
    found = ledger.load(path.read_text(encoding="utf-8"), str(path))
    if not (found.complete and found.green):
        raise DoclabError(f"{path}: the last run was not whole and green; run `nox -s doctest`.")
    blocks = {_place(block) for scenario in scenarios for block in scenario.blocks}
    ran = {_place(result.block) for result in found.results}
    if (ran, found.files, found.lab) != (blocks, files, lab):
        raise DoclabError(
            f"{path}: the last run was of other pages, files or another lab than there are now;"
            " run `nox -s doctest`."
        )
    return found


def _place(block: Block) -> tuple[object, ...]:
    """Return what a mutant of a block is made of, and where."""
    return block.location, block.text, block.commands
