# SPDX-License-Identifier: Apache-2.0
"""A run that updates the pages, from the command line to the file."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import LocalLab, Sites, Snapshot
from sphinx.util.docutils import docutils_namespace

from doclab import cli, scenario_run
from doclab.machine import Machine
from doclab.snapshots import SnapshotStore
from doclab.workshop import Workshop

PAGE = """# T

```console
$ echo 1
old
```

```{run} console
:vary: 4711=number

$ echo "process $$"
pid 4711
```
"""


class StageMachine(Machine):
    """A machine without versions."""

    def versions(self) -> dict[str, str]:
        """Return none."""
        return {}


class StageLab(LocalLab):
    """A lab of local shells that can be started."""

    def start(self, *, restored: object = None) -> None:
        """Do nothing: a shell starts when it is used."""

    def machine(self, name: str) -> Machine:
        """Return a machine that is asked for its versions only."""
        return object.__new__(StageMachine)

    def remove(self) -> None:
        """Close the shells."""
        self.close_terminals()


@pytest.fixture
def local(sites: Sites, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sites:
    """Run the stages with local shells in the place of a container engine."""
    home = tmp_path / "home"
    home.mkdir()
    machines = StageLab(home)

    @contextlib.contextmanager
    def opened(*_arguments: object, **_options: object) -> Iterator[Workshop]:
        yield Workshop(
            engine=machines._engine,
            lab_plan=machines._plan,
            store=SnapshotStore(machines._engine, project=home),
            base="",
            files={},
        )

    monkeypatch.chdir(sites.root)
    monkeypatch.setattr("doclab.memory.recall", lambda *_a, **_o: None)  # nothing is begun
    monkeypatch.setattr("doclab.ahead.opened", opened)
    monkeypatch.setattr(scenario_run, "Lab", lambda _engine, _plan, stop: StageLab(home, stop))
    return sites


def site(local: Sites, **pages: str) -> Path:
    """Write pages that the user of this computer types."""
    docs = local.write(**pages)
    with (docs / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write(f"doclab_user = {getpass.getuser()!r}\n")
    return docs


def run(*arguments: str, cache: bool = False) -> int:
    """Run the pages as the command line does."""
    words = ["run", "--jobs", "1", *([] if cache else ["--no-cache"]), *arguments]
    options: argparse.Namespace = cli._parser().parse_args(words)
    with docutils_namespace():
        return int(options.run(options))


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was printed last."""
    text = capsys.readouterr().out
    return re.sub(r"\n(build/\S+, )*build/\S+\n", "\n", text[text.rindex(" s] ") :])


def test_update(local: Sites, capsys: pytest.CaptureFixture[str], snapshot: Snapshot) -> None:
    """All new output is written at once; a second run changes nothing; a third is green."""
    page = site(local, index=PAGE) / "index.md"
    assert run() == 1
    assert "nox -s doctest -- index --update" in said(capsys)
    assert page.read_text(encoding="utf-8") == PAGE
    assert run("--update") == 0
    text = said(capsys)
    snapshot(text[text.index("\n") :].strip())
    written = page.read_text(encoding="utf-8")
    assert written == PAGE.replace("old", "1").replace("pid 4711", "process 4711")
    assert run("--update") == 0
    assert "No output is written." in said(capsys)
    assert page.read_text(encoding="utf-8") == written
    assert run() == 0


def test_the_ledger_of_an_update_is_red(local: Sites) -> None:
    """What was not as the page said stays in the ledger, until the page is run again."""
    site(local, index=PAGE)
    assert run("--update") == 0
    ledger = json.loads((local.root / "build/doctest/ledger.json").read_text(encoding="utf-8"))
    assert [result["fate"] for result in ledger["results"]] == ["failed", "failed"]


def test_twice(local: Sites) -> None:
    """New output does not end the first of two passes."""
    page = site(local, index=PAGE) / "index.md"
    assert run("--twice", "--update") == 0
    assert "process 4711" in page.read_text(encoding="utf-8")


def test_no_snapshot_of_new_output(local: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the pages do not show yet is run again the next time."""
    other = "---\norphan: true\n---\n# O\n\n```{prerequisites} index\n```\n\n```bash\ntrue\n```\n"
    site(local, index=PAGE, other=other)
    looked_for: list[str] = []
    monkeypatch.setattr(SnapshotStore, "find", lambda _store, key: looked_for.append(key))
    assert run("--update", cache=True) == 0
    assert len(looked_for) == 1  # before the run, and not after it to take one
    looked_for.clear()
    assert run("--infer", "2", cache=True) == 0
    assert looked_for == []  # what comes from a snapshot does not vary


def test_a_real_failure(local: Sites, capsys: pytest.CaptureFixture[str]) -> None:
    """New output before it is written, and the run is red all the same."""
    page = site(local, index=f"{PAGE}\n```bash\nfalse\n```\n") / "index.md"
    assert run("--update") == 1
    text = said(capsys)
    assert "its exit status is 1, not 0" in text
    assert "New output of 2 commands is written to docs/index.md" in text
    assert "old" not in page.read_text(encoding="utf-8")


def test_output_that_is_refused(local: Sites, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be shown stays, and the run is red."""
    page = site(local, index="# T\n\n```console\n$ echo '$ x'\nold\n```\n") / "index.md"
    before = page.read_bytes()
    assert run("--update") == 1
    assert "docs/index.md:4: not updated: a line of the output looks like" in said(capsys)
    assert page.read_bytes() == before


def test_infer(local: Sites, capsys: pytest.CaptureFixture[str]) -> None:
    """What differs between runs is proposed, and nothing is written."""
    text = "# T\n\n```console\n$ echo pid $$\npid 1\n```\n"
    page = site(local, index=text) / "index.md"
    assert run("--infer", "2") == 0
    assert said(capsys).endswith("docs/index.md:3: add `:vary: 1=number`\n")
    assert page.read_text(encoding="utf-8") == text


def test_a_name_that_a_page_has_is_not_proposed(
    local: Sites, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another page may give it to another value; what is proposed can be pasted in."""
    blocks = ["pid $$", "it is $$"]
    text = "".join(f"\n```console\n$ echo {one}\n{one.replace('$$', '1')}\n```\n" for one in blocks)
    named = "".join(
        f"\n```{{run}} console\n:vary: 5=number:number-1\n\n$ echo 5 {one}\n5 {one}\n```\n"
        for one in "ab"
    )
    docs = site(local, index=f"# T\n{text}", other=f"---\norphan: true\n---\n# O\n{named}")
    assert run("index", "--infer", "2") == 0
    assert said(capsys).split("\n")[-3:-1] == [
        "docs/index.md:3: add `:vary: 1=number:number-2`",
        "docs/index.md:8: add `:vary: 1=number:number-2`",
    ]
    pasted = text.replace("```console", "```{run} console\n:vary: 1=number:number-2\n")
    (docs / "index.md").write_text(f"# T\n{pasted}{named}", encoding="utf-8")
    assert run("index") == 0


def test_infer_of_what_is_broken(local: Sites, capsys: pytest.CaptureFixture[str]) -> None:
    """A failure is a failure, and ends the runs."""
    site(local, index="# T\n\n```bash\nfalse\n```\n")
    assert run("--infer", "3") == 1
    assert capsys.readouterr().out.count("starting the machines") == 1


@pytest.mark.parametrize(
    "arguments", [["--infer", "1"], ["--infer", "x"], ["--update", "--infer", "2"]]
)
def test_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Options that make no sense are refused."""
    with pytest.raises(SystemExit):
        cli._parser().parse_args(["run", *arguments])
    assert "--infer" in capsys.readouterr().err


def test_weak_expectations_do_not_run(local: Sites, capsys: pytest.CaptureFixture[str]) -> None:
    """The lint comes before the lab."""
    site(local, index="# T\n\n```console\n$ echo a\na\n$ echo  a\na\n```\n")
    assert run() == 1
    text = capsys.readouterr().out
    assert "docs/index.md:7: what the page shows for the command before it, `echo a`" in text
    assert "starting the machines" not in text
