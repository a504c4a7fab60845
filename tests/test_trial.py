# SPDX-License-Identifier: Apache-2.0
"""Mutants of files on the machines of a lab."""

from __future__ import annotations

import argparse
import dataclasses
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import PATIENCE, LocalLab, block
from ledgers import result

from doclab import mutants, trial, uses
from doclab.engine import Engine
from doclab.machine import Machine
from doclab.model import BlockResult, DoclabError, Failure, Fate, Scenario
from doclab.mutants import Kind, Mutant
from doclab.scenario_run import Outcome

TEXT = "first\nsecond\n"
ONE, TWO = Path("examples/one/a.js"), Path("examples/two/a.js")


class HereEngine(Engine):
    """Runs the commands for a machine in a directory that stands for the machine."""

    def call(
        self,
        *arguments: str,
        check: bool = True,
        timeout: float = PATIENCE,
        text: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run what a machine would run, with /home in that directory."""
        *_, container = arguments[: 3 if arguments[1] == "--interactive" else 2]
        argv = [part if part != "/home" else f"{container}/home"
                for part in arguments[arguments.index(container) + 1 :]]  # fmt: skip
        return subprocess.run(
            argv, check=check, capture_output=True, text=True, input=text, timeout=timeout
        )


class FileLab(LocalLab):
    """A lab whose machines are directories."""

    def all_machines(self) -> list[Machine]:
        """Return two machines."""
        engine = HereEngine(command=("false",), run_flags=(), build_flags=(), version="0")
        return [
            Machine(name=name, container=str(self.home / name), engine=engine, stop=self.stop)
            for name in ("server", "laptop")
        ]


def write(root: Path, files: dict[str, str]) -> None:
    """Write files."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def removed(tmp_path: Path) -> Mutant:
    """Return the mutant without the first line of a file that has a copy."""
    write(tmp_path / "project", {str(ONE): TEXT, str(TWO): TEXT})
    found = mutants.of_files({ONE: TEXT, TWO: TEXT})
    return next(m for m in found if m.kind is Kind.REMOVED)


def test_all_copies_on_all_machines_are_broken(tmp_path: Path, removed: Mutant) -> None:
    """Not a file of another name, or with another content."""
    for name in ("server", "laptop"):
        (tmp_path / name / "home").mkdir(parents=True)
    write(
        tmp_path / "server" / "home",
        {
            f"me/clone/{ONE}": TEXT,
            f"me/clone/{TWO}": TEXT,
            f"you/{ONE}": "another\n",
            "me/clone/examples/three/a.js": TEXT,
        },
    )
    write(tmp_path / "laptop" / "home", {f"me/{TWO}": TEXT})
    trial.patch(removed, tmp_path / "project")(FileLab(tmp_path))
    found = {
        str(path.relative_to(tmp_path)): path.read_text(encoding="utf-8")
        for name in ("server", "laptop")
        for path in (tmp_path / name).rglob("*.js")
    }
    assert found == {
        f"server/home/me/clone/{ONE}": "second\n",
        f"server/home/me/clone/{TWO}": "second\n",
        f"server/home/you/{ONE}": "another\n",
        "server/home/me/clone/examples/three/a.js": TEXT,
        f"laptop/home/me/{TWO}": "second\n",
    }


def test_no_machine_has_the_file(tmp_path: Path, removed: Mutant) -> None:
    """Then the mutant is not tried, and that is no verdict."""
    for name in ("server", "laptop"):
        (tmp_path / name / "home").mkdir(parents=True)
    with pytest.raises(DoclabError, match="no machine has a copy"):
        trial.patch(removed, tmp_path / "project")(FileLab(tmp_path))


def test_with_a_mutant_nobody_waits_much_longer_than_without() -> None:
    """But for what comes before it, by which snapshots are known, and what is not known."""
    blocks = [
        dataclasses.replace(block(line=line), deadline=300.0, wait=wait)
        for line, wait in ((1, 0.0), (2, 0.0), (3, 100.0), (4, 0.0), (5, 5.0))
    ]
    took = [10.0, 1.0, 10.0, 100.0]  # nothing is known of the last
    results = [
        BlockResult(
            scenario="one",
            variant="only",
            block=one,
            fate=Fate.PASSED,
            reason="",
            seconds=seconds,
            user="test",
        )
        for one, seconds in zip(blocks, took, strict=False)
    ]
    scenario = Scenario(name="one", pages=("page",), variant=(), blocks=tuple(blocks))
    found = trial.hurried(scenario, 1, results).blocks
    assert [(block.deadline, block.wait) for block in found] == [
        (300.0, 0.0), (20.0, 0.0), (50.0, 50.0), (300.0, 0.0), (300.0, 5.0),
    ]  # fmt: skip


def test_a_fault_of_the_lab_is_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, removed: Mutant
) -> None:
    """Neither is one that a block met."""
    one = block("true", page="page")
    plan = Scenario(name="one", pages=("page",), variant=(), blocks=(one,))
    monkeypatch.setattr(uses, "first_use", lambda *_a: (plan, "page"))
    monkeypatch.setattr(trial, "patch", lambda *_a: None)
    workshop: Any = argparse.Namespace(engine=None, lab_plan=None, store=None, base="")
    settings = argparse.Namespace(deadline=1.0)
    site: Any = argparse.Namespace(pages=(), root=tmp_path, settings=settings)
    tried = trial.Trial(site, [plan], workshop, results=(), stop=threading.Event())

    def fail(*, of_lab: bool) -> None:
        failure = Failure(location=one.location, command="true", problem="no shell.", of_lab=of_lab)
        failed = result(one, fate=Fate.FAILED, failure=failure)
        outcome = Outcome(results=(failed,), errors=(), versions={})
        run = argparse.Namespace(run=lambda: outcome)
        monkeypatch.setattr(trial, "ScenarioRun", lambda *_a, **_o: run)

    fail(of_lab=True)
    with pytest.raises(DoclabError, match=r"could not be tried: .*no shell"):
        tried.run(removed)
    fail(of_lab=False)
    assert tried.run(removed).killed_by == str(one.location)
