"""Every tab of every page runs, after the pages that it needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import block, page
from hypothesis import given
from hypothesis import strategies as st

from doclab.model import Block, DoclabError, Location, Page, Tab
from doclab.plan import page_of, plan


def tab(label: str, *group: str) -> Tab:
    """Return a tab."""
    return Tab(group=group, label=label)


def test_a_chain_is_one_scenario() -> None:
    """Pages that need each other run in order, in one lab."""
    pages = [
        page("c", block(page="c"), after=("b",)),
        page("a", block(page="a")),
        page("b", block(page="b"), after=("a",)),
        page("prose"),
    ]
    (scenario,) = plan(pages)
    assert scenario.pages == ("a", "b", "c")


def test_two_ends_are_two_scenarios() -> None:
    """What both need runs in both."""
    pages = [
        page("a", block(page="a")),
        page("b", block(page="b"), after=("a",)),
        page("c", block(page="c"), after=("a",)),
    ]
    assert [s.pages for s in plan(pages)] == [("a", "b"), ("a", "c")]


def test_a_selected_page_brings_what_it_needs() -> None:
    """And nothing else."""
    pages = [
        page("a", block(page="a")),
        page("b", block(page="b"), after=("a",)),
        page("c", block(page="c"), after=("b",)),
    ]
    (scenario,) = plan(pages, selected=["b"])
    assert scenario.pages == ("a", "b")


def test_a_circle_is_an_error() -> None:
    """With the way around it."""
    pages = [page("a", block(page="a"), after=("b",)), page("b", after=("a",))]
    with pytest.raises(DoclabError, match="circle: a → b → a"):
        plan(pages)


def test_each_tab_runs() -> None:
    """Sets with the same labels are one choice."""
    one, two = tab("x", "x", "y"), tab("y", "x", "y")
    pages = [
        page("a", block("1", tabs=(one,)), block("2", tabs=(two,), line=5), block("3", line=9)),
        page("b", block("4", page="b", tabs=(one,)), block("5", page="b", tabs=(two,), line=5),
             after=("a",)),
    ]  # fmt: skip
    assert [[b.text for b in s.blocks] for s in plan(pages)] == [["1", "3", "4"], ["2", "3", "5"]]


@st.composite
def pages_with_tabs(draw: st.DrawFn) -> list[Page]:
    """Make a page with sets of tabs, nested up to two deep."""
    blocks: list[Block] = []

    def fill(outside: tuple[Tab, ...], depth: int) -> None:
        for number in range(draw(st.integers(0, 2))):
            name = f"{len(blocks)}.{depth}.{number}"
            labels = tuple(f"{name}.{i}" for i in range(draw(st.integers(1, 3))))
            for label in labels:
                inside = (*outside, Tab(group=labels, label=label))
                blocks.append(block(label, line=len(blocks) * 4 + 1, tabs=inside))
                if depth < 2:
                    fill(inside, depth + 1)

    blocks.append(block("first"))
    fill((), 0)
    return [page("page", *blocks)]


@given(pages_with_tabs())
def test_no_tab_is_forgotten(pages: list[Page]) -> None:
    """Whatever the structure, each block runs, and never beside another choice."""
    scenarios = plan(pages)
    run = {b.location for s in scenarios for b in s.blocks}
    assert run == {b.location for b in pages[0].blocks}
    for scenario in scenarios:
        chosen: dict[tuple[str, ...], str] = {}
        for item in scenario.blocks:
            for one in item.tabs:
                assert chosen.setdefault(one.group, one.label) == one.label
    assert len({s.name for s in scenarios}) == len(scenarios)


def test_a_word_ends_the_scenario() -> None:
    """State depends on what came before, so that runs too."""
    pages = [page("a", block("echo one"), block("echo two", line=5), block("echo six", line=9))]
    (scenario,) = plan(pages, word="TWO")
    assert [b.text for b in scenario.blocks] == ["echo one", "echo two"]
    with pytest.raises(DoclabError, match="word 'seven'"):
        plan(pages, word="seven")


def test_a_line_ends_the_scenario() -> None:
    """The block at the line does not run any more."""
    pages = [page("page", block("one"), block("two", line=5), block("six", line=9))]
    (scenario,) = plan(pages, until=Location(path=Path("docs/page.md"), line=5))
    assert [b.text for b in scenario.blocks] == ["one"]


def test_page_of() -> None:
    """By path or by name, with or without a line."""
    pages = [page("a", block(page="a"))]
    root = Path.cwd()
    assert page_of("docs/a.md", pages, root) == (pages[0], None)
    assert page_of("a:12", pages, root) == (pages[0], 12)
    with pytest.raises(DoclabError, match=r"docs/b\.md: there is no such page"):
        page_of("docs/b.md", pages, root)


def test_nothing_to_run() -> None:
    """A site of prose is an error."""
    with pytest.raises(DoclabError, match="no block to run"):
        plan([page("prose")])
