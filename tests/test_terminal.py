"""A real shell says, without guessing, when a command has ended and how."""

from __future__ import annotations

import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from conftest import NONCE, Open, shell

from doclab.terminal import Outcome, StoppedError, Terminal, clean

DEADLINE = 20.0


def run(terminal: Terminal, text: str, deadline: float = DEADLINE) -> list[Outcome]:
    """Feed a text and return all outcomes."""
    return list(terminal.feed(text, deadline=deadline))


def status(outcome: Outcome) -> int:
    """Return the exit status of an outcome that has a prompt."""
    assert outcome.prompt is not None
    return outcome.prompt.status


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("true", 0),
        ("false", 1),
        ("(exit 7)", 7),
        ("false | true", 1),
        ("true | false | true", 1),
        ("yes | head --lines=1", 0),
        ("no-such-command-anywhere", 127),
        ("! true", 1),
    ],
)
def test_status(terminal: Terminal, command: str, expected: int) -> None:
    """The status is that of the whole pipeline."""
    (outcome,) = run(terminal, command)
    assert status(outcome) == expected


@pytest.mark.parametrize(
    "command",
    [
        "false; true",
        "(false; true)",
        "for i in 1 2; do false; true; done",
        "false | true; true",
        "f() { false; true; }; f",
        "x=$(false; echo)",
    ],
)
def test_a_failure_in_the_middle_is_noted(terminal: Terminal, command: str) -> None:
    """The status of the last command does not hide the others."""
    (outcome,) = run(terminal, command)
    assert status(outcome) == 0
    assert outcome.errors


@pytest.mark.parametrize(
    "command",
    [
        "false || true",
        "if false; then :; fi",
        "! false",
        "while false; do :; done",
        "yes | head --lines=1 > /dev/null; true",
        "grep --quiet x <<< y || echo no",
    ],
)
def test_a_failure_that_is_handled_is_none(terminal: Terminal, command: str) -> None:
    """A condition may be false."""
    (outcome,) = run(terminal, command)
    assert status(outcome) == 0
    assert outcome.errors == ()


def test_lines_are_fed_one_by_one(terminal: Terminal) -> None:
    """Each command has its own outcome, with the line on which it starts."""
    found = run(terminal, "echo a\n\n# a comment\nfor i in 1 2\ndo echo $i\ndone\ncat <<E\nx\nE")
    assert [(o.line, o.output) for o in found] == [(0, "a\n"), (3, "1\n2\n"), (6, "x\n")]


@pytest.mark.parametrize("command", ["echo 'a", "cat <<E\nx", "for i in 1", "( true"])
def test_an_incomplete_command_is_said_so(terminal: Terminal, command: str) -> None:
    """The shell is not left waiting, and works afterwards."""
    (outcome,) = run(terminal, command)
    assert outcome.problem is not None
    assert "not complete" in outcome.problem
    assert run(terminal, "echo on")[0].output == "on\n"


def test_state_persists(terminal: Terminal) -> None:
    """Directory and variables last from command to command."""
    run(terminal, "mkdir sub\ncd sub\nx=5")
    (outcome,) = run(terminal, 'echo "$x ${PWD##*/}"')
    assert outcome.output == "5 sub\n"


def test_a_nested_shell_is_recognised(terminal: Terminal) -> None:
    """What a command opens gets the next commands, until it is left."""
    assert terminal.prompt is not None
    outer = terminal.prompt.shell
    integration = shell(Path.cwd())[-2]
    (opened,) = run(terminal, f"bash --rcfile {integration} -i")
    assert opened.problem is None
    assert status(opened) == 0
    assert opened.prompt is not None
    assert opened.prompt.shell != outer
    run(terminal, "inner=1")
    (closed,) = run(terminal, "exit 3")
    assert closed.prompt is not None
    assert closed.prompt.shell == outer
    assert status(closed) == 3
    assert run(terminal, 'echo "[$inner]"')[0].output == "[]\n"


def test_large_output_stays_in_bounds(terminal: Terminal) -> None:
    """50 MB neither fill the memory nor hide the last line."""
    tracemalloc.start()
    (outcome,) = run(terminal, "head --bytes=50000000 /dev/zero | tr '\\0' x; echo; echo last", 60)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert outcome.problem is None
    assert outcome.output.endswith("\nlast\n")
    assert "bytes left out" in outcome.output
    assert peak < 8_000_000


def test_a_hanging_command_ends_at_its_deadline(terminal: Terminal) -> None:
    """What was printed until then is shown, and Ctrl-C brings the prompt back."""
    started = time.monotonic()
    (outcome,) = run(terminal, "echo before; cat", deadline=0.5)
    assert time.monotonic() - started < 5
    assert outcome.problem is not None
    assert "within 0.5 s" in outcome.problem
    assert outcome.output == "before\n"
    assert terminal.interrupt()
    assert run(terminal, "echo on")[0].output == "on\n"


@pytest.mark.parametrize("command", ["exit", "kill -9 $$", "exec true"])
def test_the_end_of_the_shell_is_noted(terminal: Terminal, command: str) -> None:
    """A terminal that is gone is no prompt."""
    (outcome,) = run(terminal, command)
    assert outcome.prompt is None
    assert outcome.problem == "it ended the terminal."


def test_jobs_are_listed(terminal: Terminal) -> None:
    """A job in the background is known, until it is ended."""
    (outcome,) = run(terminal, "sleep 60 &")
    assert outcome.prompt is not None
    assert len(outcome.prompt.jobs) == 1
    (outcome,) = run(terminal, "kill %1; wait %1 || true")
    assert outcome.prompt is not None
    assert outcome.prompt.jobs == ()


def test_output_without_a_last_newline(terminal: Terminal) -> None:
    """The report that follows is not taken for output."""
    assert run(terminal, "printf abc")[0].output == "abc"


def test_a_forged_report_is_only_output(terminal: Terminal) -> None:
    """Without the secret, a report means nothing."""
    (outcome,) = run(terminal, r"printf '\e]133;D;wrong;0;me@here;1;/;\a'; printf x; false")
    assert status(outcome) == 1
    assert outcome.output == "x"


def test_bytes_of_any_kind(terminal: Terminal) -> None:
    """Neither NUL nor broken UTF-8 stops the terminal."""
    (outcome,) = run(terminal, r"printf 'a\0b\xffc\u00e9\n'")
    assert outcome.output == "a\0b\N{REPLACEMENT CHARACTER}c\N{LATIN SMALL LETTER E WITH ACUTE}\n"


def test_a_stopped_run_ends_at_once(tmp_path: Path) -> None:
    """Whoever wants the run to end does not wait for the deadline."""
    stop = threading.Event()
    terminal = Terminal(shell(tmp_path), nonce=NONCE, stop=stop)
    terminal.wait_for_prompt(DEADLINE)
    threading.Timer(0.3, stop.set).start()
    with pytest.raises(StoppedError):
        run(terminal, "sleep 60")
    terminal.close()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("1%\r50%\r100%\r\ndone\r\n", "100%\ndone\n"),
        ("\x1b]0;title\x1b\\text", "text"),
    ],
)
def test_clean(raw: str, shown: str) -> None:
    """What a screen shows is what is compared."""
    assert clean(raw) == shown


def test_no_shell_at_all(open_terminal: Open) -> None:
    """A program that ends at once is no terminal."""
    assert open_terminal is not None
    terminal = Terminal(["true"], nonce=NONCE, stop=threading.Event())
    assert terminal.wait_for_prompt(DEADLINE).problem == "it ended the terminal."
    terminal.close()
