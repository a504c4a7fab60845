# SPDX-License-Identifier: Apache-2.0
"""The project as labs clone it, wherever and by whomever it is tested."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from doclab import repository
from doclab.model import DoclabError


def git(root: Path, *arguments: str) -> str:
    """Run Git in a directory."""
    return subprocess.run(
        ["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True
    ).stdout


def test_snapshot_is_the_work_tree(tmp_path: Path) -> None:
    """Changes that are not committed are there, and ignored files are not."""
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "--quiet")
    (root / ".gitignore").write_text("ignored\n", encoding="utf-8")
    (root / "new").write_text("changed\n", encoding="utf-8")
    (root / "ignored").write_text("x\n", encoding="utf-8")
    script = root / "script"
    script.write_text("#!/bin/sh\n", encoding="utf-8")
    script.chmod(0o755)
    copy = tmp_path / "copy.git"
    assert repository.snapshot(root, copy) == copy
    git(tmp_path, "clone", "--quiet", str(copy), "clone")
    clone = tmp_path / "clone"
    assert sorted(p.name for p in clone.iterdir() if p.name != ".git") == [
        ".gitignore",
        "new",
        "script",
    ]
    assert os.access(clone / "script", os.X_OK)


def test_no_checkout_no_snapshot(tmp_path: Path) -> None:
    """A release archive has no Git directory."""
    assert repository.snapshot(tmp_path, tmp_path / "copy.git") is None


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a checkout with one file."""
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=trunk")
    (root / "file").write_text("content\n", encoding="utf-8")
    return root


def test_links_stay_links(project: Path, tmp_path: Path) -> None:
    """To a file, to a directory, to nothing: where a link leads is what Git keeps of it."""
    targets = {"to-file": "file", "to-folder": "folder", "to-nothing": "missing"}
    (project / "folder").mkdir()
    for name, target in targets.items():
        (project / name).symlink_to(target)
    repository.snapshot(project, tmp_path / "copy.git")
    git(tmp_path, "clone", "--quiet", "copy.git", "clone")
    clone = tmp_path / "clone"
    assert {name: str((clone / name).readlink()) for name in targets} == targets
    copy = tmp_path / "copy"
    repository.copy_files(project, targets, copy)
    assert {name: str((copy / name).readlink()) for name in targets} == targets


def test_names_that_are_not_unicode(project: Path, tmp_path: Path) -> None:
    """Each name that the file system takes is a name."""
    name = os.fsdecode(b'caf\xe9 "1"')
    (project / name).write_text("x", encoding="utf-8")
    repository.snapshot(project, tmp_path / "copy.git")
    git(tmp_path, "clone", "--quiet", "copy.git", "clone")
    assert (tmp_path / "clone" / name).read_text(encoding="utf-8") == "x"


def test_beside_another_repository(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Git says to hooks and `rebase --exec` does not lead us into the user's repository."""
    monkeypatch.setenv("GIT_DIR", str(project / ".git"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "safe.bareRepository")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "explicit")
    copy = tmp_path / "copy.git"
    repository.snapshot(project, copy)
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_CONFIG_COUNT")
    assert git(copy, "ls-tree", "--name-only", "main") == "file\n"
    assert git(project, "for-each-ref") == ""


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("echo 'fatal: detected dubious ownership' >&2; exit 128", "ls-files: fatal: detected dub"),
        (None, "git is missing; install it"),
    ],
)
def test_a_git_that_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str | None, problem: str
) -> None:
    """That does not mean that there is no checkout."""
    folder = tmp_path / "bin"
    folder.mkdir()
    if program is not None:
        (folder / "git").write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
        (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(DoclabError, match=problem):
        repository.files(tmp_path)


def test_what_cannot_be_read(project: Path) -> None:
    """The message has the file and what to do; here it is gone, since root reads all."""
    with pytest.raises(DoclabError, match=r"project/gone: No such file.*make it readable"):
        repository.content(project / "gone")
