# SPDX-License-Identifier: Apache-2.0
"""Blocks are split into commands and what the page says they print."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Snapshot

from doclab.commands import FOREIGN_LANGUAGES, LANGUAGES, looks_like_session, parse
from doclab.model import Command, DoclabError, Location

FIRST = Location(path=Path("docs/page.md"), line=10)


def session(text: str) -> list[Command]:
    """Parse a session that starts on line 10."""
    return list(parse(text, language="console", first=FIRST))


@pytest.mark.parametrize(
    ("prompt", "user", "machine"),
    [
        ("$ ", None, None),
        ("test@server$ ", "test", "server"),
        ("test@server:~$ ", "test", "server"),
        ("test@server:/etc/containers$ ", "test", "server"),
        ("test@server:~/a$b$ ", None, None),
        ("root@server# ", "root", "server"),
        ("root@server:/# ", "root", "server"),
        ("_a-b9@lap-top9$ ", "_a-b9", "lap-top9"),
    ],
)
def test_prompt(prompt: str, user: str | None, machine: str | None) -> None:
    """A prompt says who types the command, and where."""
    if user is None and prompt != "$ ":
        with pytest.raises(DoclabError):
            session(f"{prompt}true\n")
        return
    assert session(f"{prompt}true\n") == [
        Command(
            text="true",
            line=10,
            user=user,
            machine=machine,
            prompt=prompt.strip() if user else None,
            expected="",
        )
    ]


@pytest.mark.parametrize("line", ["$", "$true", "# true", "Test@server$ x", "a b@c$ x", "> x", "%"])
def test_not_a_prompt(line: str) -> None:
    """What merely resembles a prompt is none."""
    assert not looks_like_session(line)


def test_several_commands() -> None:
    """Each command has its own line, prompt and output."""
    text = "\n$ one\n1\n\n1b\n\na@b$ two\nc@d:/x# three\n3  \n\n"
    assert session(text) == [
        Command(text="one", line=11, expected="1\n\n1b"),
        Command(text="two", line=16, user="a", machine="b", prompt="a@b$", expected=""),
        Command(text="three", line=17, user="c", machine="d", prompt="c@d:/x#", expected="3"),
    ]


def test_continuation_prompt() -> None:
    """Lines with the second prompt belong to the command, without the prompt."""
    assert session("$ cat <<EOF\n>   a\n> EOF\n  a\n") == [
        Command(text="cat <<EOF\n  a\nEOF", line=10, expected="  a")
    ]


def test_continuation_backslash() -> None:
    """A line after a backslash belongs to the command, as it is."""
    assert session("$ echo a \\\n    b \\\n> c\nout\n") == [
        Command(text="echo a \\\n    b \\\nc", line=10, expected="out")
    ]


def test_output_that_looks_like_continuation() -> None:
    """After the first line of output there is no continuation."""
    assert session("$ cat mail\nDear reader\n> quoted \\\nend") == [
        Command(text="cat mail", line=10, expected="Dear reader\n> quoted \\\nend")
    ]


def test_any_lines() -> None:
    """A line of dots stays in the expectation."""
    assert session("$ dmesg\n...\nlast\n")[0].expected == "...\nlast"


def test_script() -> None:
    """A script is one command, and its output is not compared."""
    text = "# why\n\necho a\nif true; then\n  echo b\nfi\n\n"
    assert parse(text, language="bash", first=FIRST) == (
        Command(text=text.rstrip("\n"), line=10, expected=None),
    )


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_prompt_makes_a_session(language: str) -> None:
    """A block that starts with a prompt is a session, whatever its language."""
    (command,) = parse("$ echo a\na\n", language=language, first=FIRST)
    assert (command.text, command.expected) == ("echo a", "a")


def test_languages_are_disjoint() -> None:
    """No language is both run and refused."""
    assert not LANGUAGES & FOREIGN_LANGUAGES


@pytest.mark.parametrize(
    ("text", "expected"),
    [("$ a\n^C\n", ""), ("$ a\nb\n...\n^C\n\n", "b\n..."), ("$ a\n\nb\n\n^C", "\nb")],
)
def test_interrupt(text: str, expected: str) -> None:
    """A last line `^C` is no output."""
    (command,) = session(text)
    assert (command.text, command.expected, command.interrupt) == ("a", expected, True)


@pytest.mark.parametrize("text", ["$ a\n ^C\n", "$ a\n^C^C\n", "$ a ^C\n", "$ a\n> ^C\n"])
def test_no_interrupt(text: str) -> None:
    """Only a line of its own is one."""
    assert not session(text)[0].interrupt


def test_continuation_of_an_earlier_block() -> None:
    """It starts with output, also with such as looks like a continued line."""
    found = parse("> a\nb \\\nc\n$ d\ne\n", language="console", first=FIRST, continues=True)
    assert found == (
        Command(text="", line=10, expected="> a\nb \\\nc"),
        Command(text="d", line=13, expected="e"),
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("console", "$ echo a\n...\n^C\n", id="only-dots-interrupted"),
        pytest.param("console", "\necho a\n", id="session-without-prompt"),
        pytest.param("console", "# why\n$ echo a\n", id="session-comment-first"),
        pytest.param("console", "\n\n", id="session-empty"),
        pytest.param("console", "$ echo a\n$  \n", id="prompt-without-command"),
        pytest.param("console", "$ echo a \\\n  b\n...\n", id="only-dots"),
        pytest.param("console", "$ echo a\n...\n\n...\n", id="only-dots-twice"),
        pytest.param("bash", "# a\n\n  # b\n", id="script-of-comments"),
        pytest.param("sh", "", id="script-empty"),
    ],
)
def test_mistake(language: str, text: str, snapshot: Snapshot) -> None:
    """Each mistake has its message, with the line and the remedy."""
    with pytest.raises(DoclabError) as caught:
        parse(text, language=language, first=FIRST)
    snapshot(str(caught.value))


def test_blank_line_in_a_continuation() -> None:
    """An editor may have removed the blank behind the second prompt."""
    assert session("$ cat <<EOF\n> a\n>\n> EOF\na\n")[0].text == "cat <<EOF\na\n\nEOF"


@pytest.mark.parametrize("comment", ["# why", "  # why \\\n# more"])
def test_comment_with_output(comment: str) -> None:
    """What the page shows after a comment would never be compared."""
    with pytest.raises(DoclabError, match=r"^docs/page\.md:11: a comment prints nothing"):
        session(f"$ true\n$ {comment}\noutput\n")
    assert session(f"$ true\n$ {comment}\n")[1].expected == ""
