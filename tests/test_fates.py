# SPDX-License-Identifier: Apache-2.0
"""Each block has one fate for people, and none has none."""

from __future__ import annotations

import dataclasses

import pytest
from conftest import block, page, scenario
from ledgers import realistic, result

from doclab import fates
from doclab.model import Fate, Ledger, Tab


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ([Fate.PASSED, Fate.FAILED, Fate.BLOCKED, Fate.SKIPPED], Fate.FAILED),
        ([Fate.PASSED, Fate.BLOCKED, Fate.SKIPPED], Fate.BLOCKED),
        ([Fate.PASSED, Fate.SKIPPED], Fate.SKIPPED),
        ([Fate.PASSED, Fate.PASSED], Fate.PASSED),
    ],
)
def test_the_worst_counts(found: list[Fate], wanted: Fate) -> None:
    """A block that fails with one tab is not fine."""
    item = block()
    results = tuple(
        result(item, fate=fate, scenario=str(number)) for number, fate in enumerate(found)
    )
    (whole,) = fates.pages(Ledger(results=results, versions={}))
    assert [b.fate for b in whole.blocks] == [wanted]
    assert whole.count(wanted) == 1


def test_a_text_that_is_included_twice() -> None:
    """It is two blocks, each with a fate."""
    item = block()
    ledger = Ledger(results=(result(item), result(item, fate=Fate.FAILED)), versions={})
    assert [b.fate for b in fates.pages(ledger)[0].blocks] == [Fate.PASSED, Fate.FAILED]


def test_tabs() -> None:
    """Each tab says where it ran, or why it did not."""
    found = {tab.label: tab for tab in fates.tabs(realistic())}
    assert found["By hand"].scenarios == {"tutorial/example1[By hand]": Fate.PASSED}
    assert found["Podman 5.6"].reason == "skipped: needs podman>=5.6, here is 5.4.2"
    assert found["Older"].reason == "it has no block"
    part = dataclasses.replace(realistic(), complete=False)
    assert {t.label: t.reason for t in fates.tabs(part)}["Older"] == (
        "no block of it is in this run"
    )


def test_problems() -> None:
    """Each block without a fate, or with two, is named with its place."""
    one, two, three = block(line=1), block(line=5), block(line=9)
    site = [page("page", one, two, three)]
    plan = [scenario(one, two, name="a"), scenario(one, name="b")]

    def problems(*ran: tuple[str, int], complete: bool = False) -> list[str]:
        results = [result([one, two, three][number], scenario=name) for name, number in ran]
        return fates.problems(site, plan, results, complete=complete)

    everything = [("a", 0), ("a", 1), ("b", 0)]
    assert problems(*everything) == []
    assert problems(*everything[:2]) == [
        "docs/page.md:1: this block has no fate in the scenario b."
    ]
    assert problems(*everything, ("a", 1)) == [
        "docs/page.md:5: this block has more than one fate in the scenario a."
    ]
    assert problems(*everything, complete=True) == [
        "docs/page.md:9: this block has no fate: no scenario runs it."
    ]


def test_a_block_that_the_lab_cannot_run_has_a_fate() -> None:
    """The plan says why it is skipped, and the page does not."""
    written = block()
    planned = dataclasses.replace(written, skip="needs Podman 5.6 or later")
    found = [result(planned, scenario="a")]
    plan = [scenario(planned, name="a")]
    assert fates.problems([page("page", written)], plan, found, complete=True) == []


def test_no_tab() -> None:
    """A site without tabs has no table of them."""
    other = Tab(group=("a", "b"), label="a")
    assert fates.tabs(Ledger(results=(result(block()),), versions={})) == ()
    tabbed = Ledger(results=(result(block(tabs=(other,))),), versions={}, complete=True)
    assert [tab.label for tab in fates.tabs(tabbed)] == ["a", "b"]
