# SPDX-License-Identifier: Apache-2.0
"""A view of parts that add up: a plot of stacked bars, and its table."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from claims.record import Record
from claims.table import Table


@dataclasses.dataclass(frozen=True, kw_only=True)
class StackView:
    """Parts that add up, for each way: processor time, or the steps of a start."""

    name: str
    title: str
    unit: str
    ways: tuple[str, ...]
    parts: Callable[[Record, str], dict[str, float]]  # medians, by part
    order: tuple[str, ...]  # of all parts that there can be
    total: str  # measure whose figure is shown as the whole; empty: the sum of the parts
    note: str = ""  # a sentence below the table

    def rows(self, record: Record) -> dict[str, dict[str, float]]:
        """Return the parts of each way that has any."""
        found = {way: self.parts(record, way) for way in self.ways}
        return {way: parts for way, parts in found.items() if parts}

    def names(self, record: Record) -> list[str]:
        """Return the parts that at least one way has, in order."""
        there = {name for parts in self.rows(record).values() for name in parts}
        return [name for name in self.order if name in there]

    def table(self, record: Record) -> Table | None:
        """Return a row for each way, and a column for each part; None if there is none."""
        rows, names = self.rows(record), self.names(record)
        if not rows:
            return None
        body = []
        for way, parts in rows.items():
            figure = record.figure(self.total, way) if self.total else None
            whole = figure.text() if figure is not None else f"{sum(parts.values()):.3g}"
            cells = (f"{parts[name]:.3g}" if name in parts else "none" for name in names)
            body.append((record.titles.get(way, way), whole, *cells))
        head = ("", f"all, {self.unit}", *names)
        notes = (self.note,) if self.note else ()
        return Table(title=self.title, head=head, rows=tuple(body), notes=notes)

    def alt(self, record: Record) -> str:
        """Say what the plot shows."""
        table = self.table(record)
        wholes = [f"{row[0]} {row[1]}" for row in table.rows] if table is not None else []
        return (
            f"Stacked bars, in {self.unit}: {self.title}. {'; '.join(wholes)}."
            " The parts are in the table."
        )
