# SPDX-License-Identifier: Apache-2.0
"""Each file that a person could copy alone says under which licence it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclab import repository

ROOT = Path(__file__).resolve().parents[1]
# Those in which a comment would be in the way: data, what is served, what is compared.
WITHOUT = (".json", ".txt", ".md", ".svg", ".html", ".jinja", ".typed", ".in", ".apt", ".dnf")
PLACES = ("tests/snapshots/", "tests/roots/", "examples/example3/site/")
NAMES = ("LICENSE", ".gitignore", "reference", "python-packages", "Caddyfile")

FILES = sorted(
    name
    for name in repository.files(ROOT) or ()
    if not name.startswith(PLACES) and Path(name).suffix not in WITHOUT
    if Path(name).name not in NAMES
)


@pytest.mark.parametrize("name", FILES)
def test_licence(name: str) -> None:
    """What is in examples/ asks nothing of who copies it."""
    licence = "MIT-0" if name.startswith("examples/") else "Apache-2.0"
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    said = [line.strip("#/*- ") for line in lines]
    assert said.count(f"SPDX-License-Identifier: {licence}") == 1
