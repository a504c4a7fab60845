# SPDX-License-Identifier: Apache-2.0
"""A view of measures that all ways have: a table of figures, ratios and places."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator

from claims.figures import Figure, ranks
from claims.record import Record
from claims.table import Table


class Style(enum.Enum):
    """What the cells of the table say."""

    FULL = "figure, ratio and place"
    RATIOS = "ratio; the figure for the baseline alone"
    VALUES = "figure"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Series:
    """One measure, as the plot and the table name it."""

    measure: str
    label: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Panel:
    """One part of a plot, with a scale of its own."""

    title: str  # empty: the only one
    series: tuple[Series, ...]

    def title_of(self, series: Series) -> str:
        """Return what a column of the table is called."""
        return ", ".join(filter(None, (self.title, series.label)))


@dataclasses.dataclass(frozen=True, kw_only=True)
class MeasuresView:
    """A dot plot and its table."""

    name: str
    title: str
    unit: str
    more_is_better: bool
    ways: tuple[str, ...]  # in order, the baseline first
    base: str  # to which the ratios are
    style: Style
    panels: tuple[Panel, ...]

    def columns(self) -> Iterator[tuple[Series, str]]:
        """Yield each series, and its title."""
        for panel in self.panels:
            for series in panel.series:
                yield series, panel.title_of(series)

    def table(self, record: Record) -> Table | None:
        """Return a row for each way; None if nothing of it was measured."""
        columns = [
            (series, title) for series, title in self.columns() if record.values.get(series.measure)
        ]
        if not columns:
            return None
        baseline = record.titles.get(self.base, self.base)
        head = [""]
        for _, title in columns:
            head += {
                Style.FULL: [f"{title}, {self.unit}", f"÷ {baseline}", "place"],
                Style.RATIOS: [f"{title}, ÷ {baseline}"],
                Style.VALUES: [f"{title}, {self.unit}"],
            }[self.style]
        rows = []
        for way in self.ways:
            if any(record.figure(series.measure, way) for series, _ in columns):
                cells = [cell for series, _ in columns for cell in self._cells(record, series, way)]
                rows.append((record.titles.get(way, way), *cells))
        return Table(
            title=self.title,
            head=tuple(head),
            rows=tuple(rows),
            notes=tuple(self._notes(record, columns)),
        )

    def places(self, record: Record, series: Series) -> dict[str, tuple[int, int]]:
        """Return the best and the worst place of each way, by the ratios."""
        found = record.ratios(series.measure, self.base)
        return ranks(
            {way: found[way] for way in self.ways if way in found},
            more_is_better=self.more_is_better,
        )

    def _cells(self, record: Record, series: Series, way: str) -> list[str]:
        figure = record.figure(series.measure, way)
        ratio = record.ratio(series.measure, way, self.base)
        value = number(figure) if figure is not None else "not measured"
        share = ratio.text(".2f") if ratio is not None else "not measured"
        if self.style is Style.VALUES:
            return [value]
        if self.style is Style.RATIOS:
            return [f"{value} {self.unit}" if way == self.base else share]
        place = self.places(record, series).get(way)
        return [value, "1" if way == self.base else share, place_text(place)]

    def _notes(self, record: Record, columns: list[tuple[Series, str]]) -> Iterator[str]:
        for series, title in columns:
            for way in self.ways:
                values = record.values[series.measure].get(way, [])
                if missing := values.count(None):
                    name = record.titles.get(way, way)
                    yield f"{title}: {name} failed in {missing} of {len(values)} rounds."
        if self.style is Style.FULL:
            return  # the table has a column for the places
        for series, title in columns:
            places = self.places(record, series)
            open_ones = [way for way, (best, worst) in places.items() if best != worst]
            names = [record.titles.get(way, way) for way in open_ones]
            if names:
                yield f"{title}: not ranked, since their spreads meet: {'; '.join(names)}."

    def alt(self, record: Record) -> str:
        """Say what the plot shows."""
        parts = [
            f"{record.titles.get(way, way)} {number(figure)}"
            for series, _ in list(self.columns())[:1]
            for way in self.ways
            if (figure := record.figure(series.measure, way)) is not None
        ]
        first = next(title for _, title in self.columns())
        return (
            f"Dot plot, in {self.unit}: {self.title}. {first}: {'; '.join(parts)}."
            " All numbers are in the table."
        )


def number(figure: Figure) -> str:
    """Return a figure for people: three digits, and thousands with commas."""

    def text(value: float) -> str:
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

    return f"{text(figure.median)} ({text(figure.low)} to {text(figure.high)})"


def place_text(place: tuple[int, int] | None) -> str:
    """Return a place, or that there is none."""
    if place is None:
        return "not measured"
    best, worst = place
    return str(best) if best == worst else f"not ranked ({best} to {worst})"
