# SPDX-License-Identifier: Apache-2.0
"""Copies of Podman's storage share the files of images, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from doclab import storage


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home directory with an image, a container and files of a person."""
    source = tmp_path / "source"
    store = source / "test/.local/share/containers/storage"
    for layer in ("image", "written", "half"):
        (store / "overlay" / layer / "diff").mkdir(parents=True)
        (store / "overlay" / layer / "diff" / "file").write_text(layer, encoding="utf-8")
        (store / "overlay" / layer / "diff" / "link").symlink_to("file")
    for name, text in (
        ("overlay-layers/layers.json",
         [{"id": "image"}, {"id": "written"}, {"id": "half", "flags": {"incomplete": True}}]),
        ("overlay-containers/containers.json", [{"id": "c", "layer": "written"}]),
    ):  # fmt: skip
        (store / name).parent.mkdir()
        (store / name).write_text(json.dumps(text), encoding="utf-8")
    notes = source / "test" / "notes"
    notes.write_text("one", encoding="utf-8")
    notes.chmod(0o640)
    os.utime(notes, (1, 1))
    return source


def inode(path: Path) -> int:
    """Return what two links to a file have in common."""
    return path.lstat().st_ino


def test_a_copy_is_whole(home: Path, tmp_path: Path) -> None:
    """All files are there, with modes, times and links."""
    target = tmp_path / "target"
    storage.copy(home, target)
    names = sorted(path.relative_to(home) for path in home.rglob("*"))
    assert sorted(path.relative_to(target) for path in target.rglob("*")) == names
    for name in names:
        old, new = (home / name).lstat(), (target / name).lstat()
        assert (old.st_mode, old.st_mtime, old.st_uid) == (new.st_mode, new.st_mtime, new.st_uid)


def test_only_images_are_shared(home: Path, tmp_path: Path) -> None:
    """What a container or a person may still write is a copy of its own."""
    target = tmp_path / "target"
    storage.copy(home, target)
    layers = "test/.local/share/containers/storage/overlay"
    shared = {
        str(path.relative_to(home))
        for path in home.rglob("*")
        if not path.is_dir() and inode(path) == inode(target / path.relative_to(home))
    }
    assert shared == {f"{layers}/image/diff/file", f"{layers}/image/diff/link"}
    (target / "test" / "notes").write_text("two", encoding="utf-8")
    (target / layers / "written/diff/file").write_text("new", encoding="utf-8")
    assert (home / "test" / "notes").read_text(encoding="utf-8") == "one"
    assert (home / layers / "written/diff/file").read_text(encoding="utf-8") == "written"


def test_a_copy_of_a_copy(home: Path, tmp_path: Path) -> None:
    """A snapshot is restored from the same files."""
    storage.copy(home, tmp_path / "a")
    storage.copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b/test/notes").read_text(encoding="utf-8") == "one"
