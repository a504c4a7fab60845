# SPDX-License-Identifier: Apache-2.0
"""A lab is up when its machines know its registry by name. A program stands for Podman."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from test_engine import an_engine, podman

from doclab import registry
from doclab.machine import Machine
from doclab.model import DoclabError

# The name is known after two more containers have come to the network.
PODMAN = """
case "$1" in
  exec) [ "$(cat {folder}/came | wc -l)" -ge {needed} ];;
  run) echo "$@" >> {folder}/came;;
esac
"""


def wait(folder: Path, needed: int, *, stopped: bool = False) -> list[str]:
    """Wait for the name; return the containers that came to the network meanwhile."""
    (folder / "came").touch()
    program = podman(folder, PODMAN.format(folder=folder, needed=needed))
    stop = threading.Event()
    if stopped:
        stop.set()
    machine = Machine(name="server", container="c", engine=an_engine(program), stop=stop)
    registry.wait_until_known(machine, image="i", network="n", labels=["--label=l"])
    return (folder / "came").read_text(encoding="utf-8").splitlines()


def test_a_name_that_is_known(tmp_path: Path) -> None:
    """Nothing more is done."""
    assert wait(tmp_path, 0) == []


def test_a_name_that_is_lost(tmp_path: Path) -> None:
    """The name server is made to read its files anew."""
    came = wait(tmp_path, 2)
    assert len(came) == 2
    assert "--rm --label=l" in came[0]
    assert "--network=n --entrypoint=/bin/true i" in came[0]


def test_a_name_that_stays_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what is wrong."""
    monkeypatch.setattr(registry, "KNOWN_SECONDS", 0.05)
    with pytest.raises(DoclabError, match="'server' does not know 'registry' by its name"):
        wait(tmp_path, 1000)


def test_a_run_that_ends(tmp_path: Path) -> None:
    """Nobody waits after Ctrl-C."""
    assert wait(tmp_path, 1000, stopped=True) == []
