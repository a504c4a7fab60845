# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest
from claims.record import RecordError, load
from records import record


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    path.write_text(record().dump(), encoding="utf-8")
    assert load(path) == record()
    assert load(path).dump() == path.read_text(encoding="utf-8")


def test_a_list_of_numbers_is_one_line() -> None:
    assert '   "native": [3.0, 2.0, 3.2],\n' in record().dump()


@pytest.mark.parametrize("text", ["", "[]", '{"date": "today"}', '{"x": 1}'])
def test_what_is_no_record_is_said_with_its_path(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bench.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match=r"bench\.json: this is no record of `nox -s bench`"):
        load(path)


def test_a_round_that_failed_keeps_its_place() -> None:
    found = record()
    found.rounds = 4
    found.fail("download", "activated", "curl ended with 18\nmore")
    found.rounds = 5
    found.add("download", "activated", 6.0)
    found.add("download", "native", 3.0)  # there was none in round 4 either
    assert found.values["download"]["activated"] == [2.9, 2.1, 3.0, None, 6.0]
    assert found.values["download"]["native"] == [3.0, 2.0, 3.2, None, 3.0]
    assert found.failures == ["download, activated: curl ended with 18"]
    ratio = found.ratio("download", "activated", "native")
    assert ratio is not None
    assert (ratio.count, ratio.high) == (4, 2.0)


def test_what_was_not_measured_has_no_figure() -> None:
    assert record().figure("download", "caddy") is None
    assert record().ratio("download", "caddy", "native") is None
    assert record().ratio("nothing", "native", "native") is None


def test_processor_time_is_the_median_of_each_program() -> None:
    found = record()
    assert found.programs("download", "native") == {"curl": 0.2, "interrupts": 0.1, "workerd": 0.5}
    assert found.programs("download", "caddy") == {}
