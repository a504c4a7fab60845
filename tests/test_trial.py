# SPDX-License-Identifier: Apache-2.0
"""Mutants of files on the machines of a lab."""

from __future__ import annotations

import argparse
import dataclasses
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import PATIENCE, LocalLab, block
from ledgers import result

from doclab import keys, mutants, trial, uses
from doclab.engine import Engine
from doclab.machine import Machine
from doclab.model import BlockResult, DoclabError, Failure, Fate, Scenario
from doclab.mutants import By, Kind, Mutant, Verdict
from doclab.scenario_run import Options, Outcome
from doclab.terminal import StoppedError

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
    patch = trial.Patch(removed, tmp_path / "project")
    patch(FileLab(tmp_path))
    assert patch.done
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


def test_a_copy_that_comes_later_is_broken(tmp_path: Path, removed: Mutant) -> None:
    """A page may make it; what was broken once is left alone."""
    for name in ("server", "laptop"):
        (tmp_path / name / "home").mkdir(parents=True)
    patch, lab = trial.Patch(removed, tmp_path / "project"), FileLab(tmp_path)
    patch(lab)
    assert not patch.done
    copy = tmp_path / "laptop" / "home" / "me" / ONE
    for text in ("second\n", TEXT):
        write(tmp_path / "laptop" / "home", {f"me/{ONE}": TEXT})
        patch(lab)
        assert patch.done
        assert copy.read_text(encoding="utf-8") == text


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
    monkeypatch.setattr(uses, "uses", lambda *_a: [(plan, "page")])
    monkeypatch.setattr(trial, "Patch", Done)
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


class Done:
    """Stands for a patch that found its file."""

    def __init__(self, *_: object) -> None:
        self.done = True


class Runs:
    """Stands for ScenarioRun: notes what is to be run and how, and has the outcome ready."""

    def __init__(self) -> None:
        self.outcome = Outcome(results=(), errors=(), versions={})
        self.red: list[str] = []  # scenarios that end with an error, one for each time
        self.scenarios: list[Scenario] = []
        self.options: list[Options] = []

    def __call__(self, scenario: Scenario, *, options: Options, **_rest: object) -> Runs:
        """Prepare to run a scenario."""
        self.scenarios.append(scenario)
        self.options.append(options)
        return self

    def run(self) -> Outcome:
        """Run it."""
        if self.scenarios[-1].name not in self.red:
            return self.outcome
        self.red.remove(self.scenarios[-1].name)
        return dataclasses.replace(self.outcome, errors=("docs/page.md:20: a file stays.",))


class Snapshots:
    """Has the snapshots with these keys."""

    def __init__(self, *known: str) -> None:
        self.known = known

    def find(self, key: str) -> str | None:
        """Find one."""
        return key if key in self.known else None


EARLIER, MAKE, SHOW = block("a", page="one"), block("b", line=3), block("c", line=9)
PLAN = Scenario(name="page", pages=("one", "page"), variant=(), blocks=(EARLIER, MAKE, SHOW))
DROPPED, REPLACED = list(mutants.of_block(MAKE))[:2]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Return what notes the runs of a trial."""
    found = Runs()
    monkeypatch.setattr(trial, "ScenarioRun", found)
    return found


def trial_of(
    root: Path, *known: str, stop: threading.Event | None = None, plan: Sequence[Scenario] = (PLAN,)
) -> trial.Trial:
    """Return a trial with scenarios, and with the snapshots that have these keys."""
    workshop: Any = argparse.Namespace(
        engine=None, lab_plan=None, store=Snapshots(*known), base="base"
    )
    site: Any = argparse.Namespace(pages=(), root=root, settings=argparse.Namespace(deadline=7.0))
    return trial.Trial(site, plan, workshop, results=(), stop=stop or threading.Event())


BEFORE = keys.key("base", (EARLIER,))


@pytest.mark.parametrize("mutant", [DROPPED, REPLACED])
def test_a_block_is_left_out(tmp_path: Path, runs: Runs, mutant: Mutant) -> None:
    """From the snapshot of what comes before its page; nothing else is changed or kept."""
    verdict = trial_of(tmp_path, BEFORE).run(mutant)
    assert verdict == Verdict(mutant=mutant, by=By.LAB, killed_by="")
    assert [scenario.blocks for scenario in runs.scenarios] == [(EARLIER, SHOW)]
    assert runs.options == [Options(base="base", deadline=7.0, restore_at=1, take=False)]


def test_a_file_is_broken(
    tmp_path: Path, runs: Runs, removed: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All blocks are run, on machines where the copies of the file are changed."""
    monkeypatch.setattr(uses, "uses", lambda *_a: [(PLAN, "page")])
    monkeypatch.setattr(trial, "Patch", Done)
    trial_of(tmp_path, BEFORE).run(removed)
    assert [scenario.blocks for scenario in runs.scenarios] == [PLAN.blocks]
    assert [isinstance(how.before_block, Done) for how in runs.options] == [True]


def test_without_a_snapshot_nothing_is_tried(tmp_path: Path, runs: Runs) -> None:
    """Unless there is nothing before the page."""
    with pytest.raises(DoclabError, match=r"no snapshot of what comes before page; run `nox"):
        trial_of(tmp_path).run(DROPPED)
    first = dataclasses.replace(PLAN, blocks=(MAKE, SHOW))
    trial_of(tmp_path, plan=[first]).run(DROPPED)
    assert [how.restore_at for how in runs.options] == [0]


def test_what_a_page_left_behind_finds_a_mutant_out(tmp_path: Path, runs: Runs) -> None:
    """It is an error at the end of a page; one of the scenario proves nothing."""
    runs.outcome = Outcome(results=(), errors=("docs/page.md:20: user me stays.",), versions={})
    assert trial_of(tmp_path, BEFORE).run(DROPPED).killed_by == "docs/page.md:20"
    errors = ("docs/page.md:20: user me stays.", "page: the disk is full.")
    runs.outcome = Outcome(results=(), errors=errors, versions={})
    with pytest.raises(DoclabError, match=r"could not be tried: page: the disk is full\."):
        trial_of(tmp_path, BEFORE).run(DROPPED)


#: Scenarios after PLAN: one without the block, two with it.
OTHER = dataclasses.replace(PLAN, name="other", blocks=(EARLIER, SHOW))
LATER = dataclasses.replace(PLAN, name="later")
LAST = dataclasses.replace(PLAN, name="last")


@pytest.mark.parametrize(
    ("red", "tried"),
    [
        ([], ["page", "later", "last"]),
        (["page", "page"], ["page", "page"]),
        (["later", "later"], ["page", "later", "later"]),
        (["page", "last", "last"], ["page", "page", "later", "last", "last"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("of_file", [False, True])
def test_a_survivor_is_tried_wherever_it_may_be_noticed(
    tmp_path: Path,
    runs: Runs,
    removed: Mutant,
    monkeypatch: pytest.MonkeyPatch,
    *,
    of_file: bool,
    red: list[str],
    tried: list[str],
) -> None:
    """Until a scenario is red twice with it."""
    monkeypatch.setattr(
        uses, "uses", lambda _f, plan, _r: [(one, "page") for one in plan if MAKE in one.blocks]
    )
    runs.red = [*red]
    monkeypatch.setattr(trial, "Patch", Done)
    mutant = removed if of_file else REPLACED
    plan = [PLAN, OTHER, LATER, LAST]
    verdict = trial_of(tmp_path / "project", BEFORE, plan=plan).run(mutant)
    assert verdict.killed_by == ("docs/page.md:20" if len(red) > 1 else "")
    assert [scenario.name for scenario in runs.scenarios] == tried


def test_what_no_page_uses_is_no_verdict(tmp_path: Path) -> None:
    """Nothing was run."""
    with pytest.raises(DoclabError, match=r"docs/page.md:3: no page's blocks use this, or have"):
        trial_of(tmp_path, plan=[OTHER]).run(DROPPED)


def test_what_was_stopped_is_no_verdict(tmp_path: Path, runs: Runs) -> None:
    """Whatever was found until then."""
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError):
        trial_of(tmp_path, BEFORE, stop=stop).run(DROPPED)


def test_without_a_copy_nothing_is_proven(
    tmp_path: Path, runs: Runs, removed: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is red; another scenario may have one."""
    with_copy = iter([False, True])

    class Patch(Done):
        def __init__(self, *_: object) -> None:
            self.done = next(with_copy)

    failure = Failure(location=MAKE.location, command="b", problem="its exit status is 1.")
    failed = result(MAKE, fate=Fate.FAILED, failure=failure)
    monkeypatch.setattr(trial, "Patch", Patch)
    monkeypatch.setattr(uses, "uses", lambda _f, plan, _r: [(one, "page") for one in plan])
    verdict = trial_of(tmp_path, BEFORE, plan=[PLAN, LATER]).run(removed)
    assert not verdict.killed_by
    assert [scenario.name for scenario in runs.scenarios] == ["page", "later"]
    for results, errors in (((failed,), ()), ((), ("docs/page.md:20: a file stays.",))):
        runs.outcome = Outcome(results=results, errors=errors, versions={})
        with_copy = iter([False])
        with pytest.raises(DoclabError, match="or have a copy of it"):
            trial_of(tmp_path, BEFORE).run(removed)
