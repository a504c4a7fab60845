# SPDX-License-Identifier: Apache-2.0
"""What is remembered of a site: it is of use as long as the site is what it was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import Sites

from doclab import memory
from doclab.memory import Memory

PAGES = {
    "index": "# T\n\n```{toctree}\none\ntwo\n```\n",
    "one": "# One\n\n```console\n$ true\n```\n",
    "two": "# Two\n\n```{include} part.txt\n```\n",
}


@pytest.fixture
def read(sites: Sites) -> Sites:
    """Return a site that was read; one of its pages includes a file."""
    docs = sites.write(**PAGES)
    (docs / "part.txt").write_text("included", encoding="utf-8")
    sites.collect()
    return sites


def recall(sites: Sites) -> Memory | None:
    """Recall the site."""
    return memory.recall(sites.docs, root=sites.root, work=sites.root / "work")


def test_the_site_is_remembered(read: Sites) -> None:
    """All of it, and nothing has changed."""
    found = recall(read)
    assert found is not None
    assert found.site == read.collect()
    assert not found.changed
    assert not found.current  # no Git checkout: nobody knows what else it depends on


@pytest.mark.parametrize(
    ("file", "changed"), [("one.md", {"one"}), ("part.txt", {"two"}), ("other.md", set())]
)
def test_changed_pages(read: Sites, file: str, changed: set[str]) -> None:
    """Those of which a file is not what it was, with what they include."""
    (read.docs / file).write_text("# New", encoding="utf-8")
    found = recall(read)
    assert found is not None
    assert found.changed == changed


def test_a_page_that_is_gone(read: Sites) -> None:
    """It has changed."""
    (read.docs / "one.md").unlink()
    found = recall(read)
    assert found is not None
    assert found.changed == {"one"}


def test_of_no_use(read: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said of another site, with other settings, or by another program."""
    work = read.root / "work"
    assert memory.recall(read.root, root=read.root, work=work) is None
    assert memory.recall(read.docs, root=read.root, work=Path("/nowhere")) is None
    with monkeypatch.context() as patch:
        patch.setattr(memory, "_code", lambda: "another")
        assert recall(read) is None
    with (read.docs / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write("# new\n")
    assert recall(read) is None


def test_the_site_is_what_it_was(read: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as no file of the project and no package changes, ignored ones included."""
    (read.root / ".gitignore").write_text("work/\nignored.txt\n", encoding="utf-8")
    (read.docs / "ignored.txt").write_text("as it was", encoding="utf-8")
    (read.docs / "two.md").write_text("# Two\n\n```{include} ignored.txt\n```\n", encoding="utf-8")
    other = read.root / "notes.txt"
    subprocess.run(["git", "init", "--quiet", str(read.root)], check=True)
    read.collect()
    found = recall(read)
    assert found is not None
    assert found.current
    with monkeypatch.context() as patch:
        patch.syspath_prepend(read.root / "packages")
        assert found.current
        (read.root / "packages" / "added-1.2.dist-info").mkdir(parents=True)
        assert not found.current
    for path in (read.docs / "one.md", read.docs / "ignored.txt", other):
        before = path.read_bytes() if path.exists() else None
        path.write_text("changed", encoding="utf-8")
        assert not found.current, path
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)
        assert found.current


def test_a_damaged_memory(read: Sites) -> None:
    """What cannot be read, or is of another Python, is nothing."""
    (path,) = (read.root / "work").glob("*.pickle")
    code, _, _ = path.read_bytes().partition(b"\n")
    path.write_bytes(code + b"\ncpathlib._nothing\nPath\n.")
    assert recall(read) is None
