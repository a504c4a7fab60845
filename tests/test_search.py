# SPDX-License-Identifier: Apache-2.0
"""How mutants are judged: the cheapest way first, and never twice."""

from __future__ import annotations

import dataclasses
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest
from conftest import Sites, block

from doclab import mutants, mutation, search
from doclab.model import (
    Block,
    BlockResult,
    CommandResult,
    DoclabError,
    Fate,
    Ledger,
    PageSummary,
    Placeholder,
    Scenario,
)
from doclab.mutants import By, Kind, Mutant, Verdict
from doclab.notebook import Notebook
from doclab.plan import plan
from doclab.progress import Progress
from doclab.site import Site
from doclab.workshop import Workshop


def recorded(output: str, expected: str, *, json: bool = False) -> BlockResult:
    """Return what a run has noted of a block."""
    item = dataclasses.replace(block("echo", expected=expected), json=json)
    done = CommandResult(command=item.commands[0], output=output, status="0", seconds=0.0)
    return BlockResult(block=item, scenario="page", variant="only", fate=Fate.PASSED, reason="",
                       seconds=0.0, user="admin", commands=(done,))  # fmt: skip


def judged(expected: str, output: str, *placeholders: Placeholder, json: bool = False) -> list[str]:
    """Return where the mutants of a block's expectation were found out."""
    result = recorded(output, expected, json=json)
    item = dataclasses.replace(result.block, placeholders=placeholders)
    result = dataclasses.replace(result, block=item)
    verdicts = [search.by_output(m, [result]) for m in mutants.of_block(result.block)]
    return [v.killed_by for v in verdicts if v is not None and v.mutant.kind is Kind.EXPECTATION]


def test_changed_expectations_are_judged_by_the_output() -> None:
    """Found out, unless the output has both lines."""
    assert judged("one", "one\n") == ["docs/page.md:2"]
    assert judged("...\none\n...", "onex\none\nonex\n") == [""]


def test_what_may_differ_finds_out_nothing() -> None:
    """A placeholder stands for other values in the changed line as well."""
    pid = Placeholder(text="1", kind="number")
    assert judged("pid 1 one", "pid 7 one\n", pid) == ["docs/page.md:2"]
    assert judged("...\npid 1 one\n...", "pid 7 onex\npid 8 one\n", pid) == [""]


def test_json_is_judged_as_json() -> None:
    """Where the page compares it so."""
    assert judged('{"a": 1}', '{ "a":1 }\n', json=True) == ["docs/page.md:2"]
    assert judged('{"a": 1}', '{ "a":2 }\n', json=True) == [""]


def test_a_block_that_must_print_is_not_replaced_unseen() -> None:
    """`true` prints nothing; a block that prints nothing needs a lab."""
    for expected, known in (("one", True), ("", False)):
        result = recorded(expected, expected)
        replaced = list(mutants.of_block(result.block))[1]
        assert (search.by_output(replaced, [result]) is not None) is known


def test_a_block_that_the_last_run_did_not_have() -> None:
    """It is of other pages."""
    replaced = list(mutants.of_block(block("a", line=99)))[1]
    with pytest.raises(DoclabError, match="no such block"):
        search.by_output(replaced, [recorded("", "")])


#: Red unless a.js has the line `first();`; it leaves a mark each time.
SCRIPT = """
import pathlib, sys
with open({marks!r}, "a") as marks:
    marks.write("x")
sys.exit("first();" not in pathlib.Path("one/a.js").read_text())
"""


@dataclasses.dataclass(kw_only=True)
class Bench:
    """A site, a lab that is none, and what was tried in it."""

    site: Site
    scenarios: Sequence[Scenario]
    marks: Path  # has a letter for each time that the tests ran
    book: Path
    tried: list[Mutant]  # in the lab
    base: str = "base"  # digest of what snapshots depend on besides blocks

    def search(self, monkeypatch: pytest.MonkeyPatch, fail_at: int = 1000) -> list[Verdict]:
        """Try all mutants; the lab breaks down at one of them."""
        bench = self

        class Lab:
            """Finds out the mutants of blocks that make something."""

            def __init__(self, *_: object, results: Sequence[BlockResult], **__: object) -> None:
                assert results, "a trial has to know how long each block took"

            def run(self, mutant: Mutant) -> Verdict:
                """Judge by the text."""
                if len(bench.tried) == fail_at:
                    raise DoclabError("the lab is on fire.")
                bench.tried.append(mutant)
                red = "docs/index.md:1" if "mk" in mutant.text else ""
                return Verdict(mutant=mutant, by=By.LAB, killed_by=red)

        monkeypatch.setattr(search, "Trial", Lab)
        found = mutation.every_mutant(self.site, self.scenarios)
        workshop = cast("Workshop", type("W", (), {"base": self.base}))
        return search.Search(
            self.site, self.scenarios, workshop, Notebook(self.book), jobs=1, say=Progress()
        ).run(found, ledger_of(self.site, self.scenarios[0].blocks))

    @property
    def tests_run(self) -> int:
        """How often the tests ran."""
        return len(self.marks.read_text(encoding="utf-8")) if self.marks.exists() else 0


def result_of(item: Block) -> BlockResult:
    """Return the result of a block that passed."""
    return dataclasses.replace(recorded("", ""), block=item, commands=())


def ledger_of(site: Site, blocks: Sequence[Block]) -> Ledger:
    """Return the ledger of a whole run in which these blocks passed."""
    return Ledger(
        results=tuple(map(result_of, blocks)),
        versions={},
        pages=tuple(
            PageSummary(name=p.name, path=p.path, title=p.title, blocks=len(p.blocks))
            for p in site.pages
        ),
        complete=True,
    )


@pytest.fixture
def bench(sites: Sites) -> Bench:
    """Return a site with a block, and a file that the tests judge."""
    docs = sites.write(index="# Title\n\n```bash\nmkdir x\n```\n\n```bash\ncp one/a.js x\n```\n")
    (sites.root / "one").mkdir()
    (sites.root / "one" / "a.js").write_text("first();\nsecond();\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(sites.root)], check=True)
    marks = sites.root / "work" / "marks"
    command = shlex.join([sys.executable, "-c", SCRIPT.format(marks=str(marks))])
    with (docs / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write(f"doclab_judges = {{'*.js': {command!r}}}\n")
    site = sites.collect()
    return Bench(site=site, scenarios=plan(site.pages), marks=marks,
                 book=sites.root / "work" / "verdicts.jsonl", tried=[])  # fmt: skip


TRIED = ["mkdir x", "cp one/a.js x", "second();", "second();"]  # in the lab


def test_the_cheapest_way_first(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests find out needs no lab; what they do not is tried there."""
    verdicts = bench.search(monkeypatch)
    found = {(v.mutant.text, v.mutant.kind.name): (v.by, bool(v.killed_by)) for v in verdicts}
    assert found == {
        ("first();", "REMOVED"): (By.TESTS, True),
        ("first();", "ALTERED"): (By.TESTS, True),
        ("second();", "REMOVED"): (By.LAB, False),
        ("second();", "ALTERED"): (By.LAB, False),
        ("mkdir x", "DROPPED"): (By.LEDGER, True),
        ("mkdir x", "TRUE"): (By.LAB, True),
        ("cp one/a.js x", "DROPPED"): (By.LEDGER, True),
        ("cp one/a.js x", "TRUE"): (By.LAB, False),
    }
    assert bench.tests_run == 7, "once while nothing is broken, twice for a red mutant, else once"
    assert [m.text for m in bench.tried] == TRIED


def test_the_ledger_misses_a_dropped_block(bench: Bench) -> None:
    """If the run was whole; it cannot tell a block from `true`."""
    blocks = bench.scenarios[0].blocks
    dropped, replaced = list(mutants.of_block(blocks[1]))[:2]
    whole = ledger_of(bench.site, blocks)
    verdict = search.by_ledger(dropped, whole)
    assert verdict is not None
    assert verdict.killed_by == "the ledger: 1 not run"
    assert search.by_ledger(replaced, whole) is None
    part = search.by_ledger(dropped, dataclasses.replace(whole, complete=False))
    assert part is not None
    assert not part.killed_by


def test_a_run_that_was_cut_off_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was judged before is not judged again."""
    with pytest.raises(DoclabError, match="on fire"):
        bench.search(monkeypatch, fail_at=2)
    first = capsys.readouterr().out
    assert "tests: 4 to try, 0 known" in first
    assert "lab 1/4" in first
    assert "min left" in first
    verdicts = bench.search(monkeypatch)
    assert len(verdicts) == 8
    assert bench.tests_run == 7
    assert [m.text for m in bench.tried] == TRIED
    assert "lab: 2 to try, 2 known" in capsys.readouterr().out


def test_other_pages_other_verdicts(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lab depends on the blocks; the tests do not."""
    bench.search(monkeypatch)
    blocks = tuple(dataclasses.replace(b, deadline=7.0) for b in bench.scenarios[0].blocks)
    bench.scenarios = [dataclasses.replace(bench.scenarios[0], blocks=blocks)]
    bench.search(monkeypatch)
    assert bench.tests_run == 7
    assert len(bench.tried) == 2 * len(TRIED)


def test_another_base_other_verdicts(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs that tests start are of the same project as the lab."""
    bench.search(monkeypatch)
    bench.base = "another"
    bench.search(monkeypatch)
    assert bench.tests_run == 14
    assert len(bench.tried) == 2 * len(TRIED)


def test_what_judges_do_not_get_changes_no_verdict(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither another base nor another file; what they get does."""
    settings = dataclasses.replace(bench.site.settings, judge_files=("one/*",))
    bench.site = dataclasses.replace(bench.site, settings=settings)
    bench.search(monkeypatch)
    bench.base = "another"
    bench.search(monkeypatch)
    assert bench.tests_run == 7
    (bench.site.root / "one" / "b.txt").write_text("new", encoding="utf-8")
    bench.search(monkeypatch)
    assert bench.tests_run == 14
