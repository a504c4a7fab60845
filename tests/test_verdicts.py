# SPDX-License-Identifier: Apache-2.0
"""A block is verified if the last run had the same block there, and it passed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from conftest import block, page

from doclab.model import Answer, Block, BlockResult, Fate, Ledger, Page, Placeholder, Tab
from doclab.verdicts import Verdict, closing, judge, named_versions, sentence

DAY = dt.date(2026, 11, 24)
VERSIONS = {
    "workerd": "1.0",
    "podman": "5.4.2",
    "systemd": "257",
    "kernel": "6.12",
    "distribution": "Debian GNU/Linux 13 (trixie)",
}
ON = "with Podman 5.4.2, systemd 257 and workerd 1.0 on Debian GNU/Linux 13 (trixie)"
LAST = "passed in the last run, on"
MARKED = "the others are marked"
PASSED = Verdict(passed=True, days=(DAY,))
CHANGED = Verdict(passed=False, reason="new, or changed since.")


def result(ran: Block, fate: Fate = Fate.PASSED, reason: str = "", **fields: Any) -> BlockResult:
    """Return the result of a block."""
    given = {"scenario": "one", "variant": "only", "seconds": 1.0, "user": "test", **fields}
    return BlockResult(block=ran, fate=fate, reason=reason, **given)


def of(*results: BlockResult) -> Ledger:
    """Return a ledger."""
    return Ledger(
        results=results, versions=VERSIONS, complete=True, started="2026-11-24T06:00:00+00:00"
    )


def judged(shown: Page, *results: BlockResult) -> list[Verdict]:
    """Return what a ledger says of a page."""
    return list(judge(shown, of(*results)))


@pytest.mark.parametrize(
    ("fate", "reason", "wanted"),
    [
        (Fate.FAILED, "its status is 1.", "failed: its status is 1."),
        (Fate.BLOCKED, "docs/a.md:3 failed", "not reached, since docs/a.md:3 failed."),
        (Fate.SKIPPED, "no printer", "skipped: no printer."),
    ],
)
def test_a_block_that_did_not_pass(fate: Fate, reason: str, wanted: str) -> None:
    """It alone is not verified, and the reason is that of the run."""
    good, bad = block("echo a"), block("echo b", line=5)
    found = judged(page("page", good, bad), result(good), result(bad, fate, reason))
    assert found == [PASSED, Verdict(passed=False, reason=wanted)]


def test_it_must_pass_in_every_scenario() -> None:
    """Once is not enough."""
    shown = block()
    failed = result(shown, Fate.FAILED, "x", scenario="two")
    for results in ((result(shown), failed), (failed, result(shown))):
        assert judged(page("page", shown), *results) == [Verdict(passed=False, reason="failed: x.")]
    again = result(shown, scenario="two")
    assert judged(page("page", shown), result(shown), again) == [PASSED]


@pytest.mark.parametrize(
    "change",
    [
        {"text": "false"},
        {"language": "bash"},
        {"user": "root"},
        {"machine": "laptop"},
        {"terminal": "logs"},
        {"status": 1},
        {"json": True},
        {"steady": 2},
        {"placeholders": (Placeholder(text="a", kind="word"),)},
        {"answers": (Answer(question="?", text="y"),)},
        {"tabs": (Tab(group=("A",), label="A"),)},
        {"page": "other"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_block_that_changed(change: dict[str, Any]) -> None:
    """What it claims now is not what was run."""
    ran = block()
    assert judged(page("page", dataclasses.replace(ran, **change)), result(ran)) != [PASSED]
    assert judged(page("page", ran), result(dataclasses.replace(ran, **change))) != [PASSED]


@pytest.mark.parametrize(
    "change",
    [
        {"location": block(line=90).location},
        {"headings": ("Another",)},
        {"deadline": 3.0},
        {"wait": 3.0},
        {"tabs": (Tab(group=("A", "B", "C"), label="A"),)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_that_does_not_matter(change: dict[str, Any]) -> None:
    """The text around a block, other tabs and its patience are no part of what it claims."""
    ran = block(tabs=(Tab(group=("A", "B"), label="A"),)) if "tabs" in change else block()
    assert judged(page("page", dataclasses.replace(ran, **change)), result(ran)) == [PASSED]


def test_equal_blocks() -> None:
    """Each has the fate of its own place on the page, in every scenario."""
    first, second, third = (block(line=line) for line in (1, 5, 9))
    results = [
        result(first),
        result(second, Fate.FAILED, "x"),
        result(first, scenario="two"),
        result(second, Fate.BLOCKED, "y", scenario="two"),
    ]
    failed = Verdict(passed=False, reason="failed: x.")
    assert judged(page("page", first, second, third), *results) == [PASSED, failed, CHANGED]


def test_a_block_of_a_snapshot() -> None:
    """It counts on the day on which it ran, not on which its result was used again."""
    old, new = block("echo a"), block("echo b")
    found = judged(
        page("page", old, new), result(old, restored="2026-11-22T10:00:00Z"), result(new)
    )
    assert found[0].days == (dt.date(2026, 11, 22),)
    assert sentence(found, {}) == (
        "All 2 command blocks on this page last passed between 22 November 2026 and"
        " 24 November 2026."
    )


@pytest.mark.parametrize(
    ("verdicts", "wanted"),
    [
        ([PASSED], f"The command block on this page last passed on 24 November 2026 {ON}."),
        ([PASSED] * 3, f"All 3 command blocks on this page last passed on 24 November 2026 {ON}."),
        (
            [PASSED, CHANGED],
            f"1 of 2 command blocks on this page {LAST} 24 November 2026 {ON}; {MARKED}.",
        ),
        ([CHANGED] * 2, "None of the 2 command blocks on this page passed in the last run."),
        ([CHANGED], "No command block on this page passed in the last run."),
    ],
)
def test_sentence(verdicts: list[Verdict], wanted: str) -> None:
    """A page says how many passed, when and on what."""
    assert sentence(verdicts, VERSIONS) == wanted


def test_closing() -> None:
    """The table of versions says how many blocks of the site passed, each counted once."""
    one, two = block("echo a"), block("echo b", line=5)
    twice = result(one, scenario="two")
    start = "In the last run, on 24 November 2026,"
    assert closing(of(result(one), twice, result(two))) == f"{start} all 2 command blocks passed."
    failed = result(one, Fate.FAILED, "x", scenario="two")
    assert closing(of(result(one), failed, result(two))) == f"{start} 1 of 2 command blocks passed."


def test_versions() -> None:
    """What was tested on comes first."""
    names = [name for name, _ in named_versions({**VERSIONS, "curl": "8"})]
    assert names == ["Distribution", "Linux", "systemd", "Podman", "curl", "workerd"]
