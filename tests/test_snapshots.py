# SPDX-License-Identifier: Apache-2.0
"""A snapshot is used only if everything that led to it is unchanged."""

from __future__ import annotations

import argparse
import dataclasses
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from conftest import block
from test_engine import an_engine, podman

from doclab import keys, leftovers
from doclab.machine import Machine
from doclab.model import DoclabError, Location
from doclab.snapshots import GoneError, Record, SnapshotStore


def test_moved_blocks_are_the_same() -> None:
    """More prose above a block does not count."""
    first = block("true", line=3)
    moved = dataclasses.replace(block("true", line=30), headings=("Another",))
    assert keys.key("base", [first]) == keys.key("base", [moved])


@pytest.mark.parametrize(
    "change",
    [
        {"text": "false"},
        {"status": 1},
        {"deadline": 1.0},
        {"machine": "laptop"},
        {"wait": 1.0},
        {"page": "other"},
    ],
)
def test_changed_blocks_are_not(change: dict[str, object]) -> None:
    """Each field that a run depends on."""
    one = block("true")
    other = dataclasses.replace(one, **change)  # type: ignore[arg-type] # fields of many types
    assert keys.key("base", [one]) != keys.key("base", [other])
    assert keys.key("base", [one, one]) != keys.key("base", [one, other])


def test_expectations_count() -> None:
    """What a command must print is a part of it."""
    assert keys.key("base", [block("a", expected="1")]) != keys.key(
        "base", [block("a", expected="2")]
    )


def test_files_images_and_versions_count() -> None:
    """And so does which file has which content."""
    base = keys.base(["image:1"], {"a": b"1", "b": b"2"})
    assert base == keys.base(["image:1"], {"b": b"2", "a": b"1"})
    for parts, files in (
        (["image:2"], {"a": b"1", "b": b"2"}),
        (["image:1"], {"a": b"2", "b": b"1"}),
        (["image:1"], {"a": b"1"}),
        (["image:1"], {"a": b"1", "c": b"2"}),
    ):
        assert keys.base(parts, files) != base


def test_the_place_is_left_out_wholly() -> None:
    """No path of this machine is in a key."""
    moved = dataclasses.replace(block(), location=Location(path=Path("/elsewhere"), line=1))
    assert keys.key("", [moved]) == keys.key("", [block()])


# Volumes are directories.
PODMAN = """
cd {folder}
for last; do :; done
case "$*" in *writer*inspect*|*inspect*writer*) cat {folder}/../writer; exit;; esac
case "$1 $2" in
  "volume create") mkdir "$last";;
  "volume inspect") test -d "$last" && echo {folder}/"$last";;
  "volume ls") ls;;
  "volume rm") shift 3; rm -r "$@";;
esac
"""
RECORD = Record(taken="", ledger="", captured={}, addresses={}, first={}, last={})


class Computer:
    """A machine whose files are in a directory; a run of a project on it."""

    def __init__(self, folder: Path, project: Path) -> None:
        """Make the directories."""
        self.files = folder / "files"
        self.files.mkdir()
        (self.files / "a").write_text("saved", encoding="utf-8")
        self.machine = cast(
            "Machine",
            argparse.Namespace(name="server", container="c", folders=lambda: {"/": self.files}),
        )
        self.engine = an_engine(podman(folder, PODMAN.format(folder=project.parent / "volumes")))
        self.project = project
        self.store = SnapshotStore(self.engine, project=project)

    def save(self, key: str, *, taken: str = "") -> bool:
        """Save the machine, always at the same place."""
        record = dataclasses.replace(RECORD, taken=taken)
        return self.store.save(key, place="end", machines=[self.machine], record=record)


@pytest.fixture
def computers(tmp_path: Path) -> Callable[[str], Computer]:
    """Return a function that makes a machine for a run of its own."""
    (tmp_path / "volumes").mkdir()
    (tmp_path / "project").mkdir()

    def make(name: str) -> Computer:
        (tmp_path / name).mkdir()
        return Computer(tmp_path / name, tmp_path / "project")

    return make


def test_a_snapshot_in_use_is_not_removed(
    computers: Callable[[str], Computer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run of the same checkout, which replaces it, waits until it is restored."""
    one, other = computers("one"), computers("other")
    assert one.save("old")
    found = one.store.find("old")
    assert found is not None
    copying, removing = threading.Event(), threading.Event()

    def copy_files(_engine: object, source: Path, target: Path) -> None:
        if copying.is_set():  # it is the other run that copies: it is past the removal
            removing.set()
            return
        copying.set()
        assert not removing.wait(0.5)
        shutil.copytree(source, target, dirs_exist_ok=True)

    monkeypatch.setattr(type(one.engine), "copy_files", copy_files)
    (one.files / "a").unlink()
    with ThreadPoolExecutor() as pool:
        restoring = pool.submit(one.store.restore, found, one.machine)
        assert copying.wait(10)
        assert pool.submit(other.save, "new").result()
        restoring.result()
    assert one.store.find("old") is None
    assert one.store.find("new") is not None


def test_older_snapshots_are_as_good_as_gone(computers: Callable[[str], Computer]) -> None:
    """A run without a cache uses, and keeps, only what it saved itself."""
    computer = computers("one")
    assert computer.save("key", taken="2026-01-01T10:00:00+00:00")
    (computer.files / "a").write_text("saved later", encoding="utf-8")
    computer.store = SnapshotStore(
        computer.engine, project=computer.project, since="2026-01-01T11:00:00+00:00"
    )
    assert computer.store.find("key") is None
    assert computer.save("key", taken="2026-01-01T11:00:00+00:00")
    found = computer.store.find("key")
    assert found is not None
    (computer.files / "a").unlink()
    computer.store.restore(found, computer.machine)
    assert (computer.files / "a").read_text(encoding="utf-8") == "saved later"


def test_a_snapshot_that_is_gone(computers: Callable[[str], Computer]) -> None:
    """It was found, and was replaced before it could be restored."""
    one, other = computers("one"), computers("other")
    one.save("old")
    found: Any = one.store.find("old")
    other.save("new")
    with pytest.raises(GoneError, match="another run has removed the snapshot meanwhile"):
        one.store.restore(found, one.machine)
    one.store.note_mended(found, [])
    assert one.store.find("old") is None


def test_a_snapshot_that_another_run_takes_just_now(
    computers: Callable[[str], Computer], tmp_path: Path
) -> None:
    """It is left to that run, unless that run is gone."""
    one, other = computers("one"), computers("other")
    assert one.save("key")
    (volume,) = (tmp_path / "volumes").iterdir()
    (volume / "snapshot.json").unlink()
    (tmp_path / "writer").write_text(leftovers.owner(), encoding="utf-8")
    (other.files / "a").write_text("of the other", encoding="utf-8")
    assert not other.save("key")
    assert [path.read_text() for path in volume.rglob("a")] == ["saved"]
    (tmp_path / "writer").write_text("4194305.7", encoding="utf-8")
    assert other.save("key")
    assert [path.read_text() for path in volume.rglob("a")] == ["of the other"]


def test_what_cannot_be_saved_is_not_left(
    computers: Callable[[str], Computer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A volume without a record would be taken for one that is being written."""
    one = computers("one")

    def fail(*_arguments: object) -> None:
        raise DoclabError("the disk is full.")

    monkeypatch.setattr(type(one.engine), "write_file", fail)
    with pytest.raises(DoclabError, match="full"):
        one.save("key")
    assert list((tmp_path / "volumes").iterdir()) == []
