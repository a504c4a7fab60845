# SPDX-License-Identifier: Apache-2.0
"""Output is compared exactly, but for what a page says may differ."""

from __future__ import annotations

import time

import pytest
from conftest import Snapshot
from hypothesis import assume, given
from hypothesis import strategies as st

from doclab.expect import begin, match, tidy
from doclab.kinds import KINDS, parse_placeholder
from doclab.model import DoclabError, Placeholder

GOOD = {
    "ipv4": ["10.89.0.4", "0.0.0.0", "255.255.255.255"],
    "ipv6": ["::1", "fd8b:415d:5f5a:245d::4", "FE80::A", "::ffff:10.0.0.1"],
    "number": ["0", "231067", "1.5"],
    "port": ["1", "80", "65535"],
    "duration": [
        *("5 s", "5s", "3m", "1.5 ms", "3min", "2min 3.5s", "5 minutes ago", "2 days", "7h"),
        *("2 weeks", "3 months ago", "100msec", "1h30m5s", "1w 2d", "1 year"),
    ],
    "time": [
        "12:34:56",
        "12:34:56.789",
        "2026-11-24 04:22:24",
        "2026-11-24T04:22:24+00:00",
        "Tue 2026-11-24 04:22:24 UTC",
        "Nov 24 04:22:24",
        "Nov  4 04:22:24",
        "Nov 24 04:22",
        "12:00",
        "2026-11-24 04:22:24 +0000",
        "Tue, 17 Nov 2026 12:00:00 GMT",
        "17 Nov 2026 12:00:00 +0000",
        "Tue Nov 17 12:00:00 UTC 2026",
        "Tue Nov 17 12:00:00 PM UTC 2026",
    ],
    "id": [
        *("0123abcd", "a" * 64, "123e4567-e89b-12d3-a456-426614174000"),
        *("0123ABCD", "b" * 128, "123E4567-E89B-12D3-A456-426614174000"),
    ],
    "version": ["5.4.2", "v1.2", "1.20261117.1", "257.9-1~deb13u1"],
    "size": ["5", "5B", "4.2 MB", "12kB", "1 GiB", "3M"],
    "word": ["x", "a/b:c=d"],
}
BAD = {
    "ipv4": ["256.1.1.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "::1", ""],
    "ipv6": ["10.0.0.1", "12:34:56", "fd8b", ":::", "1::2::3"],
    "number": ["-1", "1.", "x1", "1e3", ""],
    "port": ["0", "65536", "-1", "80a"],
    "duration": ["5", "s", "five s", "5 parsecs", "-5 s"],
    "time": ["25:34", "12:60", "2:34", "1:2:3", "2026-11-24", "yesterday", "Tue, 12:00"],
    "id": ["0123abc", "0123ABcd", "xyzxyzxyz", "a" * 129],
    "version": ["5", "v", "1..2", "one.two"],
    "size": ["MB", "5 X", "-5", "1,5 MB"],
    "word": ["", "a b"],
}
TEXTS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"], include_characters="\n\t"))


def test_every_kind_is_tested() -> None:
    """There are good and bad values for each kind, and for no other."""
    assert set(KINDS) == set(GOOD) == set(BAD)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("active", "active\n"),
        ("active  ", "active"),
        ("active", "active \t\n\n"),
        ("", ""),
        ("", "\n"),
        ("a\n\nb", "a\n\nb\n"),
        ("  indented", "  indented"),
        ("a.*+?[b]", "a.*+?[b]"),
    ],
)
def test_same(expected: str, actual: str) -> None:
    """The same text matches; blanks at the ends of lines do not count."""
    assert match(expected, actual) == {}


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("active", "inactive"),
        ("inactive", "active"),
        ("active", "active (running)"),
        ("active", "\nactive"),
        ("active", " active"),
        ("active", "Active"),
        ("active", ""),
        ("", "active"),
        ("a\nb", "a"),
        ("a\nb", "a\n\nb"),
        ("a\nb", "b\na"),
        ("a", "a\nb"),
        ("a b", "a  b"),
        ("a.c", "abc"),
    ],
)
def test_different(expected: str, actual: str) -> None:
    """Nothing is similar enough."""
    assert match(expected, actual) is None


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("a\n...", "a"),
        ("a\n...", "a\nb\nc"),
        ("...\nc", "c"),
        ("...\nc", "a\nb\nc"),
        ("a\n...\nc", "a\nb\n\nb\nc"),
        ("a\n...\nc", "a\nc"),
        ("...\nb\n...", "a\nb\nc"),
        ("a\n  ...\nc", "a\nb\nc"),
    ],
)
def test_any_lines(expected: str, actual: str) -> None:
    """A line of dots stands for any number of whole lines."""
    assert match(expected, actual) == {}


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("a\n...", "b\na"),
        ("...\nc", "a\nbc"),
        ("...\nc", "c\na"),
        ("a\n...\nc", "a\nb"),
        ("a\n...\nb\n...\nc", "a\nc\nb"),
        ("a ...", "a b"),
        ("....", "x"),
    ],
)
def test_any_lines_keeps_the_rest_exact(expected: str, actual: str) -> None:
    """What is around a line of dots is compared as ever."""
    assert match(expected, actual) is None


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, values in GOOD.items() for value in values]
)
def test_good_value(kind: str, value: str) -> None:
    """A value of the kind is accepted, on the page and in the output."""
    example = GOOD[kind][0]
    assert parse_placeholder(f"{value}={kind}") == Placeholder(text=value, kind=kind)
    item = parse_placeholder(f"{example}={kind}:it")
    assert match(f"[{example}]", f"[{value}]", placeholders=(item,)) == {"it": value}


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, values in BAD.items() for value in values]
)
def test_bad_value(kind: str, value: str) -> None:
    """A value of another kind is refused, on the page and in the output."""
    with pytest.raises(DoclabError):
        parse_placeholder(f"{value}={kind}")
    item = parse_placeholder(f"{GOOD[kind][0]}={kind}")
    assert match(f"[{item.text}]", f"[{value}]", placeholders=(item,)) is None


@pytest.mark.parametrize("prefix", ["", "x ", "x=", "(", "/", "-", '"'])
@pytest.mark.parametrize("suffix", ["", " x", ",", ")", "/24", ".", ": x", '"'])
def test_whole_token(prefix: str, suffix: str) -> None:
    """A placeholder may stand between blanks and punctuation."""
    item = parse_placeholder("10.89.0.4=ipv4:a")
    expected, actual = f"{prefix}10.89.0.4{suffix}", f"{prefix}192.0.2.1{suffix}"
    assert match(expected, actual, placeholders=(item,)) == {"a": "192.0.2.1"}


@pytest.mark.parametrize(
    "text", ["110.89.0.45", "10.89.0.45", "110.89.0.4", "1.10.89.0.4", "10.89.0.4.1", "x10.89.0.4"]
)
def test_part_of_a_token(text: str) -> None:
    """A placeholder is never a part of a longer token."""
    item = parse_placeholder("10.89.0.4=ipv4")
    changed = text.replace("10.89.0.4", "10.89.0.5")
    assert match(text, text, placeholders=(item,)) == {}
    assert match(text, changed, placeholders=(item,)) is None


def test_longest_placeholder_first() -> None:
    """Of two placeholders that fit, the longer is meant."""
    items = (parse_placeholder("5=number:n"), parse_placeholder("5 s=duration:d"))
    assert match("5 s, 5", "7 ms, 8", placeholders=items) == {"d": "7 ms", "n": "8"}


def test_unnamed_values_may_differ() -> None:
    """Without a name, each place has its own value, and none is kept."""
    item = parse_placeholder("5=number")
    assert match("5 5", "6 7", placeholders=(item,)) == {}


def test_named_values_are_equal() -> None:
    """All values of one name are equal, here and in what follows."""
    item = parse_placeholder("10.89.0.4=ipv4:me")
    items = (item,)
    assert match("10.89.0.4 10.89.0.4", "10.0.0.1 10.0.0.1", placeholders=items) == {
        "me": "10.0.0.1"
    }
    assert match("10.89.0.4 10.89.0.4", "10.0.0.1 10.0.0.2", placeholders=items) is None
    assert match("10.89.0.4\n10.89.0.4", "10.0.0.1\n10.0.0.2", placeholders=items) is None
    known = {"me": "10.0.0.1", "other": "x"}
    assert match("10.89.0.4", "10.0.0.1", placeholders=items, captured=known) == known
    assert match("10.89.0.4", "10.0.0.2", placeholders=items, captured=known) is None


def test_captured_is_left_alone() -> None:
    """What came before is not changed: a failed comparison leaves no trace."""
    known = {"a": "1"}
    match("5", "6", placeholders=(parse_placeholder("5=number:b"),), captured=known)
    assert known == {"a": "1"}


@pytest.mark.parametrize(
    "declaration",
    [
        pytest.param("", id="empty"),
        pytest.param("10.0.0.1", id="no-kind"),
        pytest.param("x=thing", id="unknown-kind"),
        pytest.param("x=ipv4", id="another-kind"),
        pytest.param("80=port:9a", id="bad-name"),
        pytest.param("=word", id="no-text"),
        pytest.param("x=word:", id="no-name"),
    ],
)
def test_bad_declaration(declaration: str, snapshot: Snapshot) -> None:
    """Each mistake in a declaration has its message."""
    with pytest.raises(DoclabError) as caught:
        parse_placeholder(declaration)
    snapshot(str(caught.value))


def test_an_example_is_not_endless() -> None:
    """An example is no longer than a value may be."""
    parse_placeholder(f"{'x' * 1024}=word")
    with pytest.raises(DoclabError):
        parse_placeholder(f"{'x' * 1025}=word")


def test_declaration_with_equals_signs() -> None:
    """The text of a placeholder may hold the characters of a declaration."""
    assert parse_placeholder("a=b:c=word:n") == Placeholder(text="a=b:c", kind="word", name="n")


def test_tidy() -> None:
    """Blanks at the end of lines and of the text go, and nothing else."""
    assert tidy("  a \t\n\n b\n \n\n") == "  a\n\n b"


@given(TEXTS)
def test_text_matches_itself(text: str) -> None:
    """Any text without a line of dots matches itself."""
    assume(not any(line.strip() == "..." for line in text.split("\n")))
    assert match(text, text) == {}


@given(
    st.lists(st.from_regex(r"\S{1,8}", fullmatch=True), min_size=1, max_size=12),
    st.from_regex(r"\S{1,8}", fullmatch=True),
    st.integers(min_value=0),
    st.sampled_from([" ", "\n"]),
)
def test_changed_token_never_matches(tokens: list[str], other: str, place: int, space: str) -> None:
    """A text with one token changed does not match."""
    assume("..." not in tokens)
    place %= len(tokens)
    assume(tokens[place] != other)
    changed = [*tokens[:place], other, *tokens[place + 1 :]]
    assert match(space.join(tokens), space.join(changed)) is None


@given(
    st.lists(st.sampled_from(["10.89.0.4", "a", "80", "x:1"]), min_size=1, max_size=8),
    st.integers(min_value=0),
)
def test_literals_stay_exact_beside_placeholders(tokens: list[str], place: int) -> None:
    """A placeholder does not make its neighbours less exact."""
    place %= len(tokens)
    items = (parse_placeholder("10.89.0.4=ipv4"),)
    expected = " ".join(tokens)
    assert match(expected, expected, placeholders=items) == {}
    other = "192.0.2.7" if tokens[place] == "10.89.0.4" else "b"
    actual = " ".join([*tokens[:place], other, *tokens[place + 1 :]])
    assert (match(expected, actual, placeholders=items) is None) is (other == "b")


def test_value_behind_any_lines_is_looked_for() -> None:
    """A line with a value of another kind is one of the lines that dots stand for."""
    item = parse_placeholder("8080=port:p")
    actual = "port 99999\nport 80\n"
    assert match("...\nport 8080\n...", actual, placeholders=(item,)) == {"p": "80"}


@pytest.mark.parametrize(
    ("kind", "example", "actual"),
    [
        ("duration", "5 s", "[5\ns]"),
        ("size", "5", "[5 ]"),
        ("number", "5", "[\N{ARABIC-INDIC DIGIT FIVE}]"),
    ],
)
def test_kinds_take_no_blanks_or_foreign_digits(kind: str, example: str, actual: str) -> None:
    """A placeholder takes no newline, no blank at its end, and only plain digits."""
    item = parse_placeholder(f"{example}={kind}")
    assert match(f"[{example}]", actual, placeholders=(item,)) is None


def test_many_any_lines_stay_quick() -> None:
    """Several lines of dots and a long output are compared in an instant."""
    expected = "...\na\n...\nb\n...\nc\n...\nd"
    actual = "\n".join(["a", "b", "c"] * 2000)
    assert match(expected, actual) is None


def begins(wanted: str, printed: str, *placeholders: Placeholder) -> tuple[dict[str, str], int]:
    """Return the values, and the lines of the output in which all that is wanted is."""
    found = begin(wanted.split("\n"), printed.split("\n"), placeholders=placeholders, captured={})
    return found or ({}, -1)


@pytest.mark.parametrize(
    ("wanted", "printed", "count"),
    [
        ("a", "a\na", 1),
        ("a\nb", "a\nb\nc", 2),
        ("a\nb", "a", -1),
        ("a", "b\na", -1),
        ("a\n...\nb", "a\nb\nx\nb", 2),
        ("a\n...\nb", "a\nx\ny \nb \nb", 4),
        ("a\n...\nb\n...\na", "a\na\nb\nb\na\na", 5),
        ("a\n...\na", "a\nb", -1),
        ("...\nb\nc", "a\nb\nb\nc\nb\nc", 4),
        ("...\na", "a\na", 1),
    ],
)
def test_the_start_of_an_output(wanted: str, printed: str, count: int) -> None:
    """As few lines as hold all that is wanted, the first of them at the start."""
    assert begins(wanted, printed) == ({}, count)


@given(st.lists(st.sampled_from(["a", "b", "..."]), min_size=1, max_size=6), st.text("ab\n"))
def test_the_start_of_an_output_is_the_shortest_that_matches(lines: list[str], text: str) -> None:
    """If any does; nothing is in the way of it."""
    wanted = [*lines, "a"]
    printed = text.split("\n")
    expected = "\n".join(wanted)
    counts = [
        n for n in range(1, len(printed) + 1) if match(expected, "\n".join(printed[:n])) == {}
    ]
    whole = [n for n in counts if printed[n - 1]]  # a page shows no blank lines at the end
    assert begins(expected, text) == ({}, min(whole, default=-1))


def test_a_value_at_the_start_of_an_output() -> None:
    """It is the first that fits."""
    item = parse_placeholder("5=number:n")
    assert begins("a\n...\nn 5", "a\nn x\nn 7\nn 8", item) == ({"n": "7"}, 3)
    assert begins("n 5\n...\nn 5", "n 7\nn 8\nn 7\nn 7", item) == ({"n": "7"}, 3)


def test_a_long_output_is_compared_quickly() -> None:
    """The time is linear in the output, which may be half a megabyte of short lines."""
    actual = "\n".join(["a"] * 250_000)
    start = time.monotonic()
    assert match("...\nb", actual) is None
    assert match("...\nb\n...", actual) is None
    assert match("...\na", actual) == {}
    assert begins("a\n...\nb\n...\na", actual) == ({}, -1)
    assert time.monotonic() - start < 5
