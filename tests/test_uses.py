# SPDX-License-Identifier: Apache-2.0
"""Which pages use a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import block, scenario

from doclab import uses


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project: three directories with a file, one with a script that installs it."""
    for name in ("one", "two", "three"):
        (tmp_path / "examples" / name).mkdir(parents=True)
        (tmp_path / "examples" / name / "x.socket").write_text("", encoding="utf-8")
    script = tmp_path / "examples" / "three" / "install"
    script.write_text("cp x.socket /\n", encoding="utf-8")
    script.chmod(0o755)
    return tmp_path


ONE, TWO, THREE = (Path(f"examples/{name}/x.socket") for name in ("one", "two", "three"))
FIRST = scenario(
    block("cd examples/one; cat x.socket.md ax.socket", page="a"),
    block("cd one; cp x.socket /", page="b"),
    block("cp examples/one/x.socket /", page="c"),
    name="first",
)
SECOND = scenario(
    block("cd three; apt install x; ./installer", page="c"),
    block("cd examples/three\n./install", page="d"),
    name="second",
)
THIRD = scenario(block("cd one\nmake --plain\ncp unit/x.socket /", page="e"), name="third")


def used(root: Path, *files: Path) -> list[tuple[str, str]]:
    """Return the names of the scenarios that use one of some files, and of their pages."""
    return [(one.name, page) for one, page in uses.uses(files, [FIRST, SECOND, THIRD], root)]


def test_a_page_names_the_file(root: Path) -> None:
    """And its directory; not a part of another name."""
    assert used(root, ONE) == [("first", "b"), ("third", "e")]
    assert used(root, TWO) == []
    assert used(root, TWO, ONE) == [("first", "b"), ("third", "e")]


def test_a_page_names_all_directories_that_the_file_is_in(root: Path) -> None:
    """But for the first of several."""
    for name in ("one/unit", "one/plain", "two/unit"):
        path = Path(f"examples/{name}/x.socket")
        (root / path).parent.mkdir()
        (root / path).write_text("", encoding="utf-8")
    assert used(root, Path("examples/one/unit/x.socket")) == [("third", "e")]
    assert used(root, Path("examples/one/plain/x.socket")) == [], "only --plain"
    assert used(root, Path("examples/two/unit/x.socket")) == [], "another unit/"
    (root / "units").mkdir()
    assert used(root, Path("units/x.socket")) == []


def test_a_page_runs_a_script_that_names_it(root: Path) -> None:
    """In the directory of the file."""
    assert used(root, THREE) == [("second", "d")]
    (root / "examples" / "three" / "install").chmod(0o644)
    assert used(root, THREE) == []


def test_a_page_runs_a_script_above_that_names_it(root: Path) -> None:
    """It needs not name the directory of the file; but not one above all examples."""
    path = Path("examples/three/system/y.conf")
    (root / path).parent.mkdir()
    (root / path).write_text("", encoding="utf-8")
    assert used(root, path) == []
    script = root / "examples" / "three" / "install"
    script.write_text("cp system/y.conf /\n", encoding="utf-8")
    assert used(root, path) == [("second", "d")]
    script.rename(root / "examples" / "install")
    assert used(root, path) == []
