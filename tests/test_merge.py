# SPDX-License-Identifier: Apache-2.0
"""A new expectation is as near to the old one as it can be, and always matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doclab.expect import match, tidy
from doclab.kinds import parse_placeholder
from doclab.merge import merge
from doclab.tokens import split

ITEMS = (
    parse_placeholder("8.14.1=version"),
    parse_placeholder("10.89.0.4=ipv4:me"),
    parse_placeholder("5 s=duration"),
)
CASES = {
    "same": ("a", "a", "a"),
    "another": ("a", "b", "b"),
    "nothing-more": ("a\nb", "", ""),
    "first-output": ("", "a\n\nb\n", "a\n\nb"),
    "placeholder-in-another-line": ("x\ncurl/8.14.1 ok", "y\ncurl/9.0 ok", "y\ncurl/8.14.1 ok"),
    "placeholder-in-the-line": ("curl/8.14.1 is old", "curl/9.0 is new", "curl/8.14.1 is new"),
    "value-of-another-kind": ("curl/8.14.1 ok", "curl/none ok", "curl/none ok"),
    "value-with-a-blank": ("took 5 s in all", "needed 7 min in all", "needed 5 s in all"),
    "named": ("from 10.89.0.4 to a", "from 1.2.3.4 to b", "from 10.89.0.4 to b"),
    "dots": ("a\n...\nc", "b\nx\ny\nc", "b\n...\nc"),
    "dots-at-the-end": ("a\n...", "b\nx", "b\n..."),
    "dots-around": ("...\nActive: yes\n...", "x\nActive: no\ny", "...\nActive: no\n..."),
    "dots-alone-are-not-left": ("...\na", "x y z", "...\nx y z"),
    "line-between": ("a\nc", "a\nb\nc", "a\nb\nc"),
    "line-gone": ("a\nb\nc", "a\nc", "a\nc"),
}
TOKENS = st.sampled_from(["a", "b", "c/1", "8.14.1", "9.0", "10.89.0.4", "1.2.3.4", "5 s", "7 h"])
LINES = st.lists(TOKENS, max_size=4).map(" ".join)
OUTPUTS = st.lists(LINES, max_size=5).map("\n".join)
EXPECTED = st.lists(LINES | st.just("..."), max_size=5).map(
    lambda lines: tidy("\n".join(lines)) if set(lines) - {"...", ""} else ""
)


@pytest.mark.parametrize("name", CASES)
def test_merge(name: str) -> None:
    """Only what changed is new."""
    expected, output, wanted = CASES[name]
    assert merge(expected, output, placeholders=ITEMS) == wanted


def test_known_values_keep_their_example() -> None:
    """A value that came before is shown as the page shows it, also in a new line."""
    known = {"me": "1.2.3.4"}
    assert merge("a", "b\nto 1.2.3.4", placeholders=ITEMS, captured=known) == "b\nto 10.89.0.4"
    changed = merge("from 10.89.0.4", "from 5.6.7.8", placeholders=ITEMS, captured=known)
    assert changed == "from 5.6.7.8"


def test_what_cannot_be_shown() -> None:
    """Where the page would mean something else, there is no expectation."""
    assert merge("a", "b\n...\nc") is None
    assert merge("a", "10.89.0.4", placeholders=ITEMS, captured={"me": "1.2.3.4"}) is None
    assert merge('{"a": 1}', '{"a": "..."}', json=True) is None


def test_json() -> None:
    """JSON keeps its form where it can."""
    old = '{\n  "agent": "curl/8.14.1",\n  "a": 1\n}'
    new = '{\n  "agent": "curl/9.0",\n  "a": 2\n}'
    assert merge(old, new, json=True, placeholders=ITEMS) == old.replace('"a": 1', '"a": 2')
    assert merge(old, "{}", json=True, placeholders=ITEMS) == "{}"
    assert merge(old, "no JSON", json=True, placeholders=ITEMS) is None


@settings(max_examples=300, deadline=None)
@given(EXPECTED, OUTPUTS, st.sampled_from([{}, {"me": "1.2.3.4"}]))
def test_it_matches_what_it_was_made_of(expected: str, output: str, known: dict[str, str]) -> None:
    """What is written always matches, and a second time changes nothing."""
    found = merge(expected, output, placeholders=ITEMS, captured=known)
    if found is None:
        assert known
        assert "10.89.0.4" in output
        return
    assert match(found, output, placeholders=ITEMS, captured=known) is not None
    assert merge(found, output, placeholders=ITEMS, captured=known) == found


@settings(max_examples=300, deadline=None)
@given(EXPECTED, OUTPUTS, st.data())
def test_one_token_changed_never_matches(expected: str, output: str, data: st.DataObject) -> None:
    """It matches nothing else: but for placeholders, and lines under dots."""
    found = merge(expected, output, placeholders=ITEMS)
    assert found is not None
    lines = found.split("\n")
    if "..." in lines:  # lines under dots are free; the others are all compared below
        lines = [line for line in lines if line != "..."]
        found = "\n".join(lines)
        output = found
    literal = [
        (number, token)
        for number, line in enumerate(lines)
        for token in re.finditer(r"\S+", line)
        if line[token.start() : token.end()] in ("a", "b", "c/1", "9.0", "1.2.3.4", "7", "h")
    ]
    if not literal:
        return
    number, token = data.draw(st.sampled_from(literal))
    changed = tidy(output).split("\n")
    line = lines[number]
    assert split(line[: token.start()] + "\0" + line[token.end() :], ITEMS)
    before = len(re.findall(r"\S+", line[: token.start()]))
    words = list(re.finditer(r"\S+", changed[number]))
    if len(words) != len(re.findall(r"\S+", line)):
        return
    place = words[before]
    other = data.draw(st.sampled_from(["zz", "-", "9.1.1.1.1"]))
    changed[number] = changed[number][: place.start()] + other + changed[number][place.end() :]
    assert match(found, "\n".join(changed), placeholders=ITEMS) is None
