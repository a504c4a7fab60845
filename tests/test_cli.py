# SPDX-License-Identifier: Apache-2.0
"""The console script, as people type it."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from conftest import Sites
from ledgers import green, realistic
from pytest_console_scripts import ScriptRunner

from doclab import cli
from doclab.ledger import dump, load
from doclab.model import Ledger
from doclab.reports.html import to_html
from doclab.reports.junit import to_junit
from doclab.reports.table import to_table

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


def ledger(root: Path) -> Ledger:
    """Read the ledger, and see that the other reports are its."""
    found = load((root / "build/doctest/ledger.json").read_text(encoding="utf-8"))
    assert (root / "build/doctest/junit.xml").read_text(encoding="utf-8") == to_junit(found)
    assert (root / "build/doctest/report.html").read_text(encoding="utf-8") == to_html(found)
    return found


@pytest.mark.script_launch_mode("subprocess")  # as people start it
def test_help(script_runner: ScriptRunner) -> None:
    """Each command is named."""
    done = script_runner.run(["doclab", "--help"])
    assert done.success
    for command in ("run", "ledger", "report", "list", "lint", "clean"):
        assert command in done.stdout


@pytest.mark.script_launch_mode("subprocess")
def test_a_terminal_without_unicode(script_runner: ScriptRunner, sites: Sites) -> None:
    """What it cannot show stands there in another way."""
    sites.write(index="# Title\n\n```console\n$ echo ✓\n✓\n```\n")
    poor = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = script_runner.run(["doclab", "list"], cwd=str(sites.root), env=poor)
    assert done.success
    assert done.stdout == "docs/index.md:3: server: echo \\u2713\n"


def test_list(script_runner: ScriptRunner, sites: Sites) -> None:
    """Each block is a line with its place."""
    sites.write(index=PAGE + "\n```bash\necho a \\\n  b\necho c\n```\n")
    done = script_runner.run(["doclab", "list"], cwd=str(sites.root))
    assert done.stdout.splitlines() == [
        "docs/index.md:3: server: echo a",
        "docs/index.md:8: server: echo a \\",
    ]


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
    assert len(ledger(sites.root).errors) == 1


def test_unknown_page(script_runner: ScriptRunner, sites: Sites) -> None:
    """The message names the pages that there are."""
    sites.write(index=PAGE)
    done = script_runner.run(["doclab", "run", "docs/nowhere.md"], cwd=str(sites.root))
    assert done.returncode == 1
    assert "docs/nowhere.md: there is no such page; pages with blocks are docs/index.md" in (
        done.stdout
    )
    assert ledger(sites.root).errors


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


@pytest.mark.parametrize(("found", "status"), [(green(), 0), (realistic(), 1)])
def test_ledger(script_runner: ScriptRunner, tmp_path: Path, found: Ledger, status: int) -> None:
    """The table is printed, and the exit status says whether all is well."""
    (tmp_path / "build" / "doctest").mkdir(parents=True)
    (tmp_path / "build" / "doctest" / "ledger.json").write_text(dump(found), encoding="utf-8")
    done = script_runner.run(["doclab", "ledger"], cwd=str(tmp_path))
    assert (done.returncode, done.stdout) == (status, f"{to_table(found)}\n")


def test_no_ledger(script_runner: ScriptRunner, tmp_path: Path) -> None:
    """The message says how to get one."""
    done = script_runner.run(["doclab", "ledger"], cwd=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == (
        "doclab: build/doctest/ledger.json: there is no ledger;"
        " `nox -s doctest` writes a new one.\n"
    )


def test_report(script_runner: ScriptRunner, tmp_path: Path) -> None:
    """The reports are written beside the file, which stays as it is."""
    (tmp_path / "old.json").write_text(dump(realistic()), encoding="utf-8")
    done = script_runner.run(["doclab", "report", "old.json"], cwd=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "junit.xml\nreport.html\n")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == to_html(realistic())
    assert (tmp_path / "old.json").read_text(encoding="utf-8") == dump(realistic())
    assert not (tmp_path / "ledger.json").exists()


def test_github(script_runner: ScriptRunner, sites: Sites) -> None:
    """There, mistakes are annotated where they are, and the summary goes on."""
    sites.write(index=PAGE + "\n```zsh\ntrue\n```\n")
    summary = sites.root / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    done = script_runner.run(
        ["doclab", "run"], cwd=str(sites.root), env={**os.environ, **environment}
    )
    assert "\n::error file=docs/index.md,line=8,title=Error::a block in" in done.stdout
    assert summary.read_text(encoding="utf-8").startswith("before\n## ")


def test_lint_of_expectations(script_runner: ScriptRunner, sites: Sites) -> None:
    """An expectation that checks nothing is a problem too."""
    sites.write(index="# Title\n\n```console\n$ echo a\na\n$ printf 'a\\n'\na\n```\n")
    done = script_runner.run(["doclab", "lint"], cwd=str(sites.root))
    assert done.returncode == 1
    assert "docs/index.md:7: what the page shows for the command before it" in done.stdout


def test_lint_of_the_list_of_survivors(script_runner: ScriptRunner, sites: Sites) -> None:
    """It names mutants that there are; it is found out before a run of them."""
    docs = sites.write(index="# Title\n\n```bash\ntrue\n```\n")
    with (docs / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write("doclab_survivors = 'survivors.toml'\n")
    entry = "[[survivor]]\nmutant = 'docs/index.md: block dropped: {}'\nreason = 'why'\n"
    (docs / "survivors.toml").write_text(entry.format("true"), encoding="utf-8")
    assert script_runner.run(["doclab", "lint"], cwd=str(sites.root)).returncode == 0
    (docs / "survivors.toml").write_text(entry.format("false"), encoding="utf-8")
    done = script_runner.run(["doclab", "lint"], cwd=str(sites.root))
    assert done.returncode == 1
    assert "'docs/index.md: block dropped: false'" in done.stdout


@pytest.mark.parametrize("command", ["run", "mutants"])
@pytest.mark.parametrize("jobs", ["0", "-1", "x"])
def test_no_jobs(command: str, jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing would ever be done."""
    with pytest.raises(SystemExit):
        cli._parser().parse_args([command, "--jobs", jobs])
    assert "is no number of jobs; write 1 or more" in capsys.readouterr().err
