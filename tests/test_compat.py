# SPDX-License-Identifier: Apache-2.0
"""The table of labs: what it says of a run, and what becomes of labs that cannot be had."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Sites, block
from sphinx.util.docutils import docutils_namespace

from doclab import compat, engine, images, ledger
from doclab.bases import NoRegistryError
from doclab.compat import TABLE, Row, Verdict
from doclab.images import Images
from doclab.model import BlockResult, DoclabError, Fate, Ledger

GREEN = Row(
    lab="new", base="debian:forky-slim", verdict=Verdict.GREEN, passed=3, date="2026-11-24",
    versions={"distribution": "Debian", "podman": "5.8.6"},
)  # fmt: skip
NOT_HAD = Row(lab="other", base="other:1", verdict=Verdict.UNVERIFIED, reason="no registry")


def a_ledger(*fates: Fate, complete: bool = True) -> Ledger:
    """Return a ledger in which each fate is that of a block of its own."""
    results = tuple(
        BlockResult(
            block=block(line=line), scenario="s", variant="only", fate=fate, reason="",
            seconds=0.0, user="admin",
        )
        for line, fate in enumerate(fates, 1)
    )  # fmt: skip
    return Ledger(
        results=results,
        versions={"kernel": "6", "podman": "5"},
        complete=complete,
        started="2026-11-24T07:00:00+00:00",
    )


def test_a_block_counts_once() -> None:
    """A block that two scenarios run is one; skipped is what ran in none."""
    found = a_ledger(Fate.PASSED, Fate.SKIPPED, Fate.SKIPPED)
    again = dataclasses.replace(found.results[1], fate=Fate.PASSED, scenario="t")
    row = compat.row_of("a", "b", dataclasses.replace(found, results=(*found.results, again)))
    assert (row.verdict, row.passed, row.skipped, row.date) == (Verdict.GREEN, 2, 1, "2026-11-24")
    assert row.versions == {"podman": "5"}


@pytest.mark.parametrize(
    "found",
    [
        a_ledger(Fate.PASSED, Fate.FAILED),
        a_ledger(Fate.PASSED, Fate.BLOCKED),
        a_ledger(),
        dataclasses.replace(a_ledger(Fate.PASSED), errors=("e",)),
        a_ledger(Fate.PASSED, complete=False),
    ],
)
def test_anything_less_is_red(found: Ledger) -> None:
    """Nor is a part of the site the site."""
    row = compat.row_of("a", "b", found)
    assert row.verdict is Verdict.RED
    assert row.reason


def test_file() -> None:
    """Writing and reading give the same rows."""
    assert compat.load(compat.dump([GREEN, NOT_HAD]), "x") == (GREEN, NOT_HAD)


@pytest.mark.parametrize("text", ["", "{}x", "[1]", '[{"lab": "a"}]', '[{"verdict": "good"}]'])
def test_bad_file(text: str) -> None:
    """The message names the file and the remedy."""
    with pytest.raises(DoclabError, match=r"^x\.json: no table of labs: .*`nox -s compat`"):
        compat.load(text, "x.json")


def test_text(snapshot: Callable[[str], None]) -> None:
    """The table as a terminal shows it."""
    red = dataclasses.replace(GREEN, lab="bad", verdict=Verdict.RED, reason="1 failed or blocked")
    snapshot(compat.text([GREEN, red, NOT_HAD, dataclasses.replace(GREEN, skipped=2)]))


class Labs:
    """Stands for an engine, and for the processes that run the site."""

    def __init__(self, sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make a site with two labs, the second of which is none of Debian's."""
        sites.write(index="# Title\n\n```console\n$ true\n```\n")
        conf = sites.docs / "conf.py"
        labs = 'doclab_labs = {"new": "debian:forky-slim", "other": "other:1"}\n'
        conf.write_text(conf.read_text(encoding="utf-8") + labs, encoding="utf-8")
        for name in ("machine", "registry"):
            (sites.root / "lab" / name).mkdir(parents=True)
            (sites.root / "lab" / name / "Containerfile").write_text("ARG BASE=debian:13\n")
        (sites.root / "lab" / "images").mkdir()
        self.sites = sites
        self.rows = {"new": GREEN}
        monkeypatch.chdir(sites.root)
        monkeypatch.setattr(engine, "detect", lambda: None)
        monkeypatch.setattr(images.ImageStore, "ensure", self.ensure)
        monkeypatch.setattr(compat, "_run_lab", lambda _options, name, _base: self.rows[name])

    def ensure(self, name: str, _base: str) -> Images:
        """Have images for the labs that have a row."""
        if name not in self.rows:
            raise NoRegistryError("no image registry answers")
        return Images(machine="", registry="")

    def run(self, *labs: str, strict: bool = False) -> int:
        """Run the command."""
        options = argparse.Namespace(docs=Path("docs"), build=Path("build"), labs=labs)
        options.strict = strict
        with docutils_namespace():
            return compat.run(options)

    @property
    def table(self) -> Path:
        """What the docs show."""
        return self.sites.docs / TABLE


@pytest.fixture
def labs(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> Labs:
    """Return two labs."""
    return Labs(sites, monkeypatch)


def test_what_cannot_be_had_is_neither_green_nor_red(labs: Labs) -> None:
    """The run is green, and the table says what was not verified."""
    assert labs.run() == 0
    new, other = compat.load(labs.table.read_text(encoding="utf-8"), "x")
    assert new == GREEN
    assert other.verdict is Verdict.UNVERIFIED
    assert other.reason == "no image registry answered in this run"


def test_strict(labs: Labs) -> None:
    """Then it is a failure."""
    assert labs.run(strict=True) == 1
    assert not labs.table.exists()


def test_nothing_run_is_a_failure(labs: Labs) -> None:
    """No green lab, no table."""
    labs.rows.clear()
    assert labs.run() == 1
    assert not labs.table.exists()


def test_red_does_not_reach_the_docs(labs: Labs) -> None:
    """The earlier table stays; the new one is below build/."""
    labs.rows["new"] = dataclasses.replace(GREEN, verdict=Verdict.RED, reason="r")
    assert labs.run() == 1
    assert not labs.table.exists()
    assert (labs.sites.root / "build" / "compat" / "compat.json").is_file()


def test_some_labs_only(labs: Labs) -> None:
    """A part of the labs makes no table of all."""
    assert labs.run("new") == 0
    assert not labs.table.exists()
    with pytest.raises(DoclabError, match=r"^there is no lab 'old'; there are new, other\.$"):
        labs.run("old")


def test_a_lab_without_a_ledger_is_red(tmp_path: Path) -> None:
    """An old ledger does not count as the new one."""
    old = tmp_path / "compat" / "new" / "ledger.json"
    old.parent.mkdir(parents=True)
    old.write_text(ledger.dump(a_ledger(Fate.PASSED)), encoding="utf-8")
    # The directory of the pages is an option that nobody knows: the process stops at once.
    options = argparse.Namespace(docs=Path("--no-such"), build=tmp_path)
    row = compat._run_lab(options, "new", "b")
    assert row.verdict is Verdict.RED
    assert row.reason.startswith("it wrote no ledger")


def test_an_interrupted_lab_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interrupt_after: Callable[[Path], None]
) -> None:
    """Its run has labs to remove."""
    program = tmp_path / "python"
    program.write_text(
        f"#!/bin/sh\ntrap 'sleep 1; echo > {tmp_path}/removed; exit 130' INT\n"
        f"echo > {tmp_path}/started\nwhile :; do sleep 0.1; done\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(program))

    interrupt_after(tmp_path / "started")
    options = argparse.Namespace(build=tmp_path / "build", docs=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        compat._run_lab(options, "trixie", "debian")
    assert (tmp_path / "removed").exists()
