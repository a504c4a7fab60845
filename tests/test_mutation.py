# SPDX-License-Identifier: Apache-2.0
"""Which mutants are tried, and what a run of them ends with."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ledgers
import pytest
from conftest import Sites, Snapshot
from ledgers import result

from doclab import cli, ledger, mutation
from doclab.model import DoclabError, Ledger, Location
from doclab.mutants import By, Kind, Mutant, Verdict
from doclab.plan import plan


def mutant(line: int = 1, path: str = "x.socket") -> Mutant:
    """Return a mutant of a file."""
    place = Location(path=Path(path), line=line)
    return Mutant(kind=Kind.REMOVED, location=place, text=f"line {line}")


EVERY = [mutant(line) for line in range(1, 51)]


def chosen(root: Path, **given: object) -> list[int]:
    """Return the lines of the mutants that a command line asks for."""
    options = {"only": None, "changed": None, "sample": None, "at_most": None, "seed": 1, **given}
    found = mutation.choose(EVERY, argparse.Namespace(**options), root)
    return [item.location.line for item in found]


def test_samples_are_repeatable(tmp_path: Path) -> None:
    """The same seed gives the same, in the order of all."""
    one = chosen(tmp_path, sample=5)
    assert one == chosen(tmp_path, sample=5) == sorted(one)
    assert len(one) == 5
    assert one != chosen(tmp_path, sample=5, seed=2)
    assert chosen(tmp_path) == list(range(1, 51)) == chosen(tmp_path, sample=50)
    assert chosen(tmp_path, only="line 7`") == [7]


def git(root: Path, *arguments: str) -> None:
    """Run Git there."""
    settings = ["-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *settings, *arguments], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a checkout in which lines 2 to 9 differ from `main`, which has moved on."""
    lines = [f"line {number}\n" for number in range(1, 51)]
    path = tmp_path / "x.socket"
    path.write_text("".join(lines), encoding="utf-8")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--message=One")
    git(tmp_path, "switch", "--create=other")
    git(tmp_path, "switch", "main")
    path.write_text("".join([*lines[:-1], "moved on\n"]), encoding="utf-8")
    git(tmp_path, "commit", "--all", "--message=Two")
    git(tmp_path, "switch", "other")
    changed = ["changed\n" if 2 <= number <= 9 else lines[number - 1] for number in range(1, 51)]
    path.write_text("".join(changed), encoding="utf-8")
    return tmp_path


def test_what_changed_is_tried(project: Path) -> None:
    """Not what changed elsewhere meanwhile; within a limit; with a sample of all."""
    assert chosen(project, changed="main") == list(range(2, 10))
    few = chosen(project, changed="main", at_most=3)
    assert len(few) == 3
    assert set(few) < set(range(2, 10))
    some = chosen(project, sample=5)
    assert chosen(project, changed="main", sample=5) == sorted({*range(2, 10), *some})


def test_changed_since_nothing(tmp_path: Path) -> None:
    """Only an existing revision can be compared with."""
    with pytest.raises(DoclabError, match="git diff"):
        mutation.changed_lines(tmp_path, "no-such")


def test_every_mutant(sites: Sites) -> None:
    """Of blocks that are run, and of files that blocks name; copies are one."""
    text = "# Title\n\n```bash\ncp one/a.js /\n```\n\n```bash\ncp two/a.js /\n```\n"
    sites.write(index=text)
    for name in ("one", "two", "three"):
        (sites.root / name).mkdir()
        (sites.root / name / "a.js").write_text("go();\n", encoding="utf-8")
    git(sites.root, "init", "--quiet")
    site = sites.collect()
    found = mutation.every_mutant(site, plan(site.pages))
    assert [(str(m.location), m.kind.name) for m in found] == [
        ("docs/index.md:3", "DROPPED"),
        ("docs/index.md:3", "TRUE"),
        ("docs/index.md:7", "DROPPED"),
        ("docs/index.md:7", "TRUE"),
        ("one/a.js:1", "REMOVED"),
        ("one/a.js:1", "ALTERED"),
    ]
    assert found[-1].files == (Path("one/a.js"), Path("two/a.js"))


def test_no_mutants_of_a_block_that_is_skipped(sites: Sites) -> None:
    """What does not run turns nothing red."""
    skipped = "```{run} bash\n:skip: no network\n\ncurl a\n```\n"
    sites.write(index=f"# Title\n\n{skipped}\n```bash\ntrue\n```\n")
    site = sites.collect()
    assert {m.text for m in mutation.every_mutant(site, plan(site.pages))} == {"true"}


def test_closing_lines(snapshot: Snapshot) -> None:
    """Survivors with their reasons, problems, who found how many, and the share."""
    verdicts = [
        Verdict(mutant=mutant(1), by=By.OUTPUT, killed_by="docs/a.md:1"),
        Verdict(mutant=mutant(2), by=By.TESTS, killed_by="tests/test_a.py::test_b"),
        Verdict(mutant=mutant(3), by=By.TESTS, killed_by="`make`"),
        Verdict(mutant=mutant(4), by=By.LAB, killed_by=""),
        Verdict(mutant=mutant(5), by=By.LAB, killed_by=""),
    ]
    listed = {mutant(4).name: "nobody sees it"}
    snapshot("\n".join(mutation.closing_lines(verdicts, listed, ["something."])))


def test_nothing_tried() -> None:
    """A share of nothing is not shown."""
    assert (
        mutation.closing_lines([], {}, [])[-1]
        == "score, without those that the ledger misses: 0.0%"
    )


def test_no_run_before(tmp_path: Path) -> None:
    """Without what the last run printed, nothing can be tried."""
    with pytest.raises(DoclabError, match="nox -s doctest"):
        mutation._recorded(tmp_path / "ledger.json", (), {}, "one")


def test_a_run_of_something_else(sites: Sites, tmp_path: Path) -> None:
    """What another lab, other files or other pages printed says nothing of these."""
    sites.write(index="# Title\n\n```bash\ntrue\n```\n")
    scenarios = plan(sites.collect().pages)
    path = tmp_path / "ledger.json"
    results = tuple(
        result(block, scenario=scenario.name) for scenario in scenarios for block in scenario.blocks
    )
    found = Ledger(results=results, versions={}, files={"a": "1"}, lab="one", complete=True)
    path.write_text(ledger.dump(found), encoding="utf-8")
    assert mutation._recorded(path, scenarios, {"a": "1"}, "one").results == results
    with pytest.raises(DoclabError, match="other pages, files or another lab"):
        mutation._recorded(path, scenarios, {"a": "2"}, "one")
    with pytest.raises(DoclabError, match="other pages, files or another lab"):
        mutation._recorded(path, scenarios, {"a": "1"}, "two")
    sites.write(index="# Title\n\n\n```bash\ntrue\n```\n")
    with pytest.raises(DoclabError, match="other pages, files or another lab"):
        mutation._recorded(path, plan(sites.collect().pages), {"a": "1"}, "one")


@pytest.mark.parametrize("changes", [{"complete": False}, {"errors": ("a fault.",)}])
def test_a_run_that_proves_nothing(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Of a part of the site, or red: there a mutant need not change anything."""
    path = tmp_path / "ledger.json"
    found = dataclasses.replace(ledgers.green(), **changes)
    path.write_text(ledger.dump(found), encoding="utf-8")
    with pytest.raises(DoclabError, match="was not whole and green; run `nox -s doctest`"):
        mutation._recorded(path, (), {}, "")


@pytest.fixture
def gate(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return a function that runs the gate, with a search that is none."""
    sites.write(index="# Title\n\n```bash\nmkdir a\n```\n\n```bash\nmkdir b\n```\n")
    site = sites.collect()
    listed = sites.root / "survivors.toml"
    monkeypatch.chdir(sites.root)
    images = argparse.Namespace(facts={})
    workshop = argparse.Namespace(lab_plan=argparse.Namespace(images=images), files={})
    monkeypatch.setattr(mutation, "opened", lambda *_a, **_o: contextlib.nullcontext(workshop))
    monkeypatch.setattr(mutation, "_recorded", lambda *_a: ledgers.green())

    def run(*words: str, alive: str = "nothing", reasons: bool = False) -> int:
        def search(chosen: Sequence[Mutant], _recorded: Ledger) -> list[Verdict]:
            return [
                Verdict(mutant=m, by=By.LAB, killed_by="" if alive in str(m) else "docs/index.md:3")
                for m in chosen
            ]

        every = mutation.every_mutant(site, plan(site.pages))
        entries = [f"mutant = {m.name!r}\nreason = 'so'" for m in every if alive in str(m)]
        entries = [f"[[survivor]]\n{entry}\n" for entry in entries if reasons]
        listed.write_text("".join(entries), encoding="utf-8")
        settings = dataclasses.replace(site.settings, survivors=listed)
        doubles = argparse.Namespace(run=search)
        monkeypatch.setattr(mutation, "Search", lambda *_a, **_o: doubles)
        options = cli._parser().parse_args(["mutants", *words])
        return mutation.run(options, dataclasses.replace(site, settings=settings))

    return run


def test_the_gate(gate: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """Open if all are found out; a survivor that is not listed, or too many, shut it."""
    assert gate() == 0
    assert "4 of 4 mutants turned something red" in capsys.readouterr().out
    assert gate(alive="dropped: `mkdir b`") == 1
    assert "NOT LISTED" in capsys.readouterr().out
    assert gate(alive="dropped: `mkdir b`", reasons=True) == 1, "one of four is too many"
    out = capsys.readouterr().out
    assert "survived: so" in out
    assert "error: " not in out
    assert gate("--only", "mkdir b", alive="dropped: `mkdir b`", reasons=True) == 0, "of a few"
    assert gate("--only", "mkdir b", alive="dropped: `mkdir b`") == 1


def test_a_word_that_no_mutant_has(sites: Sites) -> None:
    """`--only` with a slip of the pen is no success."""
    with pytest.raises(DoclabError, match="--only nowhere"):
        chosen(sites.root, only="nowhere")


@pytest.mark.parametrize(
    "setting", ["diff.mnemonicPrefix=true", "diff.noprefix=true", "diff.external=false"]
)
def test_settings_of_git_change_nothing(project: Path, setting: str) -> None:
    """What changed is read in one form."""
    git(project, "config", *setting.split("=", 1))
    assert chosen(project, changed="main") == list(range(2, 10))


def test_below_the_top_of_a_repository(project: Path) -> None:
    """Names are as in the project, which need not be all of the repository; so are new files."""
    below = project / "below"
    below.mkdir()
    (below / "x.socket").write_text("one\ntwo\n", encoding="utf-8")
    assert chosen(below, changed="main") == [1, 2, 3]
    git(project, "add", ".")
    assert chosen(below, changed="main") == [1, 2]
