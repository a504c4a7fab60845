# SPDX-License-Identifier: Apache-2.0
"""Verdicts that a later run takes over."""

from __future__ import annotations

from pathlib import Path

from doclab.model import Location
from doclab.mutants import By, Kind, Mutant, Verdict
from doclab.notebook import Notebook


def mutant(line: int = 1) -> Mutant:
    """Return a mutant of a file."""
    return Mutant(kind=Kind.REMOVED, location=Location(path=Path("a.js"), line=line), text="go();")


def test_a_verdict_is_found_again(tmp_path: Path) -> None:
    """Under the same conditions, for the same mutant."""
    path = tmp_path / "new" / "verdicts.jsonl"
    dead = Verdict(mutant=mutant(1), by=By.TESTS, killed_by="tests/test_a.py")
    alive = Verdict(mutant=mutant(2), by=By.LAB, killed_by="")
    book = Notebook(path)
    book.note(dead, "files", "command")
    book.note(alive, "files")
    for found in (book, Notebook(path)):
        assert found.find(mutant(1), "files", "command") == dead
        assert found.find(mutant(2), "files") == alive
        assert found.find(mutant(1), "other files", "command") is None
        assert found.find(mutant(1), "files") is None
        assert found.find(mutant(3), "files") is None


def test_the_last_verdict_counts(tmp_path: Path) -> None:
    """Should there be two."""
    path = tmp_path / "verdicts.jsonl"
    for killed_by in ("", "docs/a.md:1"):
        Notebook(path).note(Verdict(mutant=mutant(), by=By.LAB, killed_by=killed_by))
    found = Notebook(path).find(mutant())
    assert found is not None
    assert found.killed_by == "docs/a.md:1"


def test_a_line_that_was_cut_off_is_no_verdict(tmp_path: Path) -> None:
    """And the next one is whole again."""
    path = tmp_path / "verdicts.jsonl"
    one, two = (Verdict(mutant=mutant(line), by=By.LAB, killed_by="x") for line in (1, 2))
    Notebook(path).note(one)
    path.write_bytes(path.read_bytes()[:-20])
    book = Notebook(path)
    assert book.find(mutant(1)) is None
    book.note(two)
    assert Notebook(path).find(mutant(2)) == two


def test_a_line_that_was_cut_off_within_a_character(tmp_path: Path) -> None:
    """The others can be read all the same."""
    path = tmp_path / "verdicts.jsonl"
    one, two = (Verdict(mutant=mutant(line), by=By.LAB, killed_by="ä") for line in (1, 2))
    Notebook(path).note(one)
    Notebook(path).note(two)
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex("ä".encode()) + 1])
    book = Notebook(path)
    assert book.find(mutant(1)) == one
    assert book.find(mutant(2)) is None


def test_a_verdict_with_another_end_of_a_line(tmp_path: Path) -> None:
    """What is a new line elsewhere is none here."""
    path = tmp_path / "verdicts.jsonl"
    one = Verdict(mutant=mutant(), by=By.LAB, killed_by="a\u2028b\x85c")
    Notebook(path).note(one)
    assert Notebook(path).find(mutant()) == one
