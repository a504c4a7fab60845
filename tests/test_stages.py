# SPDX-License-Identifier: Apache-2.0
"""A run from the pages to the reports, with shells of this computer for a lab."""

from __future__ import annotations

import argparse
import dataclasses
import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import LocalLab, Sites
from sphinx.util.docutils import docutils_namespace

from doclab import ledger, run, stages
from doclab.model import Fate, Ledger
from doclab.scenario_run import Outcome, ScenarioRun

TABS = """# Two tabs

```console
$ echo a
a
```

````{tabs}
```{tab} One
~~~console
$ echo one
one
~~~
```
```{tab} Two
~~~console
$ echo two
two
~~~
```
````
"""
PAGES = {"index": "# Title\n\n```{toctree}\npage\n```\n", "page": TABS}

Run = Callable[..., Ledger]


@pytest.fixture
def facts() -> dict[str, str]:
    """Return what is known of the lab before it is there; tests add to it."""
    return {}


@pytest.fixture
def run_site(
    sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, facts: dict[str, str]
) -> Run:
    """Return a function that runs the site as `doclab run` does, and reads its ledger."""
    homes = iter(range(100))

    def local_lab(*_arguments: object, **_options: object) -> LocalLab:
        home = tmp_path / f"home{next(homes)}"
        home.mkdir()
        return LocalLab(home)

    @contextmanager
    def workshop(*_arguments: object, **_options: object) -> Iterator[argparse.Namespace]:
        images = argparse.Namespace(facts=facts)
        lab_plan = argparse.Namespace(machines=("server", "laptop"), images=images)
        yield argparse.Namespace(engine=None, lab_plan=lab_plan, store=None, base="", files=files())

    def files() -> dict[str, str]:
        names = [path.name for path in sites.root.iterdir() if path.is_file()]
        return {name: (sites.root / name).read_text(encoding="utf-8") for name in names}

    machine = argparse.Namespace(versions=lambda: {"shell": "5"})
    monkeypatch.setattr("doclab.memory.recall", lambda *_a, **_o: None)  # nothing is begun
    monkeypatch.setattr("doclab.ahead.opened", workshop)
    monkeypatch.setattr("doclab.scenario_run.Lab", local_lab)
    monkeypatch.setattr(LocalLab, "start", lambda _lab: None)
    monkeypatch.setattr(LocalLab, "remove", lambda lab: lab.close_terminals())
    monkeypatch.setattr(LocalLab, "machine", lambda _lab, _name: machine)
    monkeypatch.chdir(sites.root)
    conf = sites.write(**PAGES) / "conf.py"
    conf.write_text(f"{conf.read_text()}\ndoclab_user = {getpass.getuser()!r}\n", encoding="utf-8")

    def run_them(*pages: str, status: int | None = None, **options: Any) -> Ledger:
        common: dict[str, Any] = {
            "docs": Path("docs"),
            "build": Path("build"),
            "word": None,
            "variant": None,
        }
        common |= {"keep": False, "jobs": 2, "cache": False, "twice": False}
        common |= {"lab": None, "output": None, "first": None}
        common |= {"update": False, "infer": None}
        parsed = argparse.Namespace(pages=pages, **{**common, **options})
        with docutils_namespace():
            ended = stages.test(parsed)
        found = ledger.read(Path("build/doctest/ledger.json"))
        assert ended == ((0 if found.green else 1) if status is None else status)
        return found

    return run_them


def test_the_whole_site(run_site: Run) -> None:
    """The ledger has all pages, results in the order of the plan, and when it was."""
    found = run_site()
    assert [(page.name, page.blocks) for page in found.pages] == [("index", 0), ("page", 3)]
    assert [(r.scenario, r.block.location.line) for r in found.results] == [
        *(("page[One]", 3), ("page[One]", 10), ("page[Two]", 3), ("page[Two]", 16))
    ]
    assert {result.fate for result in found.results} == {Fate.PASSED}
    assert found.green
    assert found.complete
    assert found.versions["shell"] == "5"
    assert found.seconds > 0
    assert found.started.endswith("+00:00")


@pytest.mark.parametrize(
    "options",
    [
        {"pages": ("docs/page.md",)},
        {"word": "echo"},
        {"variant": "One"},
        {"first": "docs/page.md:3"},
    ],
)
def test_a_part_of_the_site(run_site: Run, options: dict[str, Any]) -> None:
    """It is green, and does not claim to be the whole."""
    found = run_site(*options.pop("pages", ()), **options)
    assert found.green
    assert not found.complete


def test_a_result_that_is_lost(
    run_site: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A block without a fate makes the run red, and its place is named."""
    original = run.run_scenario

    def forgetful(*arguments: Any, **options: Any) -> object:
        done = original(*arguments, **options)
        del options["result_at_stop"][1:]
        return done

    monkeypatch.setattr(run, "run_scenario", forgetful)
    monkeypatch.setattr(run, "stopped", lambda *_arguments: [])
    found = run_site()
    assert found.complete
    assert not found.green
    assert found.errors == (
        "docs/page.md:10: this block has no fate in the scenario page[One].",
        "docs/page.md:16: this block has no fate in the scenario page[Two].",
    )
    assert "2 without a fate, 2 errors — RED" in capsys.readouterr().out
    assert not dataclasses.replace(found, errors=()).green


def test_a_capture_that_this_lab_skips(run_site: Run, sites: Sites, facts: dict[str, str]) -> None:
    """A value that would be compared with nothing stops the run before it starts."""
    shown = "```{run} console\n:vary: 80=port:web\n\n$ echo at 80\nat 80\n```\n\n"
    needed = f"## New\n\n```{{needs}} podman>=5.6\n```\n\n{shown}"
    text = f"# Page\n\n{needed}## All\n\n{shown}"
    (sites.docs / "page.md").write_text(text, encoding="utf-8")
    assert run_site().green
    facts["podman"] = "5.4.2"
    found = run_site()
    assert not found.results
    assert found.errors[0].startswith("docs/page.md:21: the value 'web' must be that of")


def test_what_went_wrong_outside_of_any_block(
    run_site: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All blocks passed, and the run is red all the same."""
    original = ScenarioRun.run

    def broken(self: ScenarioRun, at_end: Callable[[ScenarioRun], None] | None = None) -> Outcome:
        return dataclasses.replace(original(self, at_end), errors=("the machine is not clean.",))

    monkeypatch.setattr(ScenarioRun, "run", broken)
    found = run_site("docs/page.md")
    assert {result.fate for result in found.results} == {Fate.PASSED}
    assert found.errors == ("the machine is not clean.",) * 2
    assert not found.green


def fail_after_the_blocks(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let something go wrong as soon as all blocks have run."""
    original = run.run_all

    def run_all(*arguments: Any, **options: Any) -> None:
        original(*arguments, **options)
        raise error

    monkeypatch.setattr(run, "run_all", run_all)


@pytest.mark.parametrize("options", [{"update": True}, {"infer": 2}])
def test_an_interrupted_run_changes_no_page(
    run_site: Run, sites: Sites, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """What a person stopped is neither written nor right, whatever the blocks printed."""
    page = sites.docs / "page.md"
    page.write_text("# P\n\n```console\n$ echo new\nold\n```\n", encoding="utf-8")
    before = page.read_bytes()
    fail_after_the_blocks(monkeypatch, KeyboardInterrupt())
    found = run_site(status=130, **options)
    assert found.results
    assert found.errors == ("the run was interrupted.",)
    assert page.read_bytes() == before
    assert "docs/page.md:3: " not in capsys.readouterr().out.partition("RED")[2]


def test_a_fault_of_ours(run_site: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It costs neither the ledger nor the truth: the run is red, and says why."""
    fail_after_the_blocks(monkeypatch, RuntimeError("a slip"))
    found = run_site(status=1)
    assert {result.fate for result in found.results} == {Fate.PASSED}
    (error,) = found.errors
    assert error.startswith("doclab itself failed")
    assert "RuntimeError: a slip" in error


def test_output_that_is_always_wrong(run_site: Run, sites: Sites) -> None:
    """No placeholder mends a page that shows what never comes."""
    text = "# P\n\n```console\n$ echo new\nold\n```\n"
    (sites.docs / "page.md").write_text(text, encoding="utf-8")
    run_site(status=1, infer=2)


@pytest.fixture(scope="module")
def summary_of_ci(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the summary of the job that runs these tests, as GitHub's runner sets it."""
    path = tmp_path_factory.mktemp("ci") / "summary.md"
    with pytest.MonkeyPatch.context() as ci:
        ci.setenv("GITHUB_ACTIONS", "true")
        ci.setenv("GITHUB_STEP_SUMMARY", str(path))
        yield path


def test_the_summary_of_ci_is_not_ours(
    summary_of_ci: Path, run_site: Run, sites: Sites, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page that a test lets fail is no news for who looks at the job."""
    (sites.docs / "page.md").write_text("# P\n\n```bash\nfalse\n```\n", encoding="utf-8")
    assert not run_site().green
    assert not summary_of_ci.exists()
    assert "::error" not in capsys.readouterr().out
