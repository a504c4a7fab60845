# SPDX-License-Identifier: Apache-2.0
"""The ledger as a table at a terminal: pages as rows, fates as columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from doclab import fates
from doclab.fates import PageFate
from doclab.model import Fate, Ledger
from doclab.reports.characters import duration, moment, visible

MOST_CHANGES = 12  # that are shown of what changed since the last green run
WIDTH = 98  # columns, so that it fits in a terminal of 100


def to_table(ledger: Ledger) -> str:
    """Return the pages, and below them why not all is green, where tabs ran, and the sum."""
    pages = fates.pages(ledger)
    parts = [
        headline(ledger),
        _table(pages),
        _titled("Failed", _reasons(pages, Fate.FAILED)),
        _titled("Blocked", _reasons(pages, Fate.BLOCKED)),
        _titled("Skipped", _reasons(pages, Fate.SKIPPED)),
        _titled("Tabs", _tabs(ledger)),
        _titled("Errors", [line for error in ledger.errors for line in error.split("\n")]),
        _titled("Versions", [", ".join(f"{k} {v}" for k, v in sorted(ledger.versions.items()))]),
        *_wrapped([since_green(ledger)]),
        verdict(ledger),
    ]
    return "\n\n".join(part for part in parts if part)


def headline(ledger: Ledger) -> str:
    """Return what was run, when and where."""
    what = "the whole site" if ledger.complete else "a part of the site"
    lab = f" in the lab {ledger.lab}" if ledger.lab else ""
    when = f", started {moment(ledger.started)}" if ledger.started else ""
    return visible(f"Run of {what}{lab}{when}, took {duration(ledger.seconds)}.")


def since_green(ledger: Ledger) -> str:
    """Return what changed since the last green run, where this one is red."""
    if not ledger.green_at or ledger.green:
        return ""
    shown = list(ledger.changed[:MOST_CHANGES])
    if len(ledger.changed) > MOST_CHANGES:
        shown.append(f"and {len(ledger.changed) - MOST_CHANGES} more")
    what = (
        "; ".join(shown)
        or "nothing changed that doclab knows of: no block before the failure, no file and no"
        " version"
    )
    return visible(f"Since the last green run ({moment(ledger.green_at)}): {what}.")


def verdict(ledger: Ledger) -> str:
    """Return the counts of blocks, each by the worst of its fates, and the colour."""
    pages = fates.pages(ledger)
    counts = [f"{sum(page.count(fate) for page in pages)} {fate.value}" for fate in Fate]
    untold = [f"{ledger.untold} without a fate"] if ledger.untold else []
    number = len(ledger.errors)
    errors = [f"{number} error{'s' if number > 1 else ''}"] if number else []
    colour = "green" if ledger.green else "RED"
    return f"{', '.join([*counts, *untold, *errors])} — {colour}"


def _table(pages: Sequence[PageFate]) -> str:
    if not pages:
        return ""
    rows = [["page", "blocks", *(fate.value for fate in Fate), "no fate", "slowest", "at"]]
    for page in pages:
        name = visible(str(page.page.path))
        if not page.page.blocks:
            rows.append([name, "no blocks"])
            continue
        counts = [page.page.blocks, *(page.count(fate) for fate in Fate), page.untold]
        slowest = page.slowest
        rows.append([
            name,
            *(str(count or "-") for count in counts),
            duration(slowest.seconds) if slowest is not None else "-",
            f":{slowest.block.location.line}" if slowest is not None else "",
        ])  # fmt: skip
    if not any(page.untold for page in pages):
        rows = [[*row[:6], *row[7:]] if len(row) > 2 else row for row in rows]
    full = [row for row in rows if len(row) > 2]
    widths = [max(len(row[column]) for row in full) for column in range(len(full[0]))]
    widths[0] = max(len(row[0]) for row in rows)
    lines = []
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=False)]
        if len(row) == 2:  # a page without blocks
            cells = row[1:]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def _reasons(pages: Sequence[PageFate], fate: Fate) -> list[str]:
    """Return a line for each place, or for blocks that follow each other with one reason."""
    lines: list[str] = []
    for page in pages:
        groups: dict[str, list[str]] = {}
        for block in page.blocks:
            if block.fate is fate:
                groups.setdefault(block.results[0].explained, []).append(str(block.block.location))
        for reason, places in groups.items():
            more = f" and {len(places) - 1} more" if len(places) > 1 else ""
            lines.append(f"{places[0]}{more}: {reason}")
    return lines


def _tabs(ledger: Ledger) -> list[str]:
    lines = []
    for tab in fates.tabs(ledger):
        ran = ", ".join(
            name if fate is Fate.PASSED else f"{name} ({fate.value})"
            for name, fate in tab.scenarios.items()
        )
        where = f"ran in {ran}" if ran else f"ran nowhere: {tab.reason}"
        lines.append(f"{tab.label} (of {', '.join(tab.group)}): {where}")
    return lines


def _titled(title: str, lines: Sequence[str]) -> str:
    if not any(lines):
        return ""
    return "\n".join([title, *_wrapped(lines, indent="  ")])


def _wrapped(lines: Sequence[str], indent: str = "") -> list[str]:
    return [
        textwrap.fill(
            visible(line),
            WIDTH,
            initial_indent=indent,
            subsequent_indent=2 * indent,
            break_on_hyphens=False,
        )
        for line in lines
    ]
