# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from claims import summary, views
from claims.table import Table
from conftest import Snapshot
from records import record


def text(table: Table | None) -> str:
    assert table is not None
    rows = [" | ".join(row) for row in (table.head, *table.rows)]
    return "\n".join([table.title, *rows, *table.notes])


@pytest.mark.parametrize(
    "name", ["bulk", "requests", "latency", "processor", "activation-cold", "idle", "targets"]
)
def test_table(name: str, snapshot: Snapshot) -> None:
    snapshot(text(views.table(name, record())))


def test_each_row_has_as_many_cells_as_the_head() -> None:
    for name in views.NAMES:
        table = views.table(name, record()) if name != "conditions" else None
        assert table is None or all(len(row) == len(table.head) for row in table.rows)


@pytest.mark.parametrize("name", ["proxies", "bulk-laptop", "activation-warm"])
def test_a_view_that_was_not_measured_has_no_table(name: str) -> None:
    assert views.table(name, record()) is None


@pytest.mark.parametrize("name", ["bulk", "processor"])
def test_words_for_those_who_see_no_plot(name: str, snapshot: Snapshot) -> None:
    snapshot(views.alt(name, record()))


def test_conditions(snapshot: Snapshot) -> None:
    snapshot(summary.conditions(record()))


def test_spreads_that_meet_are_said_not_to_be_ranked() -> None:
    rows = {row[0]: row for row in views.table("bulk", record()).rows}  # type: ignore[union-attr]
    assert rows["no container"][3] == rows["socket activation"][3] == "not ranked (1 to 2)"
    assert rows["published, own network"][3] == "3"


def test_rounds_that_failed_are_told() -> None:
    found = record()
    found.values["download"]["own"][1:] = [None, None]
    table = views.table("bulk", found)
    assert table is not None
    assert table.notes[0] == "download: published, own network failed in 2 of 3 rounds."
