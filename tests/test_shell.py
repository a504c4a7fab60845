# SPDX-License-Identifier: Apache-2.0
"""The question whether to look at a lab: a person answers, or ends the run."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from doclab import shell

SOON = 10.0  # seconds within which it should be over


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Return where what is typed goes in."""
    there, here = os.openpty()
    with os.fdopen(here, encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield there
    os.close(there)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the machines on which a shell was given to the person."""
    found: list[str] = []
    monkeypatch.setattr(shell, "hand_over", lambda _run, block: found.append(block.machine))
    return found


def asked(stop: threading.Event) -> threading.Thread:
    """Ask, as a thread of a run does."""
    failed = SimpleNamespace(
        failure=SimpleNamespace(location="docs/x.md:3", problem="it failed"),
        block=SimpleNamespace(machine="server"),
    )
    run: Any = SimpleNamespace(failed=failed, stop=stop)
    thread = threading.Thread(target=shell.offer_shell, args=[run], daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize(("typed", "expected"), [("y\n", ["server"]), ("\n", []), ("n\n", [])])
def test_an_answer(keyboard: int, given: list[str], typed: str, expected: list[str]) -> None:
    """Only a yes gives a shell."""
    os.write(keyboard, typed.encode())
    thread = asked(threading.Event())
    thread.join(SOON)
    assert not thread.is_alive()
    assert given == expected


@pytest.mark.usefixtures("keyboard")
def test_the_run_is_ended(given: list[str]) -> None:
    """Ctrl-C ends the one who asks and the one who waits for his turn to ask."""
    stop = threading.Event()
    threads = [asked(stop), asked(stop)]
    stop.set()
    for thread in threads:
        thread.join(SOON)
    assert not any(thread.is_alive() for thread in threads)
    assert given == []
