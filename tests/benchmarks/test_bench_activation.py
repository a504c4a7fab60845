# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import pytest
from claims import activation

from doclab.model import DoclabError

ID = "b5" * 32
CLOCKS = {"real": 1000.0, "steady": 50.0, "total": 0.4}


def entry(at: float, message: str) -> str:
    return json.dumps({"__MONOTONIC_TIMESTAMP": str(int(at * 1e6)), "MESSAGE": message})


def output(*entries: str, began: float = 50.02) -> str:
    return "\n".join([f"InactiveExitTimestampMonotonic={began * 1e6:.0f}", *entries])


def test_what_systemd_and_podman_say_is_read() -> None:
    text = output(
        entry(49.0, f"… container start {'0' * 64} (the one before)"),
        entry(50.1, f"2026 m=+0.1 container create {ID} (image=localhost/workerd)"),
        entry(50.2, f"2026 m=+0.2 container init {ID} (image=localhost/workerd)"),
        entry(50.25, f"2026 m=+0.3 container start {ID} (image=localhost/workerd)"),
        entry(50.3, "something else"),
    )
    began, container, events = activation.parse(text, CLOCKS)
    assert began == pytest.approx(20)
    assert container == ID
    assert events == pytest.approx({"create": 100, "init": 200, "start": 250})


def test_a_service_that_was_not_stopped_is_an_error() -> None:
    with pytest.raises(DoclabError, match="could not be stopped"):
        activation.parse(output(began=49.9), CLOCKS)
    with pytest.raises(DoclabError, match="does not say"):
        activation.parse("", CLOCKS)


def test_the_steps_add_up() -> None:
    found = activation.split(
        total=400, began=20, written=120, events={"create": 90, "init": 200, "start": 250}
    )
    assert found.steps == {
        "systemd": 20, "Podman": 100, "conmon and crun": 80, "start": 50, "program": 150,
    }  # fmt: skip
    assert sum(found.steps.values()) == found.total


def test_an_event_noted_after_the_first_byte_ends_with_it() -> None:
    found = activation.split(total=300, began=20, written=120, events={"init": 290, "start": 310})
    assert (found.steps["start"], found.steps["program"]) == (10, 0)
    assert sum(found.steps.values()) == found.total


def test_without_podman_there_are_two_steps() -> None:
    found = activation.split(total=30, began=10, written=0, events={})
    assert found.steps == {"systemd": 10, "program": 20}


def test_a_journal_without_an_event_is_an_error() -> None:
    with pytest.raises(DoclabError, match="lacks the event start"):
        activation.split(total=300, began=20, written=120, events={"init": 200})
