"""A snapshot is used only if everything that led to it is unchanged."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from conftest import block

from doclab import snapshots
from doclab.model import Location


def test_moved_blocks_are_the_same() -> None:
    """More prose above a block does not count."""
    first = block("true", line=3)
    moved = dataclasses.replace(block("true", line=30), headings=("Another",))
    assert snapshots.key("base", [first]) == snapshots.key("base", [moved])


@pytest.mark.parametrize(
    "change",
    [
        {"text": "false"},
        {"status": 1},
        {"deadline": 1.0},
        {"machine": "laptop"},
        {"wait": 1.0},
        {"page": "other"},
    ],
)
def test_changed_blocks_are_not(change: dict[str, object]) -> None:
    """Each field that a run depends on."""
    one = block("true")
    other = dataclasses.replace(one, **change)  # type: ignore[arg-type] # fields of many types
    assert snapshots.key("base", [one]) != snapshots.key("base", [other])
    assert snapshots.key("base", [one, one]) != snapshots.key("base", [one, other])


def test_expectations_count() -> None:
    """What a command must print is a part of it."""
    assert snapshots.key("base", [block("a", expected="1")]) != snapshots.key(
        "base", [block("a", expected="2")]
    )


def test_files_images_and_versions_count() -> None:
    """And so does which file has which content."""
    base = snapshots.base_key(["image:1"], {"a": b"1", "b": b"2"})
    assert base == snapshots.base_key(["image:1"], {"b": b"2", "a": b"1"})
    for parts, files in (
        (["image:2"], {"a": b"1", "b": b"2"}),
        (["image:1"], {"a": b"2", "b": b"1"}),
        (["image:1"], {"a": b"1"}),
        (["image:1"], {"a": b"1", "c": b"2"}),
    ):
        assert snapshots.base_key(parts, files) != base


def test_the_place_is_left_out_wholly() -> None:
    """No path of this machine is in a key."""
    moved = dataclasses.replace(block(), location=Location(path=Path("/elsewhere"), line=1))
    assert snapshots.key("", [moved]) == snapshots.key("", [block()])
