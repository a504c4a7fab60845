# SPDX-License-Identifier: Apache-2.0
"""What changed since the last green run is said where a run is red."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from conftest import Sites, Snapshot
from test_stages import Run, facts, run_site

from doclab.reports.html import to_html
from doclab.reports.table import since_green, to_table
from doclab.reports.text import closing_lines

__all__ = ["facts", "run_site"]  # fixtures
GREEN = Path("build/doctest/last-green.json")
ONE = "```bash\ntrue\n```\n"
TWO = "```console\n$ cat ../../unit\non\n```\n"


@pytest.fixture
def page(sites: Sites, run_site: Run) -> Path:
    """Return a page that a run has found green, with a file that it uses."""
    (sites.root / "unit").write_text("on\n", encoding="utf-8")
    (sites.root / "other").write_text("x\n", encoding="utf-8")
    path = sites.docs / "page.md"
    path.write_text(f"# Page\n\n{ONE}\n{TWO}", encoding="utf-8")
    assert run_site().green
    assert not json.loads(GREEN.read_text())["green_at"]
    return path


def stable(text: str) -> str:
    """Return a text without the time of the last green run."""
    return text.replace(text.partition("(")[2].partition(")")[0], "TIME") if text else text


def test_a_file_and_blocks(page: Path, run_site: Run, sites: Sites, snapshot: Snapshot) -> None:
    """Blocks before the failure come first, then files; what was not reached does not count."""
    (sites.root / "unit").write_text("off\n", encoding="utf-8")
    (sites.root / "new").write_text("", encoding="utf-8")
    (sites.root / "other").unlink()
    text = page.read_text(encoding="utf-8").replace("\ntrue\n", "\ntrue; true\n")
    page.write_text(f"{text}\n```bash\necho new\n```\n", encoding="utf-8")
    found = run_site()
    assert not found.green
    snapshot(stable(since_green(found)))
    assert since_green(found) in closing_lines(found)
    assert "docs/page.md:3 changed; new is new" in to_html(found)
    assert "unit changed" in to_table(found)
    found = run_site("docs/page.md")
    assert "unit changed" in since_green(found)


def test_a_block_that_is_gone(page: Path, run_site: Run, snapshot: Snapshot) -> None:
    """What it did may be what is missing now; a new one may do what should not be."""
    new = "```bash\nrm ../../unit\n```\n"
    page.write_text(f"# Page\n\n{new}\n```bash\n:\n```\n\n{TWO}", encoding="utf-8")
    assert not run_site().green
    page.write_text(f"# Page\n\n{TWO}", encoding="utf-8")
    snapshot(stable(since_green(run_site())))


def test_what_comes_after_the_failure(page: Path, run_site: Run, sites: Sites) -> None:
    """It is no cause: neither what changed there, nor what is skipped there in any case."""
    last = "```{run} bash\n:skip: it fails\n\nfalse\n```\n"
    page.write_text(f"# Page\n\n{ONE}\n{TWO}\n{ONE}\n{last}", encoding="utf-8")
    assert run_site().green
    other, changed = TWO.replace("\non\n", "\noff\n"), ONE.replace("true", "true; true")
    text = f"# Page\n\n{ONE}\n{other}\n{changed}\n{last}"
    page.write_text(text, encoding="utf-8")
    assert run_site().changed == ("docs/page.md:7 changed",)
    text = text.replace("```bash\n", "```{run} bash\n:skip: why not\n:untried: no\n\n", 1)
    page.write_text(text, encoding="utf-8")
    assert run_site().changed == ("docs/page.md:3 changed", "docs/page.md:10 changed")


def test_nothing_changed(page: Path, run_site: Run, sites: Sites, snapshot: Snapshot) -> None:
    """Then the cause is chance, or outside. Blocks that only moved have not changed."""
    outside = sites.docs / "outside"  # no file of the project beside its pages
    outside.touch()
    text = f"# Page\n\n{ONE}\n{TWO}\n```bash\ntest -e {outside}\n```\n"
    page.write_text(text, encoding="utf-8")
    assert run_site().green
    page.write_text(text.replace("# Page", "# Page\n\nText."), encoding="utf-8")
    outside.unlink()
    snapshot(stable(since_green(run_site())))


def test_a_part_of_the_site_is_no_green_run(page: Path, run_site: Run) -> None:
    """A run of a page leaves what is known of the others."""
    before = GREEN.read_bytes()
    assert run_site("docs/page.md").green
    assert GREEN.read_bytes() == before


def test_another_doclab(page: Path, run_site: Run) -> None:
    """What cannot be read is not compared."""
    GREEN.write_text('{"format": 0}', encoding="utf-8")
    page.write_text("# Page\n\n```bash\nfalse\n```\n", encoding="utf-8")
    assert since_green(run_site()) == ""


def test_many(page: Path, run_site: Run) -> None:
    """A line stays legible."""
    found = dataclasses.replace(run_site(), green_at="x", changed=tuple(map(str, range(20))))
    assert since_green(found) == ""  # nothing is to be explained
    red = dataclasses.replace(found, errors=("an error",))
    assert since_green(red).endswith("; 11; and 8 more.")
