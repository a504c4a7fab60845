# SPDX-License-Identifier: Apache-2.0
"""A result: what became of a block in a scenario."""

from __future__ import annotations

import dataclasses
import enum

from doclab.model.block import Block, Command, Location


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
    of_lab: bool = False  # whether the lab failed, and not what the page says


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
    def failed_as(self) -> str:
        """Who typed the command that failed."""
        users = [
            command.user
            for command in self.block.commands
            if self.failure is not None and command.line <= self.failure.location.line
        ]
        return (users and users[-1]) or self.user

    @property
    def explained(self) -> str:
        """The reason, with what came of trying a block that is skipped."""
        return f"{self.reason}; {self.trial}" if self.trial else self.reason

    @property
    def output(self) -> str:
        """What the terminal showed, from the first command to the last."""
        return "".join(command.output for command in self.commands)
