# SPDX-License-Identifier: Apache-2.0
"""Text for people at a terminal: each failure, the progress, the end of a run."""

from __future__ import annotations

import shlex

from doclab.model import BlockResult, Fate, Ledger
from doclab.reports.characters import shortened, title, visible
from doclab.reports.table import since_green, verdict


def describe_failure(result: BlockResult) -> str:
    """Return what a person needs to mend a failed block."""
    failure = result.failure
    if failure is None:
        return ""
    block = result.block
    variant = f" --variant {shlex.quote(result.variant)}" if result.variant != "only" else ""
    lines = [
        f"{failure.location}: FAILED: {failure.problem}",
        f"  heading   {' > '.join(block.headings)}",
        f"  where     {result.failed_as}@{block.machine}, variant: {result.variant}",
        "  command",
        _indented(failure.command or title(block)),
    ]
    if failure.status is not None:
        lines.append(f"  exit      {failure.status}")
    if failure.expected is not None:
        lines += ["  expected", _indented(failure.expected or "(nothing)")]
    if failure.actual is not None:
        lines += ["  actual", _indented(_last_lines(failure.actual, 40) or "(nothing)")]
    if failure.journal:
        lines += ["  journal", _indented(failure.journal)]
    lines += [
        "  to get a shell in a lab as it is before this block:",
        f"    nox -s doctest -- {block.location} --keep{variant}",
    ]
    if failure.output_only:
        lines += [
            "  if the new output is right, to write it into the page:",
            f"    nox -s doctest -- {block.page} --update",
            "  if it is another in each run, to find out which `:vary:` allows for that:",
            f"    nox -s doctest -- {block.page} --infer 3",
        ]
    return visible("\n".join(lines))


def _indented(text: str) -> str:
    return "\n".join(f"    │ {line}" for line in text.split("\n"))


def _last_lines(text: str, most: int) -> str:
    lines = text.split("\n")
    if len(lines) <= most:
        return text
    return "\n".join([f"[{len(lines) - most} lines left out]", *lines[-most:]])


def progress_line(result: BlockResult) -> str:
    """Return one line on a block that has just got its fate."""
    command = shortened(title(result.block), 60)
    reason = f" ({visible(result.reason)})" if result.fate is Fate.SKIPPED else ""
    return (
        f"{result.fate.value:>7} {result.seconds:6.1f} s  {result.block.location}"
        f"  {result.user}@{result.block.machine}$ {command}{reason}"
    )


def closing_lines(ledger: Ledger) -> str:
    """Return failures, errors and the counts."""
    parts = [describe_failure(result) for result in ledger.results if result.failure is not None]
    parts += [visible(f"error: {error}") for error in ledger.errors]
    parts += [since_green(ledger), verdict(ledger)]
    return "\n\n".join(filter(None, parts))
