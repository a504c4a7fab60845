# SPDX-License-Identifier: Apache-2.0
"""Placeholders are proposed for what differs between runs, as narrow as they can be."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from conftest import LocalLab, Snapshot, block, scenario

from doclab.infer import propose
from doclab.kinds import parse_placeholder
from doclab.model import Location
from doclab.run import run_scenario
from doclab.samples import Sample, samples


def sample(
    expected: str,
    *outputs: str,
    line: int = 3,
    vary: tuple[str, ...] = (),
    scenarios: tuple[str, ...] = ("only",),
    json: bool = False,
) -> Sample:
    """Return a sample: of the first run in each scenario, the second run, and so on."""
    fence = Location(path=Path("docs/page.md"), line=line)
    place = Location(path=Path("docs/page.md"), line=line + 1)
    items = tuple(map(parse_placeholder, vary))
    return Sample(
        fence=fence,
        location=place,
        expected=expected,
        outputs=outputs,
        runs=tuple(
            (scenarios[i % len(scenarios)], i // len(scenarios)) for i in range(len(outputs))
        ),
        placeholders=items,
        json=json,
    )


CASES: dict[str, tuple[str, list[str], str]] = {
    "same": (
        "a 1",
        ["a 1", "a 1"],
        "",
    ),
    "page-is-old": (
        "a 1",
        ["a 2", "a 3"],
        "1=number",
    ),
    "number": (
        "pid 1",
        ["pid 1", "pid 23"],
        "1=number",
    ),
    "ipv4": (
        '"from": "10.0.0.1",',
        ['"from": "10.0.0.1",', '"from": "10.0.0.2",'],
        "10.0.0.1=ipv4",
    ),
    "ipv6": (
        "[fd00::1]:80",
        ["[fd00::1]:80", "[fd00::2]:80"],
        "fd00::1=ipv6",
    ),
    "time": (
        "at Nov  4 04:22:24 x",
        ["at Nov  4 04:22:24 x", "at Nov 14 04:22:25 x"],
        "'Nov  4 04:22:24=time'",
    ),
    "duration": (
        "in 5 s.",
        ["in 5 s.", "in 2min 3s."],
        "'5 s=duration'",
    ),
    "id": (
        "id 0123abcd",
        ["id 0123abcd", "id deadbeef"],
        "0123abcd=id",
    ),
    "long-number": (
        "n 12345678",
        ["n 12345678", "n 12345679"],
        "12345678=number",
    ),
    "version": (
        "v 5.4.2",
        ["v 5.4.2", "v 5.8"],
        "5.4.2=version",
    ),
    "size": (
        "4 MB",
        ["4 MB", "5 kB"],
        "'4 MB=size'",
    ),
    "word": (
        "a (ab) b",
        ["a (ab) b", "a (cd) b"],
        "ab=word",
    ),
    "punctuation": (
        "a -- b",
        ["a -- b", "a - b"],
        "--=word",
    ),
    "text-of-the-page": (
        "pid 9",
        ["pid 1", "pid 2"],
        "9=number",
    ),
    "text-of-the-run": (
        "no such thing here",
        ["pid 1", "pid 2"],
        "1=number",
    ),
    "two": (
        "1 of 10.0.0.1",
        ["1 of 10.0.0.1", "2 of 10.0.0.2"],
        "10.0.0.1=ipv4 1=number",
    ),
    "under-dots": (
        "a\n...\nb 1",
        ["a\nx 1\nb 1", "a\nx 2\ny\nb 2"],
        "1=number",
    ),
    "alike": (
        "10.0.0.1\nx 10.0.0.1",
        ["10.0.0.1\nx 10.0.0.1", "10.0.0.2\nx 10.0.0.2"],
        "10.0.0.1=ipv4:ipv4-1",
    ),
    "not-alike": (
        "1\n1",
        ["1\n1", "2\n3"],
        "1=number",
    ),
}


def proposed(found: Sample) -> str:
    """Return what is proposed for a sample, as it is told."""
    return "".join(map(str, propose([found])))


def in_words(wanted: str) -> str:
    """Return how a placeholder is proposed for the sample's block; empty for none."""
    return f"docs/page.md:3: add `:vary: {wanted}`" if wanted else ""


@pytest.mark.parametrize("name", CASES)
def test_propose(name: str) -> None:
    """The narrowest kind that fits all runs, and the page's example."""
    expected, outputs, wanted = CASES[name]
    assert proposed(sample(expected, *outputs)) == in_words(wanted)


def test_a_name_for_what_varies_alike() -> None:
    """Two blocks that show the same value get the same name, and others do not."""
    found = propose(
        [
            sample("10.0.0.1", "10.0.0.1", "10.0.0.2"),
            sample("from 10.0.0.1, 7", "from 10.0.0.1, 7", "from 10.0.0.2, 8", line=9),
        ]
    )
    assert list(map(str, found)) == [
        "docs/page.md:3: add `:vary: 10.0.0.1=ipv4:ipv4-1`",
        "docs/page.md:9: add `:vary: 10.0.0.1=ipv4:ipv4-1 7=number`",
    ]


def test_one_proposal_for_all_tabs() -> None:
    """A command that runs in several scenarios has one text, and one placeholder for it."""
    both = sample("pid 7", "pid 7", "pid 9", "pid 8", "pid 10", scenarios=("one", "two"))
    one = sample("7", "7", "8", line=9, scenarios=("one",))
    other = sample("it is 9", "it is 9", "it is 10", line=12, scenarios=("two",))
    assert list(map(str, propose([both, one, other]))) == [
        "docs/page.md:3: add `:vary: 7=number:number-1`",
        "docs/page.md:9: add `:vary: 7=number:number-1`",
        "docs/page.md:12: add `:vary: 9=number:number-1`",
    ]


def test_what_is_always_the_same(snapshot: Snapshot) -> None:
    """Output that only the page has otherwise needs no placeholder."""
    snapshot("\n".join(map(str, propose([sample("a", "b", "b")]))))


def test_what_is_covered() -> None:
    """What a placeholder covers already is not proposed again."""
    one = sample("10.0.0.1 x", "10.0.0.1 x", "10.0.0.2 x", vary=("10.0.0.1=ipv4:me",))
    assert propose([one]) == []


def test_output_without_a_form(snapshot: Snapshot) -> None:
    """Where lines come and go, no placeholder helps."""
    snapshot("\n".join(map(str, propose([sample("a", "a", "a\nb")]))))


JSON: dict[str, tuple[str, list[str], str]] = {
    "order-and-white-space": (
        '{"pid": 1, "name": "a"}',
        ['{"pid": 1,\n"name": "a"}', '{"name": "a", "pid": 23}\n'],
        "1=number",
    ),
    "same": ('{"a": [1, 2]}', ['{"a":[1,2]}', '{ "a": [1, 2] }'], ""),
    "more-keys": (
        '{"in": {"pid": 1, "...": "..."}, "...": "..."}',
        ['{"in": {"b": 3, "pid": 2}, "a": 1}', '{"in": {"z": [], "pid": 3}}'],
        "1=number",
    ),
    "more-items": (
        '{"list": ["x", "..."], "pid": 1}',
        ['{"list": ["x"], "pid": 2}', '{"pid": 3, "list": ["x", "y", {"z": 1}]}'],
        "1=number",
    ),
    "in-a-list": (
        '[{"id": "0123abcd", "...": "..."}, 1.50]',
        ['[{"id": "deadbeef", "n": 1}, 1.50]', '[{"n": 2, "id": "0badcafe"}, 1.50]'],
        "0123abcd=id",
    ),
}


@pytest.mark.parametrize("name", JSON)
def test_json(name: str) -> None:
    """It is compared by shape, and so are the runs."""
    expected, outputs, wanted = JSON[name]
    assert proposed(sample(expected, *outputs, json=True)) == in_words(wanted)


@pytest.mark.parametrize(
    "output", ['{"a": 1, "b": 2}', '{"a": 1', "[]"], ids=["other-keys", "cut-off", "a-list"]
)
def test_json_without_a_form(output: str, snapshot: Snapshot) -> None:
    """What is left out of JSON is not a line `...`."""
    found = propose([sample('{"a": 1}', '{"a": 1}', output, json=True)])
    snapshot("\n".join(map(str, found)))


def test_json_with_items_that_the_page_has_not() -> None:
    """They are not lost on the way."""
    (found,) = propose([sample('["a"]', '["a"]', '["a", "b"]', json=True)])
    assert "the same keys" in found.problem


def test_samples(lab: LocalLab) -> None:
    """What did not match in some run is looked at."""
    varies = dataclasses.replace(block("echo $RANDOM", expected="1", line=9), json=True)
    blocks = (block("echo same", expected="same"), varies)
    runs = []
    for _ in range(2):
        lab.close_terminals()
        runs.append(run_scenario(scenario(*blocks), lab, listen=lambda _result: None, lenient=True))
    (found,) = samples(runs)
    assert (found.location.line, len(found.outputs)) == (10, 2)
    assert found.json
    assert found.runs == (("page", 0), ("page", 1))
