"""The nouns of doclab: frozen data that the stages hand to each other.

A page holds blocks, a block holds commands, a scenario is an ordered list of
blocks that run in one fresh lab, and the ledger says what became of each.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
from pathlib import Path


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
    expected: str | None = None  # what it prints; None: not compared
    interrupt: bool = False  # whether Ctrl-C is pressed then: the page shows `^C` below


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tab:
    """A tab that a reader chooses."""

    group: tuple[str, ...]  # labels of all tabs of the set, in page order
    label: str  # the one chosen


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
    def title(self) -> str:
        """The first line of its first command, for people."""
        first = next((command.text for command in self.commands if command.text), "")
        return first.split("\n", 1)[0] or "(what an earlier command prints)"


@dataclasses.dataclass(frozen=True, kw_only=True)
class CleanUp:
    """A page's promise that its machines are as they were before the first block."""

    location: Location
    stays: dict[str, str]  # from "KIND NAME", with `*`, to the reason


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mention:
    """Inline code on a page, such as the name of a unit."""

    text: str  # in one line
    location: Location


@dataclasses.dataclass(frozen=True, kw_only=True)
class ShownFile:
    """A file that a page shows, in whole or in part, or offers for download."""

    path: Path  # relative to the root of the project
    location: Location  # where the page does so


@dataclasses.dataclass(frozen=True, kw_only=True)
class Page:
    """One document of the site."""

    name: str
    path: Path
    title: str
    after: tuple[str, ...]  # pages that a reader has done before
    blocks: tuple[Block, ...]
    clean_up: CleanUp | None = None  # what must hold when its last block has passed
    after_at: Location | None = None  # where it names the pages to do before
    mentions: tuple[Mention, ...] = ()  # inline code, in order
    shown: tuple[ShownFile, ...] = ()  # files that it shows, in order


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scenario:
    """An ordered list of blocks, run in one fresh lab."""

    name: str  # unique in a run
    pages: tuple[str, ...]  # in order
    variant: tuple[Tab, ...]  # one choice for each set of tabs
    blocks: tuple[Block, ...]  # in order
    ends_page: bool = False  # whether it stops between two pages, for somebody to go on
    cut: bool = False  # whether blocks at its end were left out, so that pages do not end

    @property
    def variant_label(self) -> str:
        """The choices of tabs, for people."""
        return ", ".join(tab.label for tab in self.variant) or "only"


class Fate(enum.Enum):
    """What became of a block."""

    PASSED = "passed"
    FAILED = "failed"
    BLOCKED = "blocked"  # an earlier block of the scenario failed
    SKIPPED = "skipped"  # the page's author gave a reason


@dataclasses.dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a block failed."""

    location: Location  # of the command
    command: str
    problem: str  # one sentence
    expected: str | None = None
    actual: str | None = None
    status: str | None = None  # exit status, for people
    journal: str = ""  # last lines of the units involved
    output_only: bool = False  # whether all but the output is as the page says


@dataclasses.dataclass(frozen=True, kw_only=True)
class CommandResult:
    """What one command of a block did."""

    command: Command
    output: str  # what the terminal showed, shortened if long
    status: str  # exit status, of each part if it was a pipeline; empty: none
    seconds: float
    matched: bool = True  # whether the output is what the page shows, if it was compared
    known: dict[str, str] = dataclasses.field(default_factory=dict)  # named values before it


@dataclasses.dataclass(frozen=True, kw_only=True)
class BlockResult:
    """The fate of one block in one scenario."""

    block: Block
    scenario: str
    variant: str
    fate: Fate
    reason: str  # empty for passed
    seconds: float
    user: str  # who ran it
    commands: tuple[CommandResult, ...] = ()  # those that ran, in order
    trial: str = ""  # what came of trying a block that is skipped
    restored: str = ""  # when it ran, if the lab came from a snapshot (ISO 8601, UTC)
    failure: Failure | None = None

    @property
    def explained(self) -> str:
        """The reason, with what came of trying a block that is skipped."""
        return f"{self.reason}; {self.trial}" if self.trial else self.reason

    @property
    def output(self) -> str:
        """What the terminal showed, from the first command to the last."""
        return "".join(command.output for command in self.commands)


@dataclasses.dataclass(frozen=True, kw_only=True)
class PageSummary:
    """A page, as the ledger lists it."""

    name: str
    path: Path
    title: str
    blocks: int  # how many it has


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ledger:
    """The table of every block and its fate."""

    results: tuple[BlockResult, ...]
    versions: dict[str, str]  # podman, systemd, kernel, distribution, and what conf.py names
    errors: tuple[str, ...] = ()  # what went wrong outside of any block
    pages: tuple[PageSummary, ...] = ()  # all pages of the site
    lab: str = ""  # which lab, such as "trixie"
    complete: bool = False  # whether the whole site was run, not a part of it
    started: str = ""  # ISO 8601, UTC
    seconds: float = 0.0  # from the start to the end of the run

    def count(self, fate: Fate) -> int:
        """Return how many results have this fate."""
        return sum(result.fate is fate for result in self.results)

    def blocks(self) -> tuple[tuple[BlockResult, ...], ...]:
        """Return the results of each block, one for each scenario that it is in.

        A page that includes the same text twice has its blocks twice.
        """
        found: dict[tuple[object, ...], list[BlockResult]] = {}
        times: collections.Counter[tuple[object, ...]] = collections.Counter()
        for result in self.results:
            place = (result.block.page, result.block.location)
            times[result.scenario, *place] += 1
            found.setdefault((*place, times[result.scenario, *place]), []).append(result)
        return tuple(map(tuple, found.values()))

    @property
    def untold(self) -> int:
        """How many blocks of the pages have no fate."""
        return max(0, sum(page.blocks for page in self.pages) - len(self.blocks()))

    @property
    def green(self) -> bool:
        """Whether every block passed, or was skipped with a reason."""
        return (
            bool(self.results)
            and not self.errors
            and not (self.complete and self.untold)
            and not self.count(Fate.FAILED)
            and not self.count(Fate.BLOCKED)
        )
