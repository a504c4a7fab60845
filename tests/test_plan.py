# SPDX-License-Identifier: Apache-2.0
"""Every tab of every page runs, after the pages that it needs."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable
from pathlib import Path

import pytest
from conftest import block, page
from hypothesis import given, settings
from hypothesis import strategies as st

from doclab.model import Block, CleanUp, DoclabError, Location, Page, Tab
from doclab.places import page_of
from doclab.plan import plan
from doclab.variants import variants


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


def test_a_page_that_cleans_up_ends_each_chain() -> None:
    """Where all that it needs was done; who selects a page gets it only to run all twice."""
    promise = CleanUp(location=Location(path=Path("docs/z.md"), line=1), stays={})
    pages = [
        page("a", block(page="a")),
        dataclasses.replace(page("z", block(page="z"), after=("a",)), clean_up=promise),
        page("b", block(page="b"), after=("a",)),
        page("c", block(page="c"), after=("a",)),
        page("other", block(page="other")),
    ]
    found = [(s.name, s.pages) for s in plan(pages)]
    assert found == [("b", ("a", "b", "z")), ("c", ("a", "c", "z")), ("other", ("other",))]
    alone = dataclasses.replace(page("d", block(page="d")), clean_up=promise)
    assert [s.pages for s in plan([*pages, alone])][-2:] == [("other",), ("d",)]
    assert [s.pages for s in plan(pages, selected=["b"])] == [("a", "b")]
    assert [s.pages for s in plan(pages, selected=["z"])] == [("a", "z")]
    assert [s.pages for s in plan(pages, selected=["b"], closed=True)] == [("a", "b", "z")]
    assert [s.pages for s in plan(pages, selected=["z"], closed=True)] == [("a", "z")]
    assert [s.pages for s in plan(pages, selected=["other"], closed=True)] == [("other",)]


def test_a_page_that_cleans_up_after_a_leaf() -> None:
    """It is the only one that needs the page, and ends its chain; so it does beside others."""
    promise = CleanUp(location=Location(path=Path("docs/z.md"), line=1), stays={})
    first = page("a", block(page="a"))
    last = dataclasses.replace(page("z", block(page="z"), after=("a",)), clean_up=promise)
    other = page("other", block(page="other"))
    assert [(s.name, s.pages) for s in plan([first, last])] == [("z", ("a", "z"))]
    assert [s.pages for s in plan([first, other, last])] == [("other",), ("a", "z")]
    second = dataclasses.replace(page("y", block(page="y"), after=("a",)), clean_up=promise)
    assert [s.pages for s in plan([first, last, second])] == [("a", "y", "z")]


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
        # Few: two trees of tabs need as many scenarios as they have pairs of leaves.
        for number in range(draw(st.integers(0, 1 if depth else 2))):
            name = f"{len(blocks)}.{depth}.{number}"
            labels = tuple(f"{name}.{i}" for i in range(draw(st.integers(1, 2))))
            for label in labels:
                inside = (*outside, Tab(group=labels, label=label))
                blocks.append(block(label, line=len(blocks) * 4 + 1, tabs=inside))
                if depth < 2:
                    fill(inside, depth + 1)

    blocks.append(block("first"))
    fill((), 0)
    return [page("page", *blocks)]


@settings(deadline=None, max_examples=50)
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
    assert page_of("a:12", pages, root) == (pages[0], Location(path=pages[0].path, line=12))
    with pytest.raises(DoclabError, match=r"docs/b\.md: there is no such page"):
        page_of("docs/b.md", pages, root)


def test_nothing_to_run() -> None:
    """A site of prose is an error."""
    with pytest.raises(DoclabError, match="no block to run"):
        plan([page("prose")])


SYSTEMS = ("Debian", "Fedora")
WAYS = ("Copy", "Script", "Both")


def test_equal_sets_in_two_tabs() -> None:
    """A set that is in both tabs of another one runs in both."""
    outer = ("Rootless", "Rootful")
    blocks = [
        block(f"{a} {b}", line=n * 10 + m, tabs=(tab(a, *outer), tab(b, *SYSTEMS)))
        for n, a in enumerate(outer)
        for m, b in enumerate(SYSTEMS, 1)
    ]
    run = {item.text for s in plan([page("page", *blocks)]) for item in s.blocks}
    assert run == {f"{a} {b}" for a in outer for b in SYSTEMS}


@st.composite
def blocks_in_tabs(draw: st.DrawFn) -> list[Block]:
    """Return blocks in sets of tabs, equal sets also in several places."""
    found: list[Block] = []
    groups = [tuple(f"{name}{n}" for n in range(1 + len(name))) for name in ("A", "BB", "CCC")]

    def fill(tabs: tuple[Tab, ...], depth: int) -> None:
        for _ in range(draw(st.integers(0, 2))):
            found.append(block(f"block{len(found)}", line=len(found) + 1, tabs=tabs))
        free = [group for group in groups if group not in [one.group for one in tabs]]
        for group in draw(st.lists(st.sampled_from(free), max_size=2)) if free else []:
            for label in group:
                fill((*tabs, tab(label, *group)), depth + 1)

    fill((), 0)
    found.append(block("end", line=len(found) + 1))
    return found


@settings(deadline=None, max_examples=50)
@given(blocks_in_tabs())
def test_what_a_reader_sees_is_what_runs(blocks: list[Block]) -> None:
    """Every block runs; with a scenario's choices, a reader sees exactly its blocks."""
    scenarios = plan([page("page", *blocks)])
    assert {b.location for s in scenarios for b in s.blocks} == {b.location for b in blocks}
    for scenario in scenarios:
        chosen = {one.group: one.label for one in scenario.variant}
        assert len(chosen) == len(scenario.variant)
        seen = [b for b in blocks if all(chosen.get(t.group) == t.label for t in b.tabs)]
        assert list(scenario.blocks) == seen
        for b in seen:  # a set that is in view has a choice
            inside = [o for o in blocks if o.tabs[: len(b.tabs)] == b.tabs]
            assert all(o.tabs[len(b.tabs)].group in chosen for o in inside if o.tabs != b.tabs)
    assert len({s.name for s in scenarios}) == len(scenarios)
    assert len({s.blocks for s in scenarios}) == len(scenarios)


def test_each_pair_of_tabs() -> None:
    """Two sets need all combinations; a third one of the same size comes for free."""
    groups = [SYSTEMS, ("IPv4", "IPv6"), ("By hand", "By script")]
    blocks = [
        block(x, line=n * 10 + m, tabs=(tab(x, *group),))
        for n, group in enumerate(groups)
        for m, x in enumerate(group)
    ]
    scenarios = plan([page("page", *blocks)])
    assert [s.name for s in scenarios] == [
        "page[Debian-IPv4-By hand]",
        "page[Debian-IPv6-By script]",
        "page[Fedora-IPv4-By script]",
        "page[Fedora-IPv6-By hand]",
    ]
    assert len(plan([page("page", *blocks[:4])])) == 4


@pytest.mark.parametrize(
    ("sizes", "count"), [((3,), 3), ((3, 2), 6), ((3, 3, 3), 9), ((3,) * 4, 9), ((2,) * 5, 6)]
)
def test_few_scenarios(sizes: tuple[int, ...], count: int) -> None:
    """As many as the two largest sets need, or a few more."""
    blocks = [
        block(f"{n} {m}", line=n * 10 + m, tabs=(tab(f"{n} {m}", *(f"{n} {i}" for i in range(k))),))
        for n, k in enumerate(sizes)
        for m in range(k)
    ]
    assert len(plan([page("page", *blocks)])) == count


def test_many_sets() -> None:
    """Where there are too many combinations to compare, each pair is covered all the same."""
    groups = [tuple(f"{n} {m}" for m in range(3)) for n in range(8)]
    blocks = [
        block(x, line=n * 10 + m, tabs=(tab(x, *group),))
        for n, group in enumerate(groups)
        for m, x in enumerate(group)
    ]
    scenarios = plan([page("page", *blocks)])
    assert len(scenarios) < 30
    assert pairs_in_view(blocks) == pairs_chosen(s.variant for s in scenarios)


def pairs_in_view(blocks: list[Block]) -> set[frozenset[Tab]]:
    """Return each pair of tabs that some choice of a reader shows together, by brute force."""
    wishes = {b.tabs[: d + 1] for b in blocks for d in range(len(b.tabs))}
    wishes |= {
        (*wish[:-1], tab(label, *wish[-1].group)) for wish in wishes for label in wish[-1].group
    }
    found = set()
    for one, two in itertools.product(wishes, wishes):
        both = {*one, *two}
        if not any(a.excludes(b) for a, b in itertools.combinations(both, 2)):
            found |= {frozenset(pair) for pair in itertools.combinations(both, 2)}
    return found


def pairs_chosen(choices: Iterable[tuple[Tab, ...]]) -> set[frozenset[Tab]]:
    """Return each pair of tabs that is chosen together."""
    return {frozenset(pair) for tabs in choices for pair in itertools.combinations(tabs, 2)}


@settings(deadline=None, max_examples=50)
@given(blocks_in_tabs())
def test_every_pair_in_view_is_covered(blocks: list[Block]) -> None:
    """Whatever is nested in whatever, in no more scenarios than there are combinations."""
    found = variants(blocks)
    assert pairs_in_view(blocks) == pairs_chosen(found)
    groups = {t.group for b in blocks for t in b.tabs}
    assert len(found) <= math.prod(len(group) for group in groups)
    assert variants(blocks) == found
    assert len(plan([page("page", *blocks)])) <= len(found)  # some may run the same


def test_a_tab_that_cannot_run() -> None:
    """It is not chosen, and its blocks are skipped once, with the reason."""
    needs = ("podman>=5.6",)
    blocks = [
        block("start"),
        block("copy", line=5, tabs=(tab("Copy", *WAYS),)),
        dataclasses.replace(block("script", line=9, tabs=(tab("Script", *WAYS),)), needs=needs),
        block("both", line=13, tabs=(tab("Both", *WAYS),)),
        block("end", line=17),
    ]
    pages = [page("page", *blocks)]
    first, second = plan(pages, facts={"podman": "5.4.2"})
    assert [(b.text, b.skip) for b in first.blocks] == [
        ("start", None),
        ("copy", None),
        ("script", "needs Podman 5.6 or later; this lab has 5.4.2"),
        ("end", None),
    ]
    assert [b.text for b in second.blocks] == ["start", "both", "end"]
    assert len(plan(pages, facts={"podman": "5.8.0"})) == 3
    assert len(plan(pages)) == 3
    with pytest.raises(DoclabError, match=r"page\.md:9: .* not run: needs Podman 5\.6 or later"):
        plan(pages, facts={"podman": "5.4.2"}, until=blocks[2].location)


def test_a_tab_that_can_run_in_one_place_only() -> None:
    """The choice holds for both places, and each block has its fate."""
    outer, ways = ("Rootless", "Rootful"), ("Here", "There")
    blocks = [
        block(f"{a} {b}", line=n, tabs=(tab(a, *group), tab(b, *SYSTEMS)))
        for n, (group, a, b) in enumerate(
            (group, a, b)
            for group in (outer, ways)
            for a in group
            for b in SYSTEMS
        )
    ]  # fmt: skip
    blocks[0] = dataclasses.replace(blocks[0], needs=("podman>=6",))
    scenarios = plan([page("page", *blocks)], facts={"podman": "5.4"})
    fates = [(b.location, bool(b.skip)) for s in scenarios for b in s.blocks]
    assert set(fates) == {(b.location, bool(b.needs)) for b in blocks}
    assert sum(skipped for _, skipped in fates) == 1


def test_a_section_that_cannot_run() -> None:
    """Its blocks are skipped in each scenario, and those around them run."""
    blocks = [block("a"), dataclasses.replace(block("b", line=5), needs=("systemd<255",))]
    (scenario,) = plan([page("page", *blocks)], facts={"systemd": "257"})
    assert [b.skip for b in scenario.blocks] == [
        None,
        "needs systemd older than 255; this lab has 257",
    ]


@settings(deadline=None, max_examples=50)
@given(blocks_in_tabs(), st.data())
def test_no_block_is_lost_when_needs_are_not_met(blocks: list[Block], data: st.DataObject) -> None:
    """Each has a fate: it runs, or it is skipped with the reason."""
    unmet = data.draw(st.sets(st.sampled_from(range(len(blocks)))))
    blocks = [
        dataclasses.replace(b, needs=("podman>=6",) if n in unmet else ())
        for n, b in enumerate(blocks)
    ]
    scenarios = plan([page("page", *blocks)], facts={"podman": "5.4"})
    fates = {(b.location, bool(b.skip)) for s in scenarios for b in s.blocks}
    assert fates == {(b.location, bool(b.needs)) for b in blocks}


def test_cut_off_before_the_tabs() -> None:
    """What is cut off before the scenarios differ runs once."""
    blocks = [block("start"), *(block(x, line=9, tabs=(tab(x, *SYSTEMS),)) for x in SYSTEMS)]
    assert len(plan([page("page", *blocks)], word="start")) == 1


def test_a_line_in_a_tab() -> None:
    """A line in a tab means the scenario in which this tab is chosen."""
    tabs = [block(x, line=n, tabs=(tab(x, *WAYS),)) for n, x in enumerate(WAYS, 2)]
    until = Location(path=Path("docs/page.md"), line=3)
    (scenario,) = plan([page("page", block("a"), *tabs)], until=until)
    assert (scenario.name, [b.text for b in scenario.blocks]) == ("page[Script]", ["a"])


def test_the_line_of_the_first_block() -> None:
    """Before the first block there is a lab in which nothing has run."""
    until = Location(path=Path("docs/page.md"), line=1)
    (scenario,) = plan([page("page", block("a"))], until=until)
    assert scenario.blocks == ()


@pytest.mark.parametrize("argument", ["page:", "page:x", "page:1:2", "page:0", "page:-1"])
def test_no_line(argument: str, tmp_path: Path) -> None:
    """What is behind the colon and is no line is an error, not the whole page."""
    with pytest.raises(DoclabError, match="behind the colon"):
        page_of(argument, [page("page", block())], tmp_path)


def test_sets_of_their_own() -> None:
    """Tabs that sphinx-tabs does not link are chosen each for itself, whatever their labels."""
    blocks = [
        block(f"{place}-{label}", line=line, tabs=(Tab(group=("a", "b"), label=label, own=place),))
        for line, (place, label) in enumerate(itertools.product(("page#0", "page#1"), "ab"))
    ]
    seen = {tuple(b.text for b in s.blocks) for s in plan([page("page", *blocks)])}
    assert seen == set(itertools.product(("page#0-a", "page#0-b"), ("page#1-a", "page#1-b")))


def test_linked_sets_with_other_labels() -> None:
    """Who chooses a label chooses it in each linked set that has it."""
    few, more = ("Debian", "Fedora"), ("Debian", "Fedora", "Arch")
    blocks = [
        block(f"{len(group)}-{label}", line=10 * len(group) + n, tabs=(tab(label, *group),))
        for group in (few, more)
        for n, label in enumerate(group)
    ]
    seen = {tuple(b.text for b in s.blocks) for s in plan([page("page", *blocks)])}
    assert seen == {
        ("2-Debian", "3-Debian"),
        ("2-Fedora", "3-Fedora"),
        ("2-Debian", "3-Arch"),
        ("2-Fedora", "3-Arch"),
    }


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_linked_sets_lose_no_tab(data: st.DataObject) -> None:
    """However sets share labels, inside of each other too, each block runs somewhere."""
    labels = st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True)
    blocks: list[Block] = []

    def fill(around: tuple[Tab, ...]) -> None:
        taken = {label for one in around for label in one.group}
        for group in data.draw(st.lists(labels, max_size=1 if around else 4), label="sets"):
            if not taken.isdisjoint(group):
                continue  # in a tab of one of these, nobody might see it
            for label in group:
                inside = (*around, tab(label, *group))
                blocks.append(block("true", line=len(blocks) + 1, tabs=inside))
                fill(inside)

    fill(())
    blocks.append(block("true", line=len(blocks) + 1))
    scenarios = plan([page("page", *blocks)])  # which looks itself whether a block is lost
    for found in scenarios:
        for one, two in itertools.combinations(found.variant, 2):
            assert one.label == two.label or not one.excludes(two)
