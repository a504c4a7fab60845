# SPDX-License-Identifier: Apache-2.0
"""Base images: pulled, made from packages, or not to be had. Programs stand for Podman."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from test_engine import an_engine, podman

from doclab import bases
from doclab.bases import NoRegistryError
from doclab.model import DoclabError

EXPIRED = "E: Release file for http://x/forky/InRelease is expired (invalid since 18d)."


@pytest.mark.parametrize(
    ("base", "suite"),
    [("debian:trixie-slim", "trixie"), ("debian:forky", "forky"), ("fedora:43", ""),
     ("debian:13-slim", ""), ("my/debian:trixie", ""), ("debian", "")],
)  # fmt: skip
def test_suite(base: str, suite: str) -> None:
    """Only Debian's images can be made from packages, by the name of a suite."""
    assert bases.suite(base) == suite


class World:
    """A Podman and an mmdebstrap that do as they are told, and note how they are called."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put them first in PATH."""
        self.folder = folder
        self.said: list[str] = []
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def provide(self, base: str, *, pull: str, make: str = "exit 9") -> str:
        """Ask for a base image; return the calls."""
        calls = self.folder / "calls"
        program = podman(self.folder, f'echo "$@" >> {calls}\nif [ "$1" = pull ]; then {pull}; fi')
        maker = self.folder / "mmdebstrap"
        maker.write_text(f'#!/bin/sh\necho "make $@" >> {calls}\n{make}\n', encoding="utf-8")
        maker.chmod(0o755)
        bases.provide(an_engine(program), base, "tag", self.said.append)
        return calls.read_text(encoding="utf-8")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return programs."""
    return World(tmp_path, monkeypatch)


NO_ANSWER = "echo 'dial tcp: no such host' >&2; exit 125"


def test_pulled(world: World) -> None:
    """Where a registry answers, nothing is made."""
    assert world.provide("a:1", pull="echo id") == "pull --quiet a:1\ntag id tag\n"


def test_made(world: World) -> None:
    """The index of the mirror is checked as usual."""
    calls = world.provide("debian:forky-slim", pull=NO_ANSWER, make="exit 0").splitlines()
    assert calls[1].startswith("make --variant=minbase forky /")
    assert calls[2].startswith("import --quiet /")
    assert len(calls) == 3


def test_expired(world: World) -> None:
    """Only then is it taken although it has expired, and that is said."""
    make = f"case $* in *Check-Valid-Until*) ;; *) echo '{EXPIRED}' >&2; exit 25;; esac"
    calls = world.provide("debian:forky-slim", pull=NO_ANSWER, make=make).splitlines()
    assert '--aptopt=Acquire::Check-Valid-Until "false" forky' in calls[2]
    assert any("forky has expired" in line for line in world.said)


def test_other_failures_are_not_tried_again(world: World) -> None:
    """A bad signature stays an error."""
    with pytest.raises(DoclabError, match=r"mmdebstrap could not make debian:forky-slim"):
        world.provide("debian:forky-slim", pull=NO_ANSWER, make="echo 'E: bad' >&2; exit 25")
    assert (world.folder / "calls").read_text().count("make") == 1


def test_not_to_be_had(world: World) -> None:
    """That is an error of its own."""
    with pytest.raises(NoRegistryError, match=r"no image registry answers, and fedora:43 cannot"):
        world.provide("fedora:43", pull=NO_ANSWER)


def test_refused(world: World) -> None:
    """A registry that answers is a registry."""
    with pytest.raises(DoclabError, match="the image registry has no such image") as caught:
        world.provide("fedora:430", pull="echo 'manifest unknown' >&2; exit 125")
    assert not isinstance(caught.value, NoRegistryError)
