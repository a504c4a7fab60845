# SPDX-License-Identifier: Apache-2.0
"""Placeholders stand for whole tokens, in bounded time, as a naive matcher says."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doclab.expect import is_any, match
from doclab.kinds import KINDS, parse_placeholder
from doclab.model import Placeholder
from doclab.tokens import LinePattern, split

EXAMPLES = {
    "ipv4": "10.0.0.1",
    "ipv6": "fd00::1",
    "number": "42",
    "port": "8080",
    "duration": "5 s",
    "time": "12:34:56",
    "id": "0123abcd",
    "version": "5.4.2",
    "size": "4 MB",
    "word": "abc",
}
ITEMS = tuple(parse_placeholder(f"{text}={kind}") for kind, text in EXAMPLES.items())
WORDS = ["x", "1.2.3.4", "::2", "7", "90000", "3 ms", "01:02:03", "deadbeef", "1.2", "9 GB", "..."]
SEPARATORS = [" ", ":", "-", ".", "=", "", ", ", "/", "]:["]
TOKENS = st.sampled_from([*EXAMPLES.values(), *WORDS])
LINES = st.lists(st.tuples(TOKENS, st.sampled_from(SEPARATORS)), max_size=4).map(
    lambda pairs: "".join(itertools.chain(*pairs))
)
TEXTS = st.lists(LINES, max_size=4).map("\n".join)


def naive_line(expected: str, actual: str, items: Sequence[Placeholder]) -> bool:
    """Compare a line by trying everything."""
    starts = [
        (place, item)
        for place in range(len(expected))
        for item in sorted(items, key=lambda item: -len(item.text))
        if expected.startswith(item.text, place)
        and not re.search(r"[\w.:]\Z", expected[:place])
        and not re.match(r"\w|[.:]\w", expected[place + len(item.text) :])
    ]
    if not starts:
        return expected == actual
    place, item = starts[0]
    rest = expected[place + len(item.text) :]
    if not actual.startswith(expected[:place]):
        return False
    later = [other for other in items if other.text in rest]
    return any(
        KINDS[item.kind].fits(actual[place:end]) and naive_rest(rest, actual[end:], later)
        for end in range(place + 1, len(actual) + 1)
    )


def naive_rest(expected: str, actual: str, items: Sequence[Placeholder]) -> bool:
    """Compare what comes behind a placeholder, whose last character was no part of it."""
    return naive_line(f"\0{expected}", f"\0{actual}", items)


def naive(expected: Sequence[str], actual: Sequence[str]) -> bool:
    """Compare texts by trying everything."""
    if not expected:
        return not actual
    if is_any(expected[0]):
        return any(naive(expected[1:], actual[skip:]) for skip in range(len(actual) + 1))
    return (
        bool(actual)
        and naive_line(expected[0], actual[0], ITEMS)
        and naive(expected[1:], actual[1:])
    )


def tidied(text: str) -> list[str]:
    """Return the lines that count."""
    lines = [line.rstrip() for line in text.split("\n")]
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines


@settings(max_examples=400, deadline=None)
@given(TEXTS, TEXTS, st.randoms(use_true_random=False))
@example("abc:abc", "a:b:c", None)
@example("abc-5.4.2", "1.2-3.4-5.6", None)
@example("...\nabc\n...\nx", "x\nx", None)
def test_as_a_naive_matcher_says(expected: str, other: str, random: object) -> None:
    """The quick matcher and one that tries everything agree."""
    for actual in (other, expected, changed(expected, random)):
        found = match(expected, actual, placeholders=ITEMS) is not None
        assert found is naive(tidied(expected), tidied(actual)), actual


def changed(text: str, random: object) -> str:
    """Put other values in place of some examples, and add a line to some dots."""
    pick = getattr(random, "choice", lambda values: values[0])
    for word in (*EXAMPLES.values(), "..."):
        text = text.replace(word, pick([word, *WORDS, f"{word}\n{word}"]))
    return text


@settings(deadline=None)
@given(st.sampled_from(ITEMS), st.text("a1.:_", min_size=1, max_size=2), st.booleans())
def test_whole_tokens_only(item: Placeholder, more: str, before: bool) -> None:
    """What stands beside a token, and could belong to it, makes it another token."""
    line = f"{more}{item.text}" if before else f"{item.text}{more}"
    belongs = before or not re.fullmatch(r"[.:]+", more)
    assert (split(line, (item,)) == (line,)) is belongs


@pytest.mark.parametrize("kind", EXAMPLES)
def test_hostile_lines_are_compared_quickly(kind: str) -> None:
    """The time is linear in the length of a line, whatever it holds."""
    text = EXAMPLES[kind]
    item = parse_placeholder(f"{text}={kind}")
    patterns = [
        LinePattern(line.replace("X", text), (item,))
        for line in ("X", "X X X y", "X-X-X-y", "X=X=X=X=y", "(X)/(X)/(X)y", "... X,X,X ...")
    ]
    for unit in (text, f"{text} ", f"{text}-", "1:", "1-1=", "0", ":", ".", "a,", "(1)/"):
        line = unit * (500_000 // len(unit))
        start = time.process_time()
        for pattern in patterns:
            assert pattern.match(f"{line}z", {}) is None or pattern.line == text
        assert time.process_time() - start < 2.5


def test_a_value_is_not_endless() -> None:
    """A value longer than its kind allows is none."""
    item = parse_placeholder("abc=word")
    assert match("abc", "x" * 1024, placeholders=(item,)) == {}
    assert match("abc", "x" * 1025, placeholders=(item,)) is None


def test_the_longest_value_counts() -> None:
    """Where a line can be read in several ways, the first placeholder takes most."""
    items = (parse_placeholder("a=word:one"), parse_placeholder("b=word:two"))
    assert match("a-b", "1-2-3", placeholders=items) == {"one": "1-2", "two": "3"}


def test_a_name_that_comes_back_in_the_line() -> None:
    """The same value is looked for, also where a longer first one does not fit."""
    items = (parse_placeholder("a=word:one"),)
    assert match("a-a", "b-c-b-c", placeholders=items) == {"one": "b-c"}
    assert match("a-a", "b-c", placeholders=items) is None
