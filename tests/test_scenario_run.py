# SPDX-License-Identifier: Apache-2.0
"""When a scenario takes snapshots of its lab."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from conftest import LocalLab, block, page, scenario

from doclab.lab import Lab
from doclab.model import DoclabError, Scenario
from doclab.scenario_run import Options, ScenarioRun
from doclab.snapshots import SnapshotStore

BLOCKS = (block("true", page="one"), block("true", page="two"))


class Store:
    """Has no snapshot, and notes which are taken."""

    def __init__(self) -> None:
        self.places: list[str] = []

    def newest(self, *_arguments: object, **_options: object) -> None:
        """Find nothing."""

    def find(self, key: str) -> None:
        """Find nothing."""

    def save(self, key: str, *, place: str, **_rest: object) -> bool:
        """Note the place."""
        self.places.append(place)
        return True


def taken(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: Options,
    plan: Scenario,
    say: Callable[[str], None] = lambda _message: None,
    lab: type[LocalLab] = LocalLab,
) -> list[str]:
    """Run the scenario here; return the places of its snapshots."""
    store = Store()
    machine = argparse.Namespace(versions=dict)
    monkeypatch.setattr("doclab.scenario_run.Lab", lambda *_a, **_o: lab(home))
    monkeypatch.setattr(LocalLab, "start", lambda _lab: None)
    monkeypatch.setattr(LocalLab, "remove", lambda lab: lab.close_terminals())
    monkeypatch.setattr(LocalLab, "machine", lambda _lab, _name: machine)
    monkeypatch.setattr(LocalLab, "all_machines", lambda _lab: [])
    nothing: Any = None
    ScenarioRun(
        plan,
        engine=nothing,
        lab_plan=cast("Any", argparse.Namespace(machines=("server",), user="admin")),
        pages={name: page(name) for name in ("one", "two")},
        store=cast("SnapshotStore", store),
        options=options,
        say=say,
        stop=threading.Event(),
    ).run()
    return store.places


@pytest.mark.parametrize(
    ("options", "places"),
    [
        (Options(), ["only one"]),
        (Options(take=False), []),
        (Options(twice=True), ["only one"]),
        (Options(restore=False), ["only one"]),
    ],
)
def test_snapshots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: Options, places: list[str]
) -> None:
    """After each page but the last, in the first pass; a mutant's lab leaves none."""
    assert taken(tmp_path, monkeypatch, options, scenario(*BLOCKS)) == places


def test_no_snapshot_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a failed block left is nothing to go on from."""
    broken = scenario(block("false", page="one"), BLOCKS[1])
    assert taken(tmp_path, monkeypatch, Options(), broken) == []


def test_a_snapshot_that_cannot_be_taken_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks are judged all the same."""

    def full(*_arguments: object, **_options: object) -> bool:
        raise DoclabError("the disk is full.")

    monkeypatch.setattr(Store, "save", full)
    said: list[str] = []
    assert taken(tmp_path, monkeypatch, Options(), scenario(*BLOCKS), said.append) == []
    assert "there is no snapshot of the end of one: the disk is full." in said


def test_before_each_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something may be done in the lab, such as breaking a file that the last block made."""
    home = tmp_path / "server"
    left: list[list[str]] = []

    def look(_lab: Lab) -> None:
        left.append(sorted(path.name for path in home.glob("*")))

    makes = scenario(block("touch a", page="one"), block("touch b", page="two"))
    taken(tmp_path, monkeypatch, Options(before_block=look), makes)
    assert left == [[], ["a"]]


class KeptLab(LocalLab):
    """A lab of which something may not work."""

    name = "doclab-1"
    broken = ""
    removed = False

    def start(self, **_how: object) -> None:
        """Start, or fail."""
        self._do("start")

    def keep(self) -> None:
        """Stay, or fail."""
        self._do("keep")

    def enter_line(self, name: str) -> str:
        """Return how to enter it."""
        return f"enter {name}"

    def remove(self) -> None:
        """Be removed."""
        type(self).removed = True
        self.close_terminals()

    def _do(self, what: str) -> None:
        if what == self.broken:
            raise DoclabError(f"{what} went wrong.")


@pytest.mark.parametrize("broken", ["", "start", "keep"])
def test_a_lab_is_left_to_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """If that cannot be, nothing of it is left, and the run goes on to its end."""
    monkeypatch.setattr(KeptLab, "broken", broken)
    monkeypatch.setattr(KeptLab, "removed", False)
    said: list[str] = []
    keep = Options(keep=True)
    taken(tmp_path, monkeypatch, keep, scenario(*BLOCKS), said.append, KeptLab)
    assert KeptLab.removed == bool(broken)
    assert any("enter server" in message for message in said) == (not broken)
