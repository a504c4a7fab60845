# SPDX-License-Identifier: Apache-2.0
"""What is written to ledger.json comes back from it, and nothing else does."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from conftest import Snapshot, block
from hypothesis import given, settings
from hypothesis import strategies as st

from doclab.ledger import FORMAT, dump, load, read
from doclab.model import BlockResult, CommandResult, DoclabError, Fate, Ledger

finite = st.floats(allow_nan=False, allow_infinity=False)
st.register_type_strategy(float, finite)
st.register_type_strategy(Path, st.text("ab/.é", min_size=1).map(Path))


def small() -> Ledger:
    """Return a ledger with one result."""
    item = block("echo a", expected="a")
    result = BlockResult(
        block=item,
        scenario="page",
        variant="only",
        fate=Fate.PASSED,
        reason="",
        seconds=0.25,
        user="test",
        commands=(CommandResult(command=item.commands[0], output="a\n", status="0", seconds=0.25),),
    )
    return Ledger(results=(result,), versions={"b": "2", "a": "1"})


@settings(max_examples=20)
@given(st.from_type(Ledger))
def test_round_trip(ledger: Ledger) -> None:
    """Any ledger at all comes back as it was."""
    text = dump(ledger)
    assert load(text) == ledger
    assert dump(load(text)) == text
    assert json.loads(text)["format"] == FORMAT


@pytest.mark.parametrize(
    "text", ["\x1b[1m\x07\x00", "\u2028\x85\x9b", "\ud7ff\udcff", "\U000e0001"]
)
def test_text_that_editors_stumble_over(text: str) -> None:
    """It is escaped, so that the file is UTF-8 with one value a line."""
    ledger = dataclasses.replace(small(), errors=(text,))
    written = dump(ledger)
    assert load(written) == ledger
    assert all(line.isprintable() for line in written.split("\n"))
    assert written.encode().decode() == written


def test_form(snapshot: Snapshot) -> None:
    """One value a line, always in the same order."""
    snapshot(dump(small()).removesuffix("\n"))
    turned = dataclasses.replace(small(), versions={"a": "1", "b": "2"})
    assert dump(turned) == dump(small())


def test_a_field_that_is_missing_has_its_default() -> None:
    """A new field with a default needs no new format."""
    whole = json.loads(dump(small()))
    del whole["lab"]
    assert load(json.dumps(whole)) == small()


def damaged(*path: str | int, to: object) -> str:
    """Return the small ledger with one value changed."""
    whole = json.loads(dump(small()))
    place = whole
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return json.dumps(whole)


def test_no_ledger(snapshot: Snapshot) -> None:
    """Place and remedy are named."""
    whole = json.loads(dump(small()))
    del whole["results"][0]["fate"]
    texts = [
        "",
        '{\n "format": 1,\n}',
        "[" * 100_000,
        "1" * 5000,
        "[]",
        '{"blocks": []}',
        '{"format": 99}',
        '{"format": true}',
        '{"format": 1}',
        json.dumps(whole)[:-1] + ', "surprise": 1}',
        damaged("results", to={}),
        damaged("results", 0, "fate", to="perhaps"),
        damaged("results", 0, "fate", to=[]),
        damaged("results", 0, "seconds", to="long"),
        damaged("results", 0, "seconds", to=True),
        damaged("results", 0, "block", "location", "line", to=1.5),
        damaged("results", 0, "block", "commands", 0, "expected", to=1),
        damaged("versions", "a", to=None),
        damaged("seconds", to=10**400),
    ]
    messages = []
    for text in texts:
        with pytest.raises(DoclabError) as error:
            load(text)
        messages.append(str(error.value))
    snapshot("\n".join(messages))


def test_read(tmp_path: Path) -> None:
    """A file that is not there, or no text, is said to be so."""
    path = tmp_path / "ledger.json"
    with pytest.raises(DoclabError, match=r"ledger.json: there is no ledger; `nox -s doctest`"):
        read(path)
    path.write_bytes(b"\xff")
    with pytest.raises(DoclabError, match="it is not UTF-8"):
        read(path)
    path.write_text(dump(small()), encoding="utf-8")
    assert read(path) == small()
