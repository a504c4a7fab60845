# SPDX-License-Identifier: Apache-2.0
"""Mutants: what is broken, and what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import block, scenario

from doclab import mutants
from doclab.kinds import parse_placeholder
from doclab.model import Location
from doclab.mutants import By, Kind, Mutant, Verdict

UNIT = "# why\n[Socket]\n\nListenStream=80\nReusePort=true\nDescription=a socket\n"


def mutant(kind: Kind = Kind.REMOVED, text: str = "a", line: int = 1, changed: str = "") -> Mutant:
    """Return a mutant of a file."""
    place = Location(path=Path("x.socket"), line=line)
    return Mutant(kind=kind, location=place, text=text, changed=changed)


def test_lines_of_a_file() -> None:
    """Each line that says something is removed, and altered."""
    found = [str(item) for item in mutants.of_file(Path("x.socket"), UNIT)]
    assert found == [
        "x.socket:2: line removed: `[Socket]`",
        "x.socket:2: line altered: `[Socket]` → `[Socketx]`",
        "x.socket:4: line removed: `ListenStream=80`",
        "x.socket:4: line altered: `ListenStream=80` → `ListenStream=81`",
        "x.socket:5: line removed: `ReusePort=true`",
        "x.socket:5: line altered: `ReusePort=true` → `ReusePort=false`",
    ]


def test_comments_at_the_end_of_a_line() -> None:
    """They are not changed: nothing could turn red."""
    for name, text, changed in (
        ("x.js", "a = 1; // one", "a = 2; // one"),
        ("x.js", 'b = "http://c"', 'b = "http://cx"'),
        ("x.capnp", "d = 1, # one", "d = 2, # one"),
        ("x.socket", "E=f # one", "E=f # onex"),
    ):
        assert [m.changed for m in mutants.of_file(Path(name), text)] == ["", changed]


def test_brackets_and_other_files_have_none() -> None:
    """What would only spoil the syntax proves nothing."""
    assert list(mutants.of_file(Path("x.js"), "// a\n});\n")) == []
    assert list(mutants.of_file(Path("x.js"), "/** a\n * b\n */\n/* c */\n")) == []
    assert len(list(mutants.of_file(Path("x.js"), "/* a\n */\nb();\n"))) == 2
    assert list(mutants.of_file(Path("x.md"), "text")) == []


def test_copies_are_one() -> None:
    """Two files with the same content have the mutants of one, which change both."""
    one, two, other = (Path(f"{name}/x.socket") for name in ("one", "two", "other"))
    found = list(mutants.of_files({one: "[Socket]\n", other: "[Unit]\n", two: "[Socket]\n"}))
    assert [(m.text, m.files) for m in found if m.kind is Kind.REMOVED] == [
        ("[Socket]", (one, two)),
        ("[Unit]", (other,)),
    ]
    assert found[0].location.path == one


def test_texts_of_mutants() -> None:
    """One line differs, with its indentation."""
    assert mutants.broken_text(mutant(text="b", line=2), "a\n  b\nc") == "a\nc"
    altered = mutant(Kind.ALTERED, text="b", line=2, changed="bx")
    assert mutants.broken_text(altered, "a\n  b\nc") == "a\n  bx\nc"


def test_mutants_of_a_block() -> None:
    """Dropped, replaced, and each line of its expectation changed."""
    found = list(mutants.of_block(block("echo", expected="one\ntwo 2")))
    assert [(m.kind, m.changed) for m in found] == [
        (Kind.DROPPED, ""),
        (Kind.TRUE, ""),
        (Kind.EXPECTATION, "onex"),
        (Kind.EXPECTATION, "two 3"),
    ]


@pytest.mark.parametrize(
    ("line", "examples", "changed"),
    [
        ("addr 10.0.0.5", ("10.0.0.5=ipv4", "10.0.0.6=ipv4"), "addr 10.0.0.5x"),
        ("addr 10.0.0.5", ("10.0.0.5=ipv4",), "addr 10.0.0.5x"),
        ("addr 10.0.0.5", ("10.0.0.6=ipv4",), "addr 10.0.0.6x"),
        ("[1] 412", ("412=number", "413=number"), "[1] 412x"),
        ("is a true", ("true=word",), "is a truex"),
        ("a", ("ax=word",), "axx"),
        ("took 5 s.", ("5 s=duration",), "took 5 sx."),
        ("7 of 412", ("7=number",), "7 of 413"),
    ],
)
def test_a_line_is_not_changed_into_what_may_be(
    line: str, examples: tuple[str, ...], changed: str
) -> None:
    """Another example, or what another lab prints, would match as the line does now."""
    places = tuple(map(parse_placeholder, examples))
    found = mutants.of_block(block("echo", expected=line, placeholders=places))
    assert [m.changed for m in found if m.kind is Kind.EXPECTATION] == [changed]


def test_a_block_is_dropped() -> None:
    """And the others stay."""
    blocks = (block("a", line=1), block("b", line=5))
    dropped = next(mutants.of_block(blocks[0]))
    assert mutants.without(scenario(*blocks), dropped).blocks == blocks[1:]


def test_names_are_unique() -> None:
    """Of two equal lines of a file, each has a name of its own."""
    found = mutants.numbered(mutants.of_file(Path("a.js"), "stop();\ngo();\nstop();\n"))
    assert [m.name for m in found if m.kind is Kind.REMOVED] == [
        "a.js: line removed: stop();",
        "a.js: line removed: go();",
        "a.js: line removed: stop(); (2)",
    ]


def test_lines_that_a_mutant_is_about() -> None:
    """Its line; all lines of a block, and of a command with its output; those of copies."""
    one = next(mutants.of_file(Path("a.js"), "go();\n", (Path("b.js"),)))
    assert one.touches({("a.js", 1)})
    assert one.touches({("b.js", 1)})
    assert not one.touches({("a.js", 2), ("c.js", 1)})
    dropped, _, first, *_ = mutants.of_block(block("echo", line=5, expected="one\ntwo"))
    assert [n for n in range(1, 12) if dropped.touches({("docs/page.md", n)})] == [5, 6, 7, 8]
    assert [n for n in range(1, 12) if first.touches({("docs/page.md", n)})] == [6, 7, 8]


@pytest.mark.parametrize(("said", "red"), [(["a", "b"], "b"), (["a", ""], ""), ([""], "")], ids=str)
def test_what_is_red_by_chance_is_not_found_out(said: list[str], red: str) -> None:
    """So what is red is judged once more."""
    left = iter(said)

    def judge(mutant: Mutant) -> Verdict:
        return Verdict(mutant=mutant, by=By.LAB, killed_by=next(left))

    one = next(mutants.of_block(block("a")))
    assert mutants.sure(judge, one).killed_by == red
    assert not list(left)
