# SPDX-License-Identifier: Apache-2.0
"""On which files of the project labs depend."""

from __future__ import annotations

import subprocess

import pytest
from conftest import Sites

from doclab.model import DoclabError
from doclab.site import Site
from doclab.workshop import copy_for_clones, files_of_labs


@pytest.fixture
def project(sites: Sites) -> Site:
    """Return the site of a checkout that has files in all places."""
    docs = sites.write(index="# Title\n\n```bash\ntrue\n```\n")
    site = sites.collect()
    (sites.root / ".gitignore").write_text("/work/\n.gitignore\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(sites.root)], check=True)
    for path in (
        "install", "docs/how-to/app.yaml", "docs/how-to/part.md", "docs/_static/style.css",
        "docs/how-to/conf.py", "docs/how-to/_data/a.csv", "lab/machine/Containerfile",
    ):  # fmt: skip
        (sites.root / path).parent.mkdir(parents=True, exist_ok=True)
        (sites.root / path).write_text("text", encoding="utf-8")
    assert (docs / "conf.py").is_file()
    return site


def test_files_of_labs(project: Site) -> None:
    """All that a clone of the project can run, but not the pages, nor what only Sphinx reads."""
    assert set(files_of_labs(project, project.docs)) == {
        "install", "docs/how-to/app.yaml", "docs/how-to/conf.py", "docs/how-to/_data/a.csv",
        "lab/machine/Containerfile",
    }  # fmt: skip


def test_what_can_be_executed(project: Site) -> None:
    """A program that no longer can be executed is not the same."""
    before = files_of_labs(project, project.docs)
    (project.root / "install").chmod(0o755)
    after = files_of_labs(project, project.docs)
    assert before["install"] != after["install"]
    assert {**before, "install": b""} == {**after, "install": b""}


def test_a_project_that_cannot_be_cloned(sites: Sites) -> None:
    """An archive of it is no checkout; the run says so before a page does."""
    docs = sites.write(index="# Title\n\n```bash\ntrue\n```\n")
    assert copy_for_clones(sites.collect(), sites.root / "copy.git") is None
    with (docs / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write('doclab_repository = "https://git.example.org/x.git"\n')
    with pytest.raises(DoclabError, match=r"docs/conf\.py:\d+: .* `git init`\."):
        copy_for_clones(sites.collect(), sites.root / "copy.git")
    subprocess.run(["git", "init", "--quiet", str(sites.root)], check=True)
    assert copy_for_clones(sites.collect(), sites.root / "copy.git") is not None
