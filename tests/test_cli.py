"""The console script, as people type it."""

from __future__ import annotations

import json
import os
import shutil
import stat
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from conftest import Sites
from pytest_console_scripts import ScriptRunner

pytestmark = pytest.mark.script_launch_mode("subprocess")

PAGE = "# Title\n\n```console\n$ echo a\na\n```\n"


def environment(folder: Path, podman: str | None = None) -> dict[str, str]:
    """Return an environment with no Podman, or with a small script in its place."""
    programs = folder / "programs"
    programs.mkdir()
    for name in ("git", "nsenter", "cat", "stat", "sh", "shellcheck"):
        if (found := shutil.which(name)) is not None:
            (programs / name).symlink_to(found)
    if podman is not None:
        script = programs / "podman"
        script.write_text(f"#!/bin/sh\n{podman}\n", encoding="utf-8")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return {**os.environ, "PATH": str(programs)}


def ledger(root: Path) -> dict[str, list[object]]:
    """Read both reports; return the ledger."""
    ET.fromstring((root / "build/doctest/junit.xml").read_text(encoding="utf-8"))
    found: dict[str, list[object]] = json.loads(
        (root / "build/doctest/ledger.json").read_text(encoding="utf-8")
    )
    return found


def test_help(script_runner: ScriptRunner) -> None:
    """Each command is named."""
    done = script_runner.run(["doclab", "--help"])
    assert done.success
    for command in ("run", "list", "lint", "clean"):
        assert command in done.stdout


def test_list(script_runner: ScriptRunner, sites: Sites) -> None:
    """Each block is a line with its place."""
    sites.write(index=PAGE)
    done = script_runner.run(["doclab", "list"], cwd=str(sites.root))
    assert done.stdout == "docs/index.md:3: server: echo a\n"


@pytest.mark.parametrize(
    ("podman", "words"),
    [
        (None, "`nox -s host` installs it"),
        ("echo 3.4.4", "Podman 3.4.4 is too old: the lab needs 4.3 or later"),
        ("echo broken >&2; exit 125", "Podman does not work here: broken"),
    ],
)
def test_no_engine(
    script_runner: ScriptRunner, sites: Sites, podman: str | None, words: str
) -> None:
    """The message names the remedy, and the reports are written all the same."""
    sites.write(index=PAGE)
    doclab = str(shutil.which("doclab"))
    done = script_runner.run(
        [doclab, "run"], cwd=str(sites.root), env=environment(sites.root, podman)
    )
    assert done.returncode == 1
    assert words in done.stdout
    assert len(ledger(sites.root)["errors"]) == 1


def test_unknown_page(script_runner: ScriptRunner, sites: Sites) -> None:
    """The message names the pages that there are."""
    sites.write(index=PAGE)
    done = script_runner.run(["doclab", "run", "docs/nowhere.md"], cwd=str(sites.root))
    assert done.returncode == 1
    assert "docs/nowhere.md: there is no such page; pages with blocks are docs/index.md" in (
        done.stdout
    )
    assert ledger(sites.root)["errors"]


def test_author_mistake(script_runner: ScriptRunner, sites: Sites) -> None:
    """Place and remedy are shown, and nothing is run."""
    sites.write(index=PAGE + "\n```zsh\ntrue\n```\n")
    done = script_runner.run(["doclab", "run"], cwd=str(sites.root))
    assert done.returncode == 1
    assert "docs/index.md:8: a block in 'zsh', which nobody runs" in done.stdout


def test_unknown_option(script_runner: ScriptRunner, tmp_path: Path) -> None:
    """The usage is shown."""
    done = script_runner.run(["doclab", "run", "--no-such"], cwd=str(tmp_path))
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_lint(script_runner: ScriptRunner, sites: Sites) -> None:
    """What shellcheck finds has the place of the command."""
    sites.write(index="# Title\n\n```bash\ntrue\nrm $UNQUOTED\n```\n")
    done = script_runner.run(["doclab", "lint"], cwd=str(sites.root))
    assert done.returncode == 1
    assert "docs/index.md:5: SC2086" in done.stdout
