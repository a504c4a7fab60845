# SPDX-License-Identifier: Apache-2.0
"""The archive of an example has its files, and is the same wherever it is made."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import archive

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def _example(root: Path) -> Path:
    folder = root / "example9"
    (folder / "image" / "node_modules").mkdir(parents=True)
    (folder / "image" / "node_modules" / "big").write_text("big")
    (folder / "b").write_text("b\n")
    (folder / "install").write_text("#!/bin/sh\n")
    (folder / "install").chmod(0o755)
    (folder / "image" / "Containerfile").write_text("FROM scratch\n")
    return folder


def test_it_has_the_files(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive.pack(_example(tmp_path)))) as packed:
        modes = {entry.name: entry.mode for entry in packed.getmembers()}
        install = packed.extractfile("example9/install")
        assert install is not None
        assert install.read() == b"#!/bin/sh\n"
    assert modes == {
        "example9/b": 0o644,
        "example9/image/Containerfile": 0o644,
        "example9/install": 0o755,
    }


def test_it_is_the_same_everywhere(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one, other = _example(tmp_path / "one"), _example(tmp_path / "other")
    os.utime(other / "b", (1, 1))
    (other / "b").chmod(0o600)  # another umask
    assert archive.pack(one) == archive.pack(other)
    (other / "b").write_text("c\n")
    assert archive.pack(one) != archive.pack(other)


def test_each_example_is_linked_from_its_page() -> None:
    for folder in EXAMPLES.iterdir():
        page = EXAMPLES.parent / "docs" / "tutorial" / f"{folder.name}.md"
        assert f"```{{archive}} {folder.name}\n" in page.read_text(encoding="utf-8")
