# SPDX-License-Identifier: Apache-2.0
"""The options of {run}: what each takes, and which of them do not go together."""

from __future__ import annotations

import collections
import itertools
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence

from docutils.parsers.rst import directives

from doclab.commands import USER
from doclab.kinds import parse_placeholder
from doclab.model import Command, DoclabError

_OPTION = re.compile(r"\s*:([\w-]+):(?:\s|$)")


def _text(argument: str | None) -> str:
    if argument is None or not argument.strip():
        raise ValueError("it says nothing")
    return argument.strip()


def _flag(argument: str | None) -> None:
    if argument is not None and argument.strip():
        raise ValueError("it takes nothing")


def _user(argument: str | None) -> str:
    name = _text(argument)
    if re.fullmatch(USER, name) is None:
        raise ValueError("no user has such a name")
    return name


def _status(argument: str | None) -> int:
    status = directives.nonnegative_int(_text(argument))
    if status > 255:
        raise ValueError("no command ends with such a status")
    return int(status)


def _times(argument: str | None) -> int:
    return int(directives.positive_int(_text(argument)))


def _seconds(argument: str | None) -> float:
    value = float(_text(argument))
    if not 0 < value <= 3600:
        raise ValueError("a deadline is a number of seconds from 0 to 3600")
    return value


def _placeholders(argument: str | None) -> list[str]:
    declarations = shlex.split(_text(argument))
    try:
        for declaration in declarations:
            parse_placeholder(declaration)
    except DoclabError as error:
        raise ValueError(str(error)) from error
    return declarations


def _answers(argument: str | None) -> list[tuple[str, str]]:
    found = []
    for declaration in shlex.split(_text(argument)):
        question, equals, text = declaration.rpartition("=")
        if not equals or not question.strip():
            raise ValueError(f"the answer {declaration!r} is not of the form QUESTION=TEXT.")
        found.append((question, text))
    return found


_NOTHING = "nothing behind its colon"
_QUESTIONS = "questions with what to type, each as QUESTION=TEXT"
# What reads the value of each option, and what that takes, for messages about another.
_OPTIONS: dict[str, tuple[Callable[[str | None], object], str]] = {
    "on": (_text, "the name of a machine, such as `:on: laptop`"),
    "as": (_user, "the name of a user, such as `:as: admin`"),
    "terminal": (_text, "the name of another terminal, such as `:terminal: second`"),
    "deadline": (_seconds, "a number of seconds, above 0 and up to 3600, such as `:deadline: 120`"),
    "status": (_status, "an exit status from 0 to 255, such as `:status: 2`"),
    "vary": (_placeholders, "parts of the output, each as TEXT=KIND or TEXT=KIND:NAME"),
    "wait": (_seconds, "a number of seconds, above 0 and up to 3600, such as `:wait: 30`"),
    "steady": (_times, "a number of times from 1 on, such as `:steady: 3`"),
    "json": (_flag, _NOTHING),  # compare as JSON, by shape
    "answer": (_answers, _QUESTIONS),  # what to type when a command asks
    "secret": (_answers, _QUESTIONS),  # the same, where the screen does not show it
    "running": (_flag, _NOTHING),  # the last command goes on after the block
    "continues": (_flag, _NOTHING),  # shows what such a command prints later
    "background": (_flag, _NOTHING),  # may leave jobs running
    "restart": (_flag, _NOTHING),  # restarts its machine
    "skip": (_text, "the reason why the block is not run"),
    "untried": (_text, "the reason why a skipped block must not be tried"),
    "same": (_text, "the reason why a command prints what the one before it does"),
}
#: What reads the value of each option, as docutils wants it.
SPEC = {name: read for name, (read, _) in _OPTIONS.items()}
#: What each option takes.
TAKES = {name: takes for name, (_, takes) in _OPTIONS.items()}


def doubled(directive: str) -> list[str]:
    """Return the options that a directive has more than once; MyST keeps the last alone.

    Args:
        directive: its text, from the opening fence on.
    """
    lines = directive.split("\n")[1:]
    if lines[:1] == ["---"]:
        inside = itertools.takewhile("---".__ne__, lines[1:])
        named = [re.match(r"([\w-]+):(?:\s|$)", line) for line in inside]
    else:
        named = list(itertools.takewhile(bool, (_OPTION.match(line) for line in lines)))
    counts = collections.Counter(match[1] for match in named if match)
    return [name for name, count in counts.items() if count > 1]


def mistakes(
    options: Mapping[str, object], parsed: Sequence[Command], *, session: bool
) -> Iterator[str]:
    """Yield what is wrong with the options of a block taken together.

    Args:
        options: of the directive.
        parsed: commands of the block.
        session: whether the block shows what its commands print.
    """
    stays = "running" in options or "continues" in options
    interrupts = any(command.interrupt for command in parsed)
    if "steady" in options and "wait" not in options:
        yield "`:steady:` counts the tries of `:wait: SECONDS`; add that, or remove it."
    if "untried" in options and "skip" not in options:
        yield (
            "`:untried:` says why a block with `:skip: REASON` must not be tried; add that, or"
            " remove it."
        )
    if stays and "wait" in options:
        yield (
            "a command that runs on is typed once, and what it prints is waited for in any"
            " case; remove `:wait:` (`:deadline:` says for how long)."
        )
    if stays and not session:
        yield (
            "what a command that runs on prints says when to go on, so `:running:` and"
            " `:continues:` need a session; write {run} console."
        )
    if "running" in options and parsed[-1].interrupt:
        yield "`^C` ends the last command, so it is not `:running:`; remove one of them."
    if "json" in options and (stays or interrupts):
        yield (
            "the output of a command that runs on is compared as it comes, line by line;"
            " remove `:json:`."
        )
