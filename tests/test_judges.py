# SPDX-License-Identifier: Apache-2.0
"""The project's own tests as judges of mutants."""

from __future__ import annotations

import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from conftest import PATIENCE, Snapshot

from doclab import judges, mutants
from doclab.model import DoclabError
from doclab.mutants import By, Kind, Mutant
from doclab.terminal import StoppedError

TEXT = "first\nsecond\n"


def python(script: str) -> str:
    """Return a command that runs this; it can use `text`, the content of one/a.js."""
    start = "import sys, pathlib; text = pathlib.Path('one/a.js').read_text();"
    return shlex.join([sys.executable, "-c", f"{start}{script}"])


#: Red when the second line is not as it should be.
SECOND = python("sys.exit('second\\n' not in text)")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with two copies of a file, and one that Git ignores."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.js").write_text(TEXT, encoding="utf-8")
    (tmp_path / ".gitignore").write_text("big\n", encoding="utf-8")
    (tmp_path / "big").write_text("", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def removed(line: int) -> Mutant:
    """Return the mutant that removes a line of both copies."""
    found = mutants.of_files({Path("one/a.js"): TEXT, Path("two/a.js"): TEXT})
    return next(m for m in found if m.kind is Kind.REMOVED and m.location.line == line)


def opened(
    project: Path,
    commands: Mapping[str, str],
    *,
    files: str = "*",
    stop: threading.Event | None = None,
) -> AbstractContextManager[judges.Judges]:
    """Open a judge that gets the files of a pattern."""
    names = judges.given(project, [files])
    return judges.opened(commands, project, names, count=1, stop=stop or threading.Event())


def judged(project: Path, line: int, command: str = SECOND) -> str:
    """Return what turns red when a line is removed."""
    commands = {"one/*.js": command}
    with opened(project, commands) as found:
        found.check(command)
        verdict = found.run(removed(line))
        assert verdict.by is By.TESTS
        return verdict.killed_by


def test_red_and_green(project: Path) -> None:
    """Status 1 is red, 0 is not; the project itself is not touched."""
    assert judged(project, 1) == ""
    assert judged(project, 2) == f"`{SECOND}`"
    assert (project / "one" / "a.js").read_text(encoding="utf-8") == TEXT


def test_the_test_is_named(project: Path) -> None:
    """As pytest does."""
    script = "'first' in text or (print('x\\nFAILED tests/a.py::b - no'), sys.exit(1))"
    assert judged(project, 1, python(script)) == "tests/a.py::b"


def test_copies_are_broken_too(project: Path) -> None:
    """So a test that they are the same says nothing about a mutant."""
    same = "sys.exit(text != pathlib.Path('two/a.js').read_text())"
    assert judged(project, 1, python(same)) == ""


def test_the_copy_of_the_project(project: Path) -> None:
    """It has the project's files, and none that Git ignores."""
    assert judged(project, 1, python("sys.exit(pathlib.Path('big').exists())")) == ""
    assert judged(project, 1, python("sys.exit(not pathlib.Path('.gitignore').exists())")) == ""


def test_one_mutant_after_the_other(project: Path) -> None:
    """The copy of the project is whole again after each."""
    with opened(project, {"*.js": SECOND}) as found:
        found.check(SECOND)
        fates = [found.run(removed(line)).killed_by for line in (2, 1, 2)]
    assert [bool(fate) for fate in fates] == [True, False, True]


def test_which_commands_judge(project: Path) -> None:
    """Those whose pattern fits the file or a copy, each once."""
    commands = {"one/*": "a", "two/*.js": "b", "*.js": "a", "*.capnp": "c"}
    with opened(project, commands) as found:
        assert found.of(removed(1)) == ["a", "b"]
        assert found.of(Mutant(kind=Kind.REMOVED, location=removed(1).location, text="")) == ["a"]


@pytest.mark.parametrize(
    "script", ["sys.exit(1)", "sys.exit(2)", "print('why'); sys.exit('second' in text)"]
)
def test_a_judge_that_is_red_anyway(project: Path, script: str) -> None:
    """It could judge nothing."""
    with pytest.raises(DoclabError, match="while nothing is broken"):
        judged(project, 1, python(script))


def test_a_judge_that_breaks_down(project: Path) -> None:
    """Neither 0 nor 1: it proves nothing."""
    with pytest.raises(DoclabError, match="status 3, which proves nothing"):
        judged(project, 1, python("sys.exit(0 if 'first' in text else 3)"))


def test_a_judge_that_is_not_there(project: Path) -> None:
    """The setting is named."""
    with pytest.raises(DoclabError, match="doclab_judges: `no-such-command` cannot be run"):
        judged(project, 1, "no-such-command")


def test_an_endless_mutant_is_red(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not come to its end, though it did before, is broken."""
    monkeypatch.setattr(judges, "LEAST_SECONDS", 0.5)
    monkeypatch.setattr(judges, "PATIENCE", 0)
    script = "import time; time.sleep(0 if 'first' in text else 1000)"
    assert judged(project, 1, python(script)).endswith("which had not ended after 0 s")


def test_a_judge_is_stopped(project: Path) -> None:
    """Soon, and without a verdict."""
    stop = threading.Event()
    command = python("import time; time.sleep(0 if 'first' in text else 1000)")
    with opened(project, {"*.js": command}, stop=stop) as found:
        found.check(command)
        threading.Timer(0.5, stop.set).start()
        start = time.monotonic()
        with pytest.raises(StoppedError):
            found.run(removed(1))
    assert time.monotonic() - start < PATIENCE


def message(commands: Mapping[str, str], names: Sequence[str] = ("one/a.js", "two/a.js")) -> str:
    """Return what is said of patterns."""
    with pytest.raises(DoclabError) as caught:
        judges.check_patterns(commands, [removed(1)], names)
    return str(caught.value)


def test_a_pattern_that_fits_nothing(snapshot: Snapshot) -> None:
    """It is a mistake."""
    names = ("one/a.js", "two/a.js")
    judges.check_patterns({"one/*.js": "a", "two/*": "b"}, [removed(1)], names)
    snapshot(message({"one/*.js": "a", "*.capnp": "b"}))


def test_judges_get_what_is_named(project: Path) -> None:
    """And nothing else, so that nothing else can change what they say."""
    assert sorted(judges.given(project, ["*.js"])) == ["one/a.js", "two/a.js"]
    there = python("sys.exit(pathlib.Path('.gitignore').exists())")
    with opened(project, {"*": there}, files="*.js") as found:
        found.check(there)


def test_files_that_are_not_there(project: Path, snapshot: Snapshot) -> None:
    """A pattern that matches no file is a mistake."""
    with pytest.raises(DoclabError) as caught:
        judges.given(project, ["*.js", "test/*"])
    snapshot(str(caught.value))


def test_a_judged_file_that_is_not_given(snapshot: Snapshot) -> None:
    """Nothing can be broken that a judge does not get."""
    judges.check_patterns({}, [removed(1)], ["one/a.js"])
    snapshot(message({"one/*.js": "a"}, ["one/a.js"]))
