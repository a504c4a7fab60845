# SPDX-License-Identifier: Apache-2.0
"""Images of labs: one never replaces that of another lab. A program stands for Podman."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest
from test_engine import an_engine, podman

from doclab.images import ImageStore
from doclab.model import DoclabError

# Knows the images in a file; `run` says what is in the machine; all calls are noted.
PODMAN = r"""
cd {folder}
echo "$@" >> calls
case "$1 $2" in
  "image exists") grep -qxF "$3" images;;
  "image inspect") shift 3; for a; do grep -qxF "$a" images || exit 1
    echo "$(grep -c -e "--tag=$a" calls)-$a" '{{"doclab": "", "doclab.facts.podman": "5.8.6"}}'
    done;;
  "images "*) cat images;;
  "pull "*) echo id;;
  "run "*) case "$*" in *-bare*) echo podman=5.8.6;; esac;;
  "port "*) echo 127.0.0.1:5;;
  "tag "*) echo "$3" >> images;;
  "commit "*) echo "$4" >> images;;
  "build "*) for a; do case $a in --tag=*) echo "${{a#--tag=}}" >> images;; esac; done;;
esac
"""


class Store:
    """A recipe, and a store that is a file."""

    def __init__(self, folder: Path) -> None:
        """Write the recipe."""
        self.folder = folder
        self.images_file = folder / "images"
        self.images_file.touch()
        self.recipe = folder / "recipe"
        for name in ("machine", "registry", "images/node"):
            (self.recipe / name).mkdir(parents=True)
            (self.recipe / name / "Containerfile").write_text("ARG BASE=debian:trixie-slim\n")
        (self.recipe / "images/node/reference").write_text("node:24\n")
        program = podman(folder, PODMAN.format(folder=folder))
        self.store = ImageStore(an_engine(program), self.recipe, lambda _: None)

    @property
    def calls(self) -> list[str]:
        """How Podman was called."""
        return (self.folder / "calls").read_text().splitlines()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store with nothing in it."""
    return Store(tmp_path)


def test_labs_have_images_of_their_own(store: Store) -> None:
    """One machine for each lab, one registry for all."""
    old = store.store.ensure("trixie", "debian:trixie-slim")
    new = store.store.ensure("forky", "debian:forky-slim")
    assert old.machine.startswith("localhost/doclab-machine-trixie:")
    assert new.machine.startswith("localhost/doclab-machine-forky:")
    assert old.registry == new.registry
    assert new.facts == {"podman": "5.8.6", "kernel": platform.release()}
    assert any("--label=doclab.facts.podman=5.8.6" in call for call in store.calls)


def test_what_is_built_anew_is_another(store: Store) -> None:
    """Its packages may be newer, by the same recipe: no snapshot of the old one fits."""
    old = store.store.ensure("trixie", "debian:trixie-slim")
    assert store.store.ensure("trixie", "debian:trixie-slim") == old
    store.images_file.write_text(f"{old.registry}\n")
    new = store.store.ensure("trixie", "debian:trixie-slim")
    assert (new.machine, new.registry) == (old.machine, old.registry)
    assert new.contents[0] != old.contents[0]
    assert new.contents[1] == old.contents[1]


def test_only_older_ones_of_the_same_lab_go(store: Store) -> None:
    """Even if Podman lists others."""
    store.images_file.write_text(
        "localhost/doclab-machine-forky:0\nlocalhost/doclab-machine-trixie:0\n"
        "localhost/doclab-machine:0\nlocalhost/doclab-machine-trixie2:0\n"
    )
    store.store.ensure("trixie", "debian:trixie-slim")
    removed = [c for c in store.calls if c.startswith("rmi ") and c.endswith(":0")]
    assert removed == ["rmi localhost/doclab-machine-trixie:0"]


def test_once(store: Store) -> None:
    """What is there is not built again, and what the recipe changes is."""
    first = store.store.ensure("a", "debian:trixie-slim")
    before = len([c for c in store.calls if c.startswith("build")])
    assert store.store.ensure("a", "debian:trixie-slim") == first
    assert len([c for c in store.calls if c.startswith("build")]) == before
    (store.recipe / "machine" / "new").touch()
    assert store.store.ensure("a", "debian:trixie-slim").machine != first.machine


def test_a_recipe_without_a_base(store: Store) -> None:
    """The message says what is missing."""
    (store.recipe / "registry" / "Containerfile").write_text("FROM x\n")
    with pytest.raises(DoclabError, match=r"the line `ARG BASE=IMAGE` is missing"):
        store.store.ensure("a", "debian:trixie-slim")


def test_an_incomplete_recipe(store: Store) -> None:
    """It is refused before anything is built."""
    (store.recipe / "images" / "node" / "reference").unlink()
    with pytest.raises(DoclabError, match=r"images/node/reference: write the name"):
        ImageStore(an_engine(Path("false")), store.recipe, lambda _: None)
