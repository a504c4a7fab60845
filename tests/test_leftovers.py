# SPDX-License-Identifier: Apache-2.0
"""A lab whose process is gone is told from one that is in use."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from typing import cast

import pytest

from doclab import leftovers
from doclab.engine import LABEL, Engine


class Podman:
    """An engine with labs in it: their names, and who owns them."""

    def __init__(self, labs: dict[str, dict[str, str]], kept: Sequence[str] = ()) -> None:
        self._labs = labs
        self._kept = kept

    def call(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Answer what is asked about labs."""
        del check
        if argv[:2] == ("volume", "exists"):
            return subprocess.CompletedProcess(argv, int(argv[2] not in self._kept), "", "")
        kind = " ".join(argv[:2])
        assert kind in ("network ls", "volume ls", "ps --all")
        key = "labels" if kind == "network ls" else "Labels"
        found = [
            {key: {LABEL: name, f"{LABEL}.owner": owner}}
            for name, owner in self._labs.get(kind, {}).items()
        ]
        return subprocess.CompletedProcess(argv, 0, json.dumps(found), "")


def test_an_owner_is_told_from_a_later_process() -> None:
    """A process id alone may come back; with its start time it does not."""
    pid, _, started = leftovers.owner().partition(".")
    assert pid == str(os.getpid())
    assert started == leftovers.started(os.getpid())
    assert leftovers.started(2**22 + 1) == ""


def test_the_lab_of_a_run_that_goes_on_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by `nox -s clean`, which removes the kept ones too."""
    labs = {"doclab-stale": "4194305.7", "doclab-used": leftovers.owner(), "doclab-kept": "2.0"}
    engine = cast("Engine", Podman({"network ls": labs}, kept=["doclab-kept-kept"]))
    removed: list[str] = []
    monkeypatch.setattr(leftovers, "remove", lambda _engine, name: removed.append(name))
    assert leftovers.without_process(engine) == ["doclab-kept", "doclab-stale"]
    assert leftovers.remove_stale(engine) == removed == ["doclab-stale"]


def test_whatever_is_left_is_found() -> None:
    """A run may be killed when only a part of a lab is made, or left."""
    parts = {"network ls": "doclab-a", "volume ls": "doclab-b", "ps --all": "doclab-fill-7"}
    engine = cast("Engine", Podman({kind: {name: "2.0"} for kind, name in parts.items()}))
    assert leftovers.without_process(engine) == ["doclab-a", "doclab-b", "doclab-fill-7"]
