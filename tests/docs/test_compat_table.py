# SPDX-License-Identifier: Apache-2.0
"""The table of labs on a page: right, or absent."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace
from test_compat import GREEN, NOT_HAD

from doclab import compat

PAGE = "# Title\n\n```{compatibility}\nTested *with*:\n```\n\nEnd.\n"


def build(folder: Path, table: str | None) -> str:
    """Build a page as HTML; return it."""
    (folder / "conf.py").write_text('extensions = ["myst_parser", "doclab"]\n', encoding="utf-8")
    (folder / "index.md").write_text(PAGE, encoding="utf-8")
    if table is not None:
        (folder / compat.TABLE).parent.mkdir()
        (folder / compat.TABLE).write_text(table, encoding="utf-8")
    out = folder / "_out"
    with docutils_namespace(), (folder / "warnings").open("w") as warnings:
        Sphinx(folder, folder, out, folder / "_doctrees", "html", status=None,
               warning=warnings).build()  # fmt: skip
    return (out / "index.html").read_text(encoding="utf-8")


def test_shown(tmp_path: Path) -> None:
    """With what it says before the table."""
    page = build(tmp_path, compat.dump([GREEN, NOT_HAD]))
    assert "Tested <em>with</em>:" in page
    for words in ("5.8.6", "3 passed", "2026-11-24", "other:1", "not verified: no registry"):
        assert words in page
    assert (tmp_path / "warnings").read_text() == ""


def test_absent(tmp_path: Path) -> None:
    """Without a run, nothing is said of one."""
    page = build(tmp_path, None)
    assert "Tested" not in page
    assert "<table" not in page
    assert "End." in page
    assert (tmp_path / "warnings").read_text() == ""


def test_wrong(tmp_path: Path) -> None:
    """A file that is no table is an error."""
    build(tmp_path, "[1]")
    assert "no table of labs" in (tmp_path / "warnings").read_text()
