# SPDX-License-Identifier: Apache-2.0
"""What a page promised is compared at its end, and what is broken is not gone on from."""

from __future__ import annotations

import argparse
import dataclasses
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import block, page, scenario
from ledgers import result

from doclab import page_ends, state
from doclab.model import CleanUp, Location
from doclab.page_ends import PageEnds

BEFORE = "\x1euser\nroot\n"
PROMISE = CleanUp(location=Location(path=Path("docs/one.md"), line=9), stays={"user stays": "why"})
BLOCK = block("true", page="one")


class Ends:
    """The end of a page, on a machine that says what its state is."""

    def __init__(self, after: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(page_ends, "SETTLE_SECONDS", 0.0)
        self.saved: list[str] = []
        self.errors: list[str] = []
        said = argparse.Namespace(stdout=after)
        machine = argparse.Namespace(
            name="server", versions=dict, addresses=(), execute=lambda *_a, **_o: said
        )
        self._lab: Any = argparse.Namespace(
            first_states={"server": state.parse(BEFORE)}, all_machines=lambda: [machine]
        )

    def _save(self, _key: str, *, place: str, **_rest: object) -> bool:
        self.saved.append(place)
        return True

    def of(self, promise: CleanUp | None) -> None:
        """Come to the end of the page."""
        store: Any = argparse.Namespace(
            find=lambda _key: None,
            save=self._save,
        )
        ends = PageEnds(
            scenario(BLOCK, block("true", page="two")),
            pages={"one": dataclasses.replace(page("one"), clean_up=promise)},
            store=store,
            base="",
            say=lambda _message: None,
            stop=threading.Event(),
        )
        ends.end("one", self._lab, [result(BLOCK)], {}, first_pass=True)
        self.errors = ends.errors


def test_a_promise_that_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for what the page says."""
    ends = Ends(BEFORE + "stays\n", monkeypatch)
    ends.of(PROMISE)
    assert (ends.errors, ends.saved) == ([], ["only one"])


def test_a_promise_that_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot would let the next run pass, which begins behind it."""
    ends = Ends(BEFORE + "test\n", monkeypatch)
    ends.of(PROMISE)
    assert ends.saved == []
    (said,) = ends.errors
    assert said == (
        "docs/one.md:9: server is not as it was before the first block: user test is new. Undo it"
        " on the page, or list it in {cleaned-up} with a reason."
    )


def test_no_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is compared."""
    ends = Ends(BEFORE + "test\n", monkeypatch)
    ends.of(None)
    assert (ends.errors, ends.saved) == ([], ["only one"])
