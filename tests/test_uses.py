# SPDX-License-Identifier: Apache-2.0
"""Which page uses a file first."""

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
)
SECOND = scenario(
    block("cd three; apt install x; ./installer", page="c"),
    block("cd three\n./install", page="d"),
    name="second",
)


def test_a_page_names_the_file(root: Path) -> None:
    """And its directory; not a part of another name."""
    assert uses.first_use([ONE], [FIRST, SECOND], root) == (FIRST, "b")
    assert uses.first_use([TWO], [FIRST, SECOND], root) is None
    assert uses.first_use([TWO, ONE], [FIRST, SECOND], root) == (FIRST, "b")


def test_a_page_runs_a_script_that_names_it(root: Path) -> None:
    """In a later scenario only."""
    assert uses.first_use([THREE], [FIRST, SECOND], root) == (SECOND, "d")
    (root / "examples" / "three" / "install").chmod(0o644)
    assert uses.first_use([THREE], [FIRST, SECOND], root) is None
