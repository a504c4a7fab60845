# SPDX-License-Identifier: Apache-2.0
"""What the last run says of a page: which of its blocks passed, when, on what.

Pure functions of a page and the ledger. A block is verified if the ledger has the
same block on the same page and it passed in every scenario that it was part of.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from babel.dates import format_date

from doclab.model import Block, BlockResult, Fate, Ledger, Location, Page, Tab

#: How versions are called in text; others are called as in the ledger.
NAMES = {"podman": "Podman", "distribution": "Distribution", "kernel": "Linux"}
_NOWHERE = Location(path=Path(), line=0)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the last run says of one block."""

    passed: bool
    reason: str = ""  # why it is not verified; empty if it passed
    days: tuple[dt.date, ...] = ()  # on which it ran (UTC)


def judge(page: Page, ledger: Ledger) -> tuple[Verdict, ...]:
    """Return a verdict for each block of a page, in order."""
    results: dict[tuple[Block, int], list[BlockResult]] = defaultdict(list)
    counts: Counter[tuple[str, Block]] = Counter()  # equal blocks, in each scenario
    for result in ledger.results:
        if result.block.page == page.name:
            same = _essence(result.block)
            results[same, counts[result.scenario, same]].append(result)
            counts[result.scenario, same] += 1
    seen: Counter[Block] = Counter()
    verdicts = []
    for block in page.blocks:
        same = _essence(block)
        verdicts.append(_verdict(results[same, seen[same]], ledger))
        seen[same] += 1
    return tuple(verdicts)


def _essence(block: Block) -> Block:
    """Return a block without what neither the reader types nor the page claims."""
    return dataclasses.replace(
        block,
        location=_NOWHERE,
        headings=(),
        tabs=tuple(Tab(group=(), label=tab.label) for tab in block.tabs),
        commands=(),  # they are made of the text
        deadline=0.0,
        wait=0.0,
        skip=None,
        untried=None,
    )


def _verdict(results: Sequence[BlockResult], ledger: Ledger) -> Verdict:
    for fate, words in (
        (Fate.FAILED, "failed: "),
        (Fate.BLOCKED, "not reached, since "),
        (Fate.SKIPPED, "skipped: "),
    ):
        for result in results:
            if result.fate is fate:
                return Verdict(passed=False, reason=f"{words}{result.reason.rstrip('.')}.")
    if not results:
        return Verdict(passed=False, reason="new, or changed since.")
    days = {day(result.restored or ledger.started) for result in results}
    return Verdict(passed=True, days=tuple(sorted(days)))


def day(time: str) -> dt.date:
    """Return the day of a time of the ledger, which is in ISO 8601.

    Raises:
        ValueError: if it is not.
    """
    return dt.datetime.fromisoformat(time).date()


def sentence(verdicts: Sequence[Verdict], versions: dict[str, str]) -> str:
    """Return what a page with blocks says of its last run."""
    passed = [verdict for verdict in verdicts if verdict.passed]
    many = len(verdicts)
    if not passed:
        blocks = f"None of the {many} command blocks" if many > 1 else "No command block"
        return f"{blocks} on this page passed in the last run."
    days = [day for verdict in passed for day in verdict.days]
    when = f"{_between(min(days), max(days))}{_on(versions)}"
    if len(passed) < many:
        return (
            f"{len(passed)} of {many} command blocks on this page passed in the last run,"
            f" {when}; the others are marked."
        )
    blocks = f"All {many} command blocks" if many > 1 else "The command block"
    return f"{blocks} on this page last passed {when}."


def closing(ledger: Ledger) -> str:
    """Return what the table of versions says of the whole run."""
    blocks = ledger.blocks()
    passed = sum(all(r.fate is Fate.PASSED for r in results) for results in blocks)
    how_many = f"all {passed}" if passed == len(blocks) else f"{passed} of {len(blocks)}"
    return f"In the last run, on {_date(day(ledger.started))}, {how_many} command blocks passed."


def named_versions(versions: dict[str, str]) -> list[tuple[str, str]]:
    """Return the versions with names for people, what was tested first."""
    order = ["distribution", "kernel", "systemd", "podman"]
    keys = [key for key in order if key in versions]
    keys += sorted(key for key in versions if key not in order)
    return [(NAMES.get(key, key), versions[key]) for key in keys]


def _on(versions: dict[str, str]) -> str:
    """Return the versions as the end of a sentence; the kernel is in the table only."""
    parts = [
        f"{NAMES.get(key, key)} {version}"
        for key, version in sorted(versions.items())
        if key not in ("distribution", "kernel")
    ]
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    where = versions.get("distribution", "")
    return (f" with {listed}" if listed else "") + (f" on {where}" if where else "")


def _between(first: dt.date, last: dt.date) -> str:
    if first == last:
        return f"on {_date(first)}"
    return f"between {_date(first)} and {_date(last)}"


def _date(value: dt.date) -> str:
    return format_date(value, "d MMMM y", locale="en")
