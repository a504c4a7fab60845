# SPDX-License-Identifier: Apache-2.0
"""Replace the expected output of commands in a Markdown source, and nothing else."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Sequence

from doclab import commands, fences
from doclab.model import Command, DoclabError, Location

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
# What splits a line for Markdown, Sphinx or Python, or cannot be shown at all.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffd]")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Change:
    """New output of one command."""

    location: Location  # of the command's prompt
    command: str  # its text
    old: str  # what the page shows
    new: str  # what the page is to show
    continues: bool = False  # whether its block starts with output


def updated_text(source: str, found: Sequence[Change]) -> str:
    """Return a Markdown source with the expected output of some commands replaced.

    Raises:
        DoclabError: if the source is not what the change was made for, or a page
            cannot show the new output.
    """
    for change in sorted(found, key=lambda change: change.location, reverse=True):
        text = _replaced(source, change)
        _check(source, text, change)
        source = text
    return source


def _replaced(source: str, change: Change) -> str:
    unshowable = _UNSHOWABLE.search(change.new)
    if unshowable:
        raise _refusal(
            change,
            f"the output has the character U+{ord(unshowable[0]):04X}, which no page can show;"
            " let the command leave it out.",
        )
    lines = _LINE.findall(source)
    first = change.location.line - 1
    bare = [line.rstrip("\r\n") for line in lines]
    if not 0 <= first < len(lines):
        raise _lost(change)
    prefix = _prefix(bare[first], change)
    start = first + change.command.count("\n") + 1
    old = change.old.split("\n") if change.old else []
    new = change.new.split("\n") if change.new else []
    shown = bare[start : start + len(old)]
    if [line.lstrip(" \t>").rstrip() for line in shown] != [
        line.lstrip(" \t>").rstrip() for line in old
    ]:
        raise _lost(change)
    newline = lines[first][len(bare[first]) :] or "\n"
    written: list[str] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, end, j, to in matcher.get_opcodes():
        if kind == "equal":
            written += lines[start + i : start + end]
        else:
            written += [(prefix + line).rstrip() + newline for line in new[j:to]]
    return "".join([*lines[:start], *written, *lines[start + len(old) :]])


def _prefix(line: str, change: Change) -> str:
    """Return what stands before the prompt: indentation, and marks of quotations."""
    typed = change.command.split("\n")[0].rstrip()
    for place in range(len(line)):
        prompt = commands.PROMPT.match(line, place)
        if prompt is not None and line[prompt.end() :].rstrip() == typed:
            return line[:place]
    raise _lost(change)


def _check(old: str, new: str, change: Change) -> None:
    """Check that only the expectation of this command changed for a reader."""
    before, after = fences.in_text(_unix(old)), fences.in_text(_unix(new))
    problem = _refusal(
        change,
        "a line of the output looks like a prompt or a fence, and the page would be read in"
        " another way; let the command print something else.",
    )
    if len(before) != len(after):
        raise problem
    innermost = None
    for one, other in zip(before, after, strict=True):
        if (one.info, one.closed) != (other.info, other.closed):
            raise problem
        last = one.first + one.content.count("\n")
        if one.first <= change.location.line <= last:
            innermost = (one, other)
    if innermost is None:
        raise _lost(change)
    wanted = [
        (c.text, change.new if c.line == change.location.line else c.expected)
        for c in _commands(innermost[0], change)
    ]
    try:
        found = [(c.text, c.expected) for c in _commands(innermost[1], change)]
    except DoclabError as error:
        raise problem from error
    if found != wanted:
        raise problem


def _commands(fence: fences.Fence, change: Change) -> tuple[Command, ...]:
    place = Location(path=change.location.path, line=fence.first)
    return commands.parse(
        fence.content, language="console", first=place, continues=change.continues
    )


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _lost(change: Change) -> DoclabError:
    return _refusal(
        change, "the file does not have here what the page shows; write the output by hand."
    )


def _refusal(change: Change, problem: str) -> DoclabError:
    return DoclabError(f"{change.location}: not updated: {problem}")
