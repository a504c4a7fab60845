# SPDX-License-Identifier: Apache-2.0
"""What the harness adds to real pages: doclab against plain scripts, in labs that are up.

`nox -s harness -- --lab` runs this. Both run the same blocks, each time in a new lab,
taking turns: those of the scenario that goes furthest without anything that a script
cannot say, such as a restart, an answer, or output that is waited for. A script has the
commands one after the other, and compares nothing but their exit status.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from doclab import engine, lab, plan, repository
from doclab.collect import collect
from doclab.images import ImageStore
from doclab.lab_plan import LabPlan
from doclab.model import Block, Fate, Scenario
from doclab.run import run_scenario

_SHELL = re.compile(r"^(?:sudo machinectl (?:--quiet )?shell \w+@|exit)$", re.MULTILINE)


def plain(scenario: Scenario) -> tuple[Block, ...]:
    """Return the blocks up to the first that a script cannot say."""
    return tuple(
        itertools.takewhile(
            lambda block: (
                not (block.skip or block.restart or block.running or block.continues or block.wait)
                and not (block.answers or block.background or block.terminal)
                and not any(command.interrupt for command in block.commands)
            ),
            scenario.blocks,
        )
    )


def segments(blocks: Iterable[Block]) -> Iterator[tuple[str, str, str]]:
    """Yield machine, user and script of each stretch that one shell runs."""

    def steps() -> Iterator[tuple[tuple[str, str, str], str]]:
        for block in blocks:
            for command in block.commands:
                last = command is block.commands[-1]
                ending = f" || test $? = {block.status}" if block.status and last else ""
                if rest := _SHELL.sub("", command.text + ending).strip():
                    yield (block.page, block.machine, command.user or ""), rest

    for (page, machine, user), found in itertools.groupby(steps(), key=lambda step: step[0]):
        # A terminal of the page stays where it is while another one is used.
        where = f"/tmp/where-{page.replace('/', '-')}-{user}"
        lines = [f"set -e; cd $(cat {where} 2> /dev/null || pwd)", *(text for _, text in found)]
        yield machine, user, "\n".join([*lines, f"pwd > {where}", "echo all-done"])


def as_scripts(scenario: Scenario, machines: lab.Lab) -> float:
    """Run the commands as plain scripts; return seconds."""
    scripts = list(segments(scenario.blocks))
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
    podman = engine.detect()
    name = site.settings.lab(None)
    images = ImageStore(podman, site.settings.recipe, print).ensure(name, site.settings.labs[name])
    scenario = max(plan.plan(site.pages, facts=images.facts), key=lambda one: len(plain(one)))
    blocks = plain(scenario)
    scenario = dataclasses.replace(scenario, blocks=blocks, cut=True)
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
                    else as_scripts(scenario, machines)
                )
            finally:
                machines.remove()
    print(f"{len(blocks)} blocks of {scenario.name}, {rounds} rounds")
    for name, seconds in found.items():
        print(
            f"  {name:<8} {statistics.median(seconds):6.2f} s"
            f" ({min(seconds):.2f} to {max(seconds):.2f})"
        )
    ratio = statistics.median(found["doclab"]) / statistics.median(found["scripts"])
    print(f"  doclab / scripts: {ratio:.2f}; wanted: at most 1.10")


if __name__ == "__main__":
    main()
