# SPDX-License-Identifier: Apache-2.0
"""Draw the plots of a record as SVG: the same bytes for the same record.

Each plot is drawn twice, for light pages and for dark ones. No plot needs its colours:
series differ by their markers, parts of bars by their hatching, and what matters is
written beside them.
"""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from claims.dots import MeasuresView, Panel
from claims.record import Record
from claims.stacks import StackView
from claims.views import OF_MEASURES, STACKS, file_name

_ROW = 0.42  # inches for each way
_MARKERS = ("o", "^", "s")
_HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Theme:
    """Colours; of the lines and letters on a page, and of what is drawn."""

    name: str
    ink: str
    faint: str  # lines that only help the eye
    series: tuple[str, ...]  # of markers, and of the parts of bars


#: Both sets keep a contrast of at least 3 to 1 to Furo's backgrounds.
THEMES = (
    Theme(name="light", ink="#1a1a1a", faint="#d0d0d0",
          series=("#0b5fa5", "#b34700", "#3d7a2f", "#7a4f9e", "#6b6b6b", "#a3195b")),
    Theme(name="dark", ink="#e6e6e6", faint="#4a4a4a",
          series=("#6db3f2", "#f29b5c", "#86c274", "#bb95dd", "#b0b0b0", "#ee7fb0")),
)  # fmt: skip


def draw(record: Record) -> Mapping[str, str]:
    """Return the SVG of each plot for which there are figures, by the name of its file."""
    found = {}
    for theme in THEMES:
        views: tuple[MeasuresView | StackView, ...] = (*OF_MEASURES.values(), *STACKS.values())
        for view in views:
            if view.table(record) is not None:
                found[file_name(view.name, theme.name)] = _svg(record, view, theme)
    return found


def write(record: Record, folder: Path) -> list[Path]:
    """Write all plots; remove those for which there are no figures any more."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = draw(record)
    for path in folder.glob("bench-*.svg"):
        if path.name not in drawn:
            path.unlink()
    for name, text in drawn.items():
        (folder / name).write_text(text, encoding="utf-8")
    return sorted(folder / name for name in drawn)


def _svg(record: Record, view: MeasuresView | StackView, theme: Theme) -> str:
    settings: dict[Any, Any] = {
        "svg.hashsalt": view.name,  # else identifiers differ each time
        "svg.fonttype": "none",
        "font.size": 10,
        "text.color": theme.ink,
        "axes.labelcolor": theme.ink,
        "axes.edgecolor": theme.faint,
        "xtick.color": theme.ink,
        "ytick.color": theme.ink,
        "hatch.color": theme.ink,
        "hatch.linewidth": 0.6,
    }
    with mpl.rc_context(settings):
        if isinstance(view, MeasuresView):
            canvas = _dots(record, view, theme)
        else:
            canvas = _bars(record, view, theme)
        out = io.StringIO()
        canvas.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    # No spaces at the ends of lines: the file is committed.
    return re.sub(r"[ \t]+$", "", out.getvalue(), flags=re.MULTILINE)


def _axes(axes: Axes, labels: list[str], theme: Theme, unit: str) -> None:
    """Give a plot rows with labels, the first on top, and a scale that starts at zero."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(unit)
    axes.grid(axis="x", color=theme.faint, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _dots(record: Record, view: MeasuresView, theme: Theme) -> Canvas:
    panels = [
        panel for panel in view.panels
        if any(record.values.get(series.measure) for series in panel.series)
    ]  # fmt: skip
    ways = [
        way for way in view.ways
        if any(record.figure(series.measure, way) for series, _ in view.columns())
    ]  # fmt: skip
    height = (_ROW * len(ways) + 0.9) * len(panels) + 0.3
    canvas = Canvas(figsize=(7.2, height), layout="constrained")
    for number, panel in enumerate(panels, start=1):
        axes = canvas.add_subplot(len(panels), 1, number)
        _axes(axes, [record.titles.get(way, way) for way in ways], theme, view.unit)
        _panel(axes, record, panel, ways, theme=theme)
        if panel.title:
            axes.set_title(panel.title, loc="left", fontsize=10, fontweight="bold")
    first = canvas.axes[0]
    if len(panels[0].series) > 1:
        handles, labels = first.get_legend_handles_labels()
        canvas.legend(handles, labels, loc="outside upper right", ncols=3, frameon=False)
    return canvas


def _panel(axes: Axes, record: Record, panel: Panel, ways: list[str], *, theme: Theme) -> None:
    """Draw a marker at each median, a line over its spread, and the value beside it."""
    shift = 0.5 / len(panel.series)
    most = 0.0
    for index, series in enumerate(panel.series):
        found = {way: record.figure(series.measure, way) for way in ways}
        known = {row: f for row, f in enumerate(found.values()) if f is not None}
        rows = [row + (index - (len(panel.series) - 1) / 2) * shift for row in known]
        for at, one in zip(rows, known.values(), strict=True):
            axes.plot([one.low, one.high], [at, at], color=theme.series[index], linewidth=2)
            axes.annotate(
                _short(one.median), (one.high, at), xytext=(6, 0), textcoords="offset points",
                va="center", fontsize=8,
            )  # fmt: skip
            most = max(most, one.high)
        axes.plot(
            [one.median for one in known.values()], rows, _MARKERS[index],
            color=theme.series[index], label=series.label, linestyle="none",
        )  # fmt: skip
    axes.set_xlim(0, most * 1.12 or 1)


def _bars(record: Record, view: StackView, theme: Theme) -> Canvas:
    found, names = view.rows(record), view.names(record)
    canvas = Canvas(figsize=(7.2, _ROW * len(found) + 1.3), layout="constrained")
    axes = canvas.add_subplot()
    _axes(axes, [record.titles.get(way, way) for way in found], theme, view.unit)
    ends = [0.0] * len(found)
    for index, name in enumerate(names):
        sizes = [parts.get(name, 0.0) for parts in found.values()]
        axes.barh(
            range(len(found)), sizes, left=ends, height=0.6, label=name,
            color=theme.series[index % len(theme.series)], edgecolor=theme.ink, linewidth=0.6,
            hatch=_HATCHES[index % len(_HATCHES)],
        )  # fmt: skip
        ends = [end + size for end, size in zip(ends, sizes, strict=True)]
    for row, end in enumerate(ends):
        axes.annotate(
            _short(end), (end, row), xytext=(6, 0), textcoords="offset points", va="center",
            fontsize=8,
        )  # fmt: skip
    axes.set_xlim(0, max(ends) * 1.12 or 1)
    canvas.legend(loc="outside upper right", ncols=3, frameon=False)
    return canvas


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
