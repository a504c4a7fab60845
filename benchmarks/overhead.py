# SPDX-License-Identifier: Apache-2.0
"""What the harness adds to real pages: doclab against plain scripts, in labs that are up.

`nox -s harness -- --lab` runs this. Both run the commands of the first pages up to the
first restart of a machine, each time in a new lab, taking turns. A script has the same
commands, one after the other, without any comparison.
"""

from __future__ import annotations

import itertools
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from doclab import engine, lab, plan, repository
from doclab.collect import collect
from doclab.images import ImageStore
from doclab.lab_plan import LabPlan
from doclab.model import Block, Fate, Scenario
from doclab.run import run_scenario
from doclab.site import Site

_SHELL = re.compile(r"sudo machinectl shell (\w+)@")


def segments(site: Site, blocks: tuple[Block, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield machine, user and script of each stretch that one shell runs."""
    users: dict[tuple[str, str], list[str]] = {}

    def steps() -> Iterator[tuple[tuple[str, str, str], str]]:
        for block in blocks:
            stack = users.setdefault((block.page, block.machine), [site.settings.user])
            for command in block.commands:
                if (opened := _SHELL.fullmatch(command.text)) is not None:
                    stack.append(opened[1])
                elif command.text == "exit":
                    stack.pop()
                else:
                    yield (block.page, block.machine, stack[-1]), command.text

    for (_, machine, user), found in itertools.groupby(steps(), key=lambda step: step[0]):
        yield machine, user, "\n".join(["set -e", *(text for _, text in found), "echo all-done"])


def as_scripts(site: Site, scenario: Scenario, machines: lab.Lab) -> float:
    """Run the commands as plain scripts; return seconds."""
    scripts = list(segments(site, scenario.blocks))
    started = time.perf_counter()
    for machine, user, script in scripts:
        done = machines.machine(machine).execute(
            "machinectl", "--quiet", "shell", f"{user}@", "/bin/bash", "-lc", script
        )
        if "all-done" not in done.stdout:
            sys.exit(f"a plain script failed:\n{script}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - started


def as_blocks(scenario: Scenario, machines: lab.Lab) -> float:
    """Run the same blocks with doclab; return seconds."""
    started = time.perf_counter()
    results = run_scenario(scenario, machines, listen=lambda _result: None)
    seconds = time.perf_counter() - started
    if any(result.fate is not Fate.PASSED for result in results):
        sys.exit("a block did not pass")
    return seconds


def main(rounds: int = 3) -> None:
    """Take turns, and print seconds and the ratio."""
    root = Path.cwd().resolve()
    site = collect(root / "docs", root=root, work=root / "build" / "doclab")
    (*_, scenario) = plan.plan(site.pages)
    blocks = tuple(itertools.takewhile(lambda block: not block.restart, scenario.blocks))
    scenario = Scenario(
        name=scenario.name, pages=scenario.pages, variant=scenario.variant, blocks=blocks
    )
    podman = engine.detect()
    name = site.settings.lab(None)
    images = ImageStore(podman, site.settings.recipe, print).ensure(name, site.settings.labs[name])
    found: dict[str, list[float]] = {"doclab": [], "scripts": []}
    with tempfile.TemporaryDirectory() as folder:
        lab_plan = LabPlan(
            machines=site.settings.machines,
            user=site.settings.user,
            images=images,
            repository=site.settings.repository,
            snapshot=repository.snapshot(root, Path(folder) / "repository.git"),
        )
        for number, name in itertools.product(range(rounds), found):
            print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr)
            machines = lab.Lab(podman, lab_plan, stop=threading.Event())
            try:
                machines.start()
                found[name].append(
                    as_blocks(scenario, machines)
                    if name == "doclab"
                    else as_scripts(site, scenario, machines)
                )
            finally:
                machines.remove()
    print(f"{len(blocks)} blocks of {', '.join(scenario.pages[:2])}, {rounds} rounds")
    for name, seconds in found.items():
        print(
            f"  {name:<8} {statistics.median(seconds):6.2f} s"
            f" ({min(seconds):.2f} to {max(seconds):.2f})"
        )
    ratio = statistics.median(found["doclab"]) / statistics.median(found["scripts"])
    print(f"  doclab / scripts: {ratio:.2f}; wanted: at most 1.15")


if __name__ == "__main__":
    main()
