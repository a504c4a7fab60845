# SPDX-License-Identifier: Apache-2.0
"""A wait: what is known so far of a command that runs."""

from __future__ import annotations

import dataclasses

from doclab.outcome import Problem
from doclab.prompt import PartFailure, Prompt, parse_failure, parse_prompt
from doclab.screen import Output
from doclab.watch import Watch


@dataclasses.dataclass(kw_only=True)
class Wait:
    """What is known so far while a command runs."""

    output: Output = dataclasses.field(default_factory=Output)
    text: str = ""  # what was typed
    watch: Watch | None = None
    end: float = 0.0  # when it must have ended, in seconds of the monotonic clock
    errors: list[PartFailure] = dataclasses.field(default_factory=list)
    prompt: Prompt | None = None  # reported, but maybe not yet shown
    ready: bool = False  # whether the prompt is shown
    problem: Problem | None = None
    goes_on: bool = False

    def take(self, kind: bytes, payload: bytes, *, more: bool) -> None:
        """Take a report; `more`: whether the shell may want more lines."""
        try:
            if kind == b"D":
                self.prompt = parse_prompt(payload)
            elif kind == b"E":
                self.errors.append(parse_failure(payload))
        except ValueError:
            self.problem = Problem.UNREADABLE
        if kind == b"B":
            self.ready = self.prompt is not None
        elif kind == b"C" and more:
            self.problem = Problem.INCOMPLETE
