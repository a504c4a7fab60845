# SPDX-License-Identifier: Apache-2.0
"""What machines get can be read there, whatever the umask here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_engine import an_engine, podman
from test_images import Store

from doclab import share


@pytest.fixture
def strict() -> Iterator[None]:
    """Make files that only their owner can read."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def unreadable(folder: Path) -> list[str]:
    """Return what others than the owner cannot read; directories must also be entered."""
    found = {path: path.stat().st_mode for path in folder.rglob("*")}
    assert found
    return [
        str(path)
        for path, mode in found.items()
        if not mode & 0o004 or (path.is_dir() and not mode & 0o001)
    ]


@pytest.mark.usefixtures("strict")
def test_the_share(tmp_path: Path) -> None:
    """A machine's users read the nonce and clone the repository."""
    folder = tmp_path / "volume"
    (tmp_path / "snapshot.git" / "objects").mkdir(parents=True)
    (tmp_path / "snapshot.git" / "HEAD").write_text("ref", encoding="utf-8")
    folder.mkdir()
    engine = an_engine(podman(tmp_path, f'case "$2" in inspect) echo {folder};; esac'))
    share.make(
        engine,
        "share",
        labels=[],
        nonce="secret",
        repository="https://git.example.org/x",
        snapshot=tmp_path / "snapshot.git",
    )
    assert (folder / "repository.git" / "objects").is_dir()
    assert unreadable(folder) == []


@pytest.mark.usefixtures("strict")
def test_the_recipe(tmp_path: Path) -> None:
    """A Containerfile copies the modes of the recipe's files into the image."""
    store = Store(tmp_path)
    program = store.recipe / "machine" / "start"
    program.touch(mode=0o700)
    (tmp_path / "copies").mkdir()
    stand_in = tmp_path / "podman"
    first, _, rest = stand_in.read_text(encoding="utf-8").partition("\n")
    keep = f'for last; do :; done; cp --recursive --preserve=mode "$last" {tmp_path}/copies/$$'
    stand_in.write_text(f'{first}\nif [ "$1" = build ]; then {keep}; fi\n{rest}', encoding="utf-8")
    store.store.ensure("trixie", "debian:trixie-slim")
    (start,) = (tmp_path / "copies").glob("*/start")
    assert unreadable(start.parent) == []
    assert start.stat().st_mode & 0o777 == 0o755
