# SPDX-License-Identifier: Apache-2.0
"""The list of survivors, and how verdicts are judged by it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from conftest import Snapshot

from doclab import survivors
from doclab.model import DoclabError, Location
from doclab.mutants import By, Kind, Mutant, Verdict


def mutant(text: str = "a") -> Mutant:
    """Return a mutant of a file."""
    return Mutant(kind=Kind.REMOVED, location=Location(path=Path("x.socket"), line=1), text=text)


def verdict(killed_by: str = "", text: str = "a") -> Verdict:
    """Return a verdict on it."""
    return Verdict(mutant=mutant(text), by=By.LAB, killed_by=killed_by)


def problems(verdicts: list[Verdict], listed: dict[str, str]) -> list[str]:
    """Return what is wrong with them."""
    return survivors.judge(verdicts, listed, [mutant(), mutant("b")])[0]


def test_a_survivor_is_a_problem_unless_listed() -> None:
    """With its place."""
    assert len(problems([verdict()], {})) == 1
    assert problems([verdict()], {mutant().name: "a reason"}) == []


def test_a_stale_list_is_a_problem() -> None:
    """An entry for what is not there, or was found out."""
    dead = verdict("docs/page.md:2")
    assert len(problems([dead], {"x.socket: line removed: gone": "a reason"})) == 1
    assert len(problems([dead], {mutant().name: "a reason"})) == 1
    assert problems([], {mutant().name: "a reason"}) == []


def test_the_share() -> None:
    """Listed survivors count as survivors."""
    verdicts = [verdict(by) for by in ("a", "b", "c", "")]
    assert survivors.judge(verdicts, {mutant().name: "a reason"}, [mutant()])[1] == 0.75


def read(folder: Path, text: str) -> dict[str, str]:
    """Read a list with this text."""
    path = folder / "survivors.toml"
    path.write_text(text, encoding="utf-8")
    return survivors.read(path)


def test_several_have_one_reason(tmp_path: Path) -> None:
    """Each of them is an entry, that can be stale."""
    text = "[[survivor]]\nmutants = ['a', 'b']\nreason = 'x'\n"
    text += "[[survivor]]\nmutant = 'c'\nreason = ' y '\n"
    assert read(tmp_path, text) == {"a": "x", "b": "x", "c": "y"}


BAD = {
    "no-reason": "[[survivor]]\nmutant = 'a'\n",
    "empty-reason": "[[survivor]]\nmutant = 'a'\nreason = ' '\n",
    "no-mutant": "[[survivor]]\nreason = 'x'\n",
    "no-mutants": "[[survivor]]\nmutants = []\nreason = 'x'\n",
    "both": "[[survivor]]\nmutant = 'a'\nmutants = ['b']\nreason = 'x'\n",
    "number": "[[survivor]]\nmutants = [1]\nreason = 'x'\n",
    "text": "survivor = 'a'\n",
    "other-key": "[[survivor]]\nmutant = 'a'\nreason = 'x'\nwhy = 'y'\n",
    "twice": "[[survivor]]\nmutants = ['a', 'a']\nreason = 'x'\n",
    "no-toml": "[[survivor\n",
}


@pytest.mark.parametrize("name", BAD)
def test_a_list_that_is_none(name: str, tmp_path: Path, snapshot: Snapshot) -> None:
    """The message names the file."""
    with pytest.raises(DoclabError) as caught:
        read(tmp_path, BAD[name])
    snapshot(str(caught.value).replace(str(tmp_path), "ROOT"))


def test_no_list(tmp_path: Path) -> None:
    """Then nothing may survive."""
    assert survivors.read(tmp_path / "none.toml") == {}


def test_blocks_that_are_dropped_do_not_count() -> None:
    """The ledger misses each of them: that proves nothing about a page."""
    dropped = dataclasses.replace(verdict("the ledger"), by=By.LEDGER)
    assert survivors.share([dropped, dropped, verdict(), verdict("docs/page.md:2")]) == 0.5
    assert survivors.share([dropped]) == 0.0
