# SPDX-License-Identifier: Apache-2.0
"""The recipe of a lab's images: a directory of the site, which is looked at before it is used."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator
from pathlib import Path

from doclab.model import DoclabError


def check(recipe: Path, *, root: Path) -> None:
    """Look whether all is there of which images are made.

    Args:
        recipe: its directory.
        root: directory to which places in messages are relative.

    Raises:
        DoclabError: for all that is missing or wrong, one a line.
    """
    shown = Path(os.path.relpath(recipe, root))
    if mistakes := [f"{shown / place}: {said}" for place, said in _mistakes(recipe)]:
        raise DoclabError("\n".join(mistakes))


def default_base(recipe: Path, directory: str) -> str:
    """Return the base image that a Containerfile names."""
    path = recipe / directory / "Containerfile"
    found = re.search(r"^ARG BASE=(\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise DoclabError(f"{path}: the line `ARG BASE=IMAGE` is missing.")
    return found[1]


def python_packages(directory: Path) -> list[Path]:
    """Directories of the Python packages whose files an image is made of."""
    found = []
    for name in _listed(directory):
        package = _package(name)
        if package is None:
            listing = directory / "python-packages"
            raise DoclabError(f"{listing}: the Python package {name!r} is not installed.")
        found.append(package)
    return found


def _mistakes(recipe: Path) -> Iterator[tuple[str, str]]:
    yield from _mistakes_of(recipe, "machine", "the lab machine is made of it")
    yield from _mistakes_of(recipe, "registry", "the lab's registry of base images is made of it")
    if not (recipe / "images").is_dir():
        yield "images", "there is no such directory; make it, for the lab's base images."
        return
    for folder in sorted((recipe / "images").iterdir()):
        name = f"images/{folder.name}"
        if not folder.is_dir():
            yield name, "each base image has a directory here, and this is none; remove it."
            continue
        yield from _mistakes_of(recipe, name, "it makes the base image where no registry answers")
        reference = folder / "reference"
        if not reference.is_file() or len(reference.read_text(encoding="utf-8").split()) != 1:
            yield (
                f"{name}/reference",
                "write the name of the base image into it, such as `node:24`.",
            )


def _mistakes_of(recipe: Path, directory: str, use: str) -> Iterator[tuple[str, str]]:
    path = recipe / directory / "Containerfile"
    if not path.is_file():
        yield f"{directory}/Containerfile", f"there is no such file; write it: {use}."
    elif directory != "machine":  # whose base is that of the lab
        try:
            default_base(recipe, directory)
        except DoclabError:
            yield (
                f"{directory}/Containerfile",
                "the line `ARG BASE=IMAGE` is missing; write it above `FROM ${BASE}`.",
            )
    for name in _listed(recipe / directory):
        if not name.isidentifier():
            yield (
                f"{directory}/python-packages",
                f"{name!r} is no Python package; name one as `import` does, without dots.",
            )
        elif _package(name) is None:
            yield (
                f"{directory}/python-packages",
                f"there is no Python package {name!r} here; install it, or remove its line.",
            )


def _listed(directory: Path) -> list[str]:
    """Names of the Python packages that a directory of the recipe lists."""
    listing = directory / "python-packages"
    return listing.read_text(encoding="utf-8").split() if listing.is_file() else []


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name) if name.isidentifier() else None
    places = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(places))) if places else None
