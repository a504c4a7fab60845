"""Mutants: what is broken, how they are judged, and the list of survivors."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Snapshot, block, scenario

from doclab import mutants, mutation
from doclab.model import BlockResult, CommandResult, DoclabError, Fate, Location
from doclab.mutants import Kind, Mutant
from doclab.mutation import Verdict

UNIT = "# why\n[Socket]\n\nListenStream=80\nReusePort=true\n"


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


def test_brackets_and_other_files_have_none() -> None:
    """What would only spoil the syntax proves nothing."""
    assert list(mutants.of_file(Path("x.js"), "// a\n});\n")) == []
    assert list(mutants.of_file(Path("x.md"), "text")) == []


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


def test_a_block_is_dropped() -> None:
    """And the others stay."""
    blocks = (block("a", line=1), block("b", line=5))
    dropped = next(mutants.of_block(blocks[0]))
    assert mutants.without(scenario(*blocks), dropped).blocks == blocks[1:]


def recorded(output: str, expected: str) -> BlockResult:
    """Return what a run has noted of a block."""
    item = block("echo", expected=expected)
    done = CommandResult(command=item.commands[0], output=output, status="0", seconds=0.0)
    return BlockResult(block=item, scenario="page", variant="only", fate=Fate.PASSED, reason="",
                       seconds=0.0, user="admin", commands=(done,))  # fmt: skip


def judged(expected: str, output: str) -> list[str]:
    """Return where the mutants of a block's expectation were found out."""
    result = recorded(output, expected)
    verdicts = [mutation.without_lab(m, [result]) for m in mutants.of_block(result.block)]
    return [v.killed_by for v in verdicts if v is not None and v.mutant.kind is Kind.EXPECTATION]


def test_changed_expectations_are_judged_by_the_output() -> None:
    """Found out, unless the output has both lines."""
    assert judged("one", "one\n") == ["docs/page.md:2"]
    assert judged("...\none\n...", "onex\none\nonex\n") == [""]


def test_a_block_that_must_print_is_not_replaced_unseen() -> None:
    """`true` prints nothing; a block that prints nothing needs a lab."""
    for expected, known in (("one", True), ("", False)):
        result = recorded(expected, expected)
        replaced = list(mutants.of_block(result.block))[1]
        assert (mutation.without_lab(replaced, [result]) is not None) is known


def problems(verdicts: list[Verdict], listed: dict[str, str]) -> list[str]:
    """Return what is wrong with them."""
    return mutation.judge(verdicts, listed, [mutant(), mutant(text="b")])[0]


def test_a_survivor_is_a_problem_unless_listed() -> None:
    """With its place."""
    alive = Verdict(mutant=mutant(), killed_by="")
    assert len(problems([alive], {})) == 1
    assert problems([alive], {mutant().name: "a reason"}) == []


def test_a_stale_list_is_a_problem() -> None:
    """An entry for what is not there, or was found out."""
    dead = Verdict(mutant=mutant(), killed_by="docs/page.md:2")
    assert len(problems([dead], {"x.socket: line removed: gone": "a reason"})) == 1
    assert len(problems([dead], {mutant().name: "a reason"})) == 1
    assert problems([], {mutant().name: "a reason"}) == []


def test_the_share() -> None:
    """Listed survivors count as survivors."""
    verdicts = [Verdict(mutant=mutant(), killed_by=by) for by in ("a", "b", "c", "")]
    assert mutation.judge(verdicts, {mutant().name: "a reason"}, [mutant()])[1] == 0.75


def test_samples_are_repeatable() -> None:
    """The same seed gives the same, in the order of all; those wanted always are there."""
    every = [mutant(text=str(number)) for number in range(50)]
    one = mutation.sample(every, count=5, seed=1, always=[every[7]])
    assert one == mutation.sample(every, count=5, seed=1, always=[every[7]])
    assert every[7] in one
    assert one == sorted(one, key=every.index)
    assert mutation.sample(every, count=None, seed=1) == every


def test_a_list_that_is_none(tmp_path: Path, snapshot: Snapshot) -> None:
    """The message names the file."""
    path = tmp_path / "survivors.toml"
    path.write_text("[[survivor]]\nmutant = 'a'\n", encoding="utf-8")
    with pytest.raises(DoclabError) as caught:
        mutation.survivors_listed(path)
    snapshot(str(caught.value).replace(str(tmp_path), "ROOT"))


def test_changed_lines(tmp_path: Path) -> None:
    """Only an existing revision can be compared with."""
    with pytest.raises(DoclabError, match="git diff"):
        mutation.changed_lines(tmp_path, "no-such")


def test_the_first_page_that_uses_a_file() -> None:
    """It names the file and its directory."""
    blocks = [block("cd examples/one", page="a"), block("cd one; cp x.socket /", page="b")]
    path = Path("examples/one/x.socket")
    assert mutants.first_page_that_uses(path, blocks) == "b"
    assert mutants.first_page_that_uses(Path("examples/two/x.socket"), blocks) is None
