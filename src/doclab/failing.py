# SPDX-License-Identifier: Apache-2.0
"""Failing: the error that ends a block, and the failure that it carries."""

from __future__ import annotations

from doclab.model import Block, Command, Failure, Location

OUTPUT_LIMIT = 20_000  # characters of a block's output that the ledger keeps


class FailedError(Exception):
    """A block failed; what it printed so far comes with the reason."""

    def __init__(self, failure: Failure, *, again: bool = False) -> None:
        """Take the failure, and whether another try could do better."""
        super().__init__(failure.problem)
        self.failure = failure
        self.again = again


def failure_of(
    block: Block,
    line: int,
    command: str,
    problem: str,
    *,
    expected: str | None = None,
    actual: str | None = None,
    status: str | None = None,
    output_only: bool = False,
) -> Failure:
    """Describe the failure of a command, with its place."""
    return Failure(
        location=Location(path=block.location.path, line=line),
        command=command,
        problem=problem,
        expected=expected,
        actual=shortened(actual) if actual and len(actual) > OUTPUT_LIMIT else actual,
        status=status,
        output_only=output_only,
    )


def failed(block: Block, command: Command, problem: str) -> FailedError:
    """Return the error of a command of which nothing is compared."""
    return FailedError(failure_of(block, command.line, command.text, problem))


def shortened(text: str) -> str:
    """Return a text of bounded length, with its start and its end."""
    half = OUTPUT_LIMIT // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters left out]\n{text[-half:]}"
