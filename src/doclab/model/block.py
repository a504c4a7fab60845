# SPDX-License-Identifier: Apache-2.0
"""A block that a reader runs, and what it is made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TypeAlias

TabSet: TypeAlias = tuple[tuple[str, ...], str]


class DoclabError(Exception):
    """A mistake that a person can mend; the message says where and how."""


@dataclasses.dataclass(frozen=True, kw_only=True, order=True)
class Location:
    """A line of a source file."""

    path: Path  # relative to the root of the project where possible
    line: int  # counted from 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Placeholder:
    """A part of an expectation that may differ on another machine."""

    text: str  # as the page shows it
    kind: str  # a key of kinds.KINDS
    name: str | None = None  # values of one name must be equal in a scenario


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command:
    """One shell command line of a block, which may span several lines."""

    text: str  # what the shell gets, without the last newline
    line: int  # line of the source file on which it starts
    user: str | None = None  # who types it; collect sets it for each
    machine: str | None = None  # on which machine, if a prompt says so
    prompt: str | None = None  # as the page shows it, such as "root@server:/etc#"
    expected: str | None = None  # what it prints; None: not compared
    interrupt: bool = False  # whether Ctrl-C is pressed then: the page shows `^C` below


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tab:
    """A tab that a reader chooses."""

    group: tuple[str, ...]  # labels of all tabs of the set, in page order
    label: str  # the one chosen
    own: str = ""  # place of a set that is a choice of its own; empty: labels link it with others

    @property
    def tab_set(self) -> TabSet:
        """What is one choice: all sets of linked tabs with the same labels are."""
        return self.group, self.own

    def excludes(self, other: Tab) -> bool:
        """Whether no reader has both in view, as sphinx-tabs links sets.

        In linked sets, whoever chooses a label chooses it wherever it is.
        """
        if self.own or other.own:
            return self.tab_set == other.tab_set and self.label != other.label
        both = self.label in other.group and other.label in self.group
        return both and self.label != other.label


def exclude_each_other(some: Iterable[Tab], others: Collection[Tab]) -> bool:
    """Whether nobody sees what is in these tabs beside what is in those."""
    return any(one.excludes(other) for one in some for other in others)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """What a person types when a command asks a question."""

    question: str  # the end of what the command shows before it waits
    text: str  # without the newline
    shown: bool = True  # whether the screen shows it, unlike a password


@dataclasses.dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced code block that a reader runs."""

    page: str  # Sphinx's name of the page, such as "tutorial/example1"
    location: Location  # of the opening fence
    headings: tuple[str, ...]  # from the page's title inwards
    tabs: tuple[Tab, ...]  # tabs around it, from the outside inwards
    language: str  # as the fence says
    machine: str  # where it runs
    user: str | None  # who types its first command; collect sets it for each
    text: str  # content of the fence
    commands: tuple[Command, ...]  # in order
    placeholders: tuple[Placeholder, ...] = ()
    needs: tuple[str, ...] = ()  # what the lab must have, such as "podman>=5.6"
    terminal: str = ""  # name of the terminal on the machine; empty: the first
    deadline: float = 60.0  # seconds for each command
    status: int = 0  # exit status that the last command must have
    wait: float = 0.0  # seconds in which a command is repeated until it is right
    steady: int = 1  # times in a row that it must then be right
    json: bool = False  # whether output is compared as JSON, by shape
    answers: tuple[Answer, ...] = ()  # what a person types when a command asks
    running: bool = False  # whether its last command goes on after the block
    continues: bool = False  # whether it shows what such a command prints later
    background: bool = False  # whether it may leave jobs running
    restart: bool = False  # whether it restarts its machine
    skip: str | None = None  # the author's reason not to run it
    untried: str | None = None  # why nobody tries whether it would pass by now
    same: str | None = None  # why its commands print what the one before does

    @property
    def last_line(self) -> int:
        """The last line of its source, or the closing fence; options of a fence may hide that."""
        text = self.text.removesuffix("\n")
        ends = [self.location.line + len(text.split("\n")) + 1]
        for command in self.commands:
            shown = (command.text, *([command.expected] if command.expected else []))
            ends.append(command.line + len("\n".join(shown).removesuffix("\n").split("\n")) - 1)
        return max(ends)

    @property
    def title(self) -> str:
        """The first line of its first command, for people."""
        first = next((command.text for command in self.commands if command.text), "")
        return first.split("\n", 1)[0] or "(what an earlier command prints)"
