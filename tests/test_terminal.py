# SPDX-License-Identifier: Apache-2.0
"""A real shell says, without guessing, when a command has ended and how."""

from __future__ import annotations

import os
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from conftest import INTEGRATION, NONCE, Open, shell

from doclab.outcome import Outcome, Problem
from doclab.screen import clean
from doclab.terminal import StoppedError, Terminal

DEADLINE = 20.0


def run(terminal: Terminal, text: str, deadline: float = DEADLINE) -> list[Outcome]:
    """Feed a text and return all outcomes."""
    return list(terminal.feed(text, deadline=deadline))


def status(outcome: Outcome) -> int:
    """Return the exit status of an outcome that has a prompt."""
    assert outcome.status is not None
    return outcome.status


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
    assert outcome.problem is Problem.INCOMPLETE
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


@pytest.fixture
def nested(terminal: Terminal) -> Terminal:
    """Return a terminal in which a shell that is started has the integration too."""
    run(terminal, f"echo . {INTEGRATION} > ~/.bashrc")
    return terminal


@pytest.mark.parametrize("command", ["bash", "exec bash", "env A=b bash", "bash -i", "(bash)"])
def test_shells_that_a_page_opens(nested: Terminal, command: str) -> None:
    """Each is a terminal as before."""
    for text, output in ((command, ""), ("echo a", "a\n"), ("(exit 3)", "")):
        (outcome,) = run(nested, text)
        assert (outcome.output, outcome.problem) == (output, None)
    assert status(outcome) == 3
    if not command.startswith("exec"):
        (outcome,) = run(nested, "exit 4")
        assert (outcome.output, status(outcome)) == ("exit\n", 4)
    assert run(nested, "echo b")[0].output == "b\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="su asks for a password unless root runs it")
def test_su(nested: Terminal) -> None:
    """The shell of another login is known, and is left again."""
    assert nested.prompt is not None
    outer = nested.prompt.shell
    for text in ("su --preserve-environment", "echo a", "exit"):
        (outcome,) = run(nested, text)
        assert outcome.prompt is not None
        assert (outcome.prompt.shell == outer) is (text == "exit")


def test_shell_options_of_a_page(terminal: Terminal) -> None:
    """`set -e`, `-u` and `-x` hold for the page's commands, and not for the integration."""
    assert [o.output for o in run(terminal, "set -eu\necho a\nset -x\necho b\nset +x")] == [
        "",
        "a\n",
        "",
        "+ echo b\nb\n",
        "+ set +x\n",
    ]
    (outcome,) = run(terminal, "false")
    assert outcome.problem is Problem.ENDED


def test_a_variable_that_is_not_set(terminal: Terminal) -> None:
    """With `set -u` it is an error, and the shell goes on."""
    _, outcome = run(terminal, "set -u\necho $nothing")
    assert "nothing: unbound variable" in outcome.output
    assert status(outcome) != 0
    assert run(terminal, "echo on")[0].output == "on\n"


@pytest.mark.parametrize(
    "command",
    [
        "PS1='me> '",
        "PS1='me> ' PS2='more> '",
        "PROMPT_COMMAND=",
        "PROMPT_COMMAND=true",
        "PROMPT_COMMAND=(true true)",
        "PROMPT_COMMAND=(false)",
        "PROMPT_COMMAND+=('sleep 0.1; echo late')",
        "unset PROMPT_COMMAND",
        "trap 'true' DEBUG",
        "trap - ERR",
    ],
)
def test_a_page_that_changes_the_prompt(terminal: Terminal, command: str) -> None:
    """The end of a command is known all the same, with its status and jobs."""
    assert run(terminal, command)[0].problem is None
    assert [(o.output, status(o)) for o in run(terminal, "echo a\n(exit 3)\nfalse | true")] == [
        ("a\n", 0),
        ("", 3),
        ("", 1),
    ]
    (outcome,) = run(terminal, "sleep 60 &")
    assert outcome.prompt is not None
    assert len(outcome.prompt.jobs) == 1


def test_back_to_the_last_directory(terminal: Terminal) -> None:
    """`cd -` prints where it goes."""
    *_, outcome = run(terminal, "mkdir a\ncd a\ncd - > /dev/null\ncd -")
    assert outcome.output.endswith("/a\n")


@pytest.mark.parametrize(
    "command", ["read line", "read -r line < /dev/tty", "cat", "select x in a; do break; done"]
)
def test_a_command_that_reads(terminal: Terminal, command: str) -> None:
    """It does not get the next line of the page as its input."""
    (outcome,) = run(terminal, f"{command}\necho next", deadline=0.5)
    assert outcome.problem is Problem.DEADLINE
    assert "next" not in outcome.output
    terminal.interrupt()
    assert run(terminal, 'echo "[$line]"')[0].output == "[]\n"


def test_nothing_of_ctrl_c_is_left_over(terminal: Terminal) -> None:
    """A second prompt, of a command that ended just then, is no one's end."""
    for _ in range(5):
        terminal._wire.write(b"\x03")
        time.sleep(0.1)  # so that there is a prompt already when Ctrl-C is pressed
        terminal.interrupt()
        assert [o.output for o in run(terminal, "sleep 0.1; echo a\necho b")] == ["a\n", "b\n"]


def test_ctrl_c_leaves_the_status(terminal: Terminal) -> None:
    """The next command sees what it sees at a keyboard."""
    (outcome,) = run(terminal, "sleep 60", deadline=0.3)
    assert outcome.problem is Problem.DEADLINE
    assert terminal.interrupt().problem is None
    assert run(terminal, "echo $?")[0].output == "130\n"


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
    assert outcome.problem is Problem.DEADLINE
    assert outcome.output == "before\n"
    assert terminal.interrupt().problem is None
    assert run(terminal, "echo on")[0].output == "on\n"


@pytest.mark.parametrize("command", ["exit", "kill -9 $$", "exec true"])
def test_the_end_of_the_shell_is_noted(terminal: Terminal, command: str) -> None:
    """A terminal that is gone is no prompt."""
    (outcome,) = run(terminal, command)
    assert outcome.prompt is None
    assert outcome.problem is Problem.ENDED


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
        ("before\r\n\x1b[H\x1b[2J\x1b[3Jafter\r\n", "after\n"),
        ("before\x1bcafter", "after"),
        ("a\r\n\x1b[?1049h\x1b[2J\x1b[HEDITOR\x1b[?1049lb\r\n", "a\nb\n"),
        ("a\r\n\x1b[?1049hEDITOR", "a\nEDITOR"),
        ("a\x1b[Jb", "ab"),
    ],
)
def test_clean(raw: str, shown: str) -> None:
    """What a screen shows is what is compared."""
    assert clean(raw) == shown


def test_no_shell_at_all(open_terminal: Open) -> None:
    """A program that ends at once is no terminal."""
    assert open_terminal is not None
    terminal = Terminal(["true"], nonce=NONCE, stop=threading.Event())
    assert terminal.wait_for_prompt(DEADLINE).problem is Problem.ENDED
    terminal.close()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("x=$(yes | head --lines=1)", 0),
        ("yes | head --lines=1 | cat", 0),
        ("if true; then yes | head --lines=1; fi", 0),
        ("if false | true; then :; fi", 0),
        ("! false | true", 0),
        ("! true | true", 1),
        ("(exit 3) | yes | head --lines=1", 3),
        ("yes | head --lines=1 | (exit 5)", 5),
        ("true | (exit 5)", 5),
        ("f() { return 8; }; f", 8),
        ("test -e nowhere || (exit 9)", 9),
        ("case a in b) ;; esac", 0),
        ("((0))", 1),
        ("[[ a == b ]]", 1),
        ("x=$(exit 6)", 6),
        ("bash -c 'kill -PIPE $$'", 141),
        ("true | bash -c 'kill -PIPE $$'", 141),
    ],
)
def test_status_of_the_command_line(terminal: Terminal, command: str, expected: int) -> None:
    """Conditions, negations and writers whose reader had enough are no failures."""
    (outcome,) = run(terminal, command)
    assert status(outcome) == expected
    assert bool(outcome.errors) <= bool(expected)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("[[ a == b ]]; true", [("1", "[[ a == b ]]")]),
        ("((0)); true", [("1", "((0))")]),
        ("false | true; true", [("1 | 0", "true")]),
        ("bash -c 'exit 3'; true", [("3", "bash -c 'exit 3'")]),
        ("if false | true; then :; fi; true", []),
        ("false && true; true", []),
        ("x=$(false) || true", []),
        ("if ! x=$(false); then true; fi", []),
    ],
)
def test_the_part_that_failed(
    terminal: Terminal, command: str, expected: list[tuple[str, str]]
) -> None:
    """It is named with its statuses, unless its status was asked for."""
    (outcome,) = run(terminal, command)
    assert [(part.status, part.text) for part in outcome.errors] == expected


@pytest.mark.parametrize("name", ["a;b", "a b;1", r"a\ab", r"a\nb", r"a\eb", "ünï"])
def test_a_directory_of_any_name(terminal: Terminal, name: str) -> None:
    """The report of the prompt survives it."""
    run(terminal, f"mkdir $'{name}' && cd $'{name}'")
    assert run(terminal, "echo on")[0].output == "on\n"


def test_a_line_that_a_terminal_cuts_off(terminal: Terminal) -> None:
    """It is refused, not typed in part."""
    (outcome,) = run(terminal, f"echo {'x' * 5000} | wc --chars")
    assert outcome.problem is Problem.LONG
    text = f"echo {'x' * 4094}"[:4080] + " | wc --chars"
    assert run(terminal, text[-4094:])[0].output == "4076\n"


def test_a_here_document_arrives_as_it_is(terminal: Terminal) -> None:
    """With blank lines, comments, tabs and blanks."""
    body = "# no comment\n\n\ttab\n  two blanks  \n$HOME `x` \\n"
    (outcome,) = run(terminal, f"cat <<'EOF'\n{body}\nEOF")
    assert outcome.output == f"{body}\n"


@pytest.mark.parametrize(
    "report",
    [
        r"\e]133;C;wrong\a",
        r"\e]133;E;wrong;1;2;false\a",
        r"\e]133;D;;0;x@y;1;/;\a",
        r"\e]133;D\a",
        r"\e]133;\a\e]133;D;wrong",
        r"\e]133;never closed",
        r"\e]13",
        r"\e",
    ],
)
def test_reports_that_are_none(terminal: Terminal, report: str) -> None:
    """Whatever a program prints, the command ends when it has ended."""
    (outcome,) = run(terminal, f"printf 'a{report}'; cat /dev/null; echo b")
    assert status(outcome) == 0
    assert outcome.output.endswith("b\n")
    assert run(terminal, "echo c")[0].output == "c\n"


def test_a_long_report_that_is_none(terminal: Terminal) -> None:
    """The start of a report without an end does not hold up what follows."""
    (outcome,) = run(terminal, r"printf '\e]133;D;'; yes | head --bytes=100000; echo end")
    assert outcome.output.endswith("end\n")


def test_signals_are_as_at_a_login(tmp_path: Path) -> None:
    """A shell does not inherit from Python that SIGPIPE is ignored."""
    argv = [word for word in shell(tmp_path) if not word.startswith("--default-signal")]
    terminal = Terminal(argv, nonce=NONCE, stop=threading.Event())
    terminal.wait_for_prompt(DEADLINE)
    (outcome,) = run(terminal, "yes | head --lines=1")
    terminal.close()
    assert (outcome.output, status(outcome)) == ("y\n", 0)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("12345\rab\n", "ab345\n"),
        ("loading\r\x1b[Kdone\n", "done\n"),
        ("loading\x1b[2K\rdone\n", "done\n"),
        ("a\r\r\nb\r\r\n", "a\nb\n"),
    ],
)
def test_a_line_that_is_overwritten(raw: str, shown: str) -> None:
    """A carriage return overwrites as much as follows it, and no more."""
    assert clean(raw) == shown


def test_an_endless_writer_ends_at_its_deadline(terminal: Terminal) -> None:
    """Output that never stops is no sign of an end."""
    (outcome,) = run(terminal, "yes", deadline=0.5)
    assert outcome.problem is Problem.DEADLINE


def test_close_ends_the_shell(open_terminal: Open) -> None:
    """A closed terminal leaves no process behind."""
    terminal = open_terminal()
    assert terminal.prompt is not None
    process = Path(f"/proc/{terminal.prompt.shell}")
    terminal.close()
    end = time.monotonic() + DEADLINE
    while process.exists():
        assert time.monotonic() < end


def test_a_report_without_an_end_takes_no_memory(terminal: Terminal) -> None:
    """However much follows it."""
    (outcome,) = run(terminal, r"printf '\e]133;D;'; yes", deadline=1)
    assert outcome.problem is Problem.DEADLINE
    assert len(terminal._reports._pending) < 100_000
