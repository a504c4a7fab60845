# SPDX-License-Identifier: Apache-2.0
"""What of a record the pages show: tables, and the words for those who see no plot."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from claims import activation, summary
from claims.dots import MeasuresView, Panel, Series, Style
from claims.measures import CONNECTIONS, requests_name
from claims.proxies import PROXIES, STARTS
from claims.record import Record
from claims.stacks import StackView
from claims.table import Table
from claims.ways import BASELINE, WAYS

_WAYS = tuple(way.name for way in WAYS)
_PROXIES = tuple(way.name for way in PROXIES)
_STARTS = tuple(way.name for way in STARTS)
_PERCENTILES = ("p50", "p99", "p99.9")


def _bulk(name: str, where: str, suffix: str) -> MeasuresView:
    series = tuple(Series(measure=f"{one}{suffix}", label=one) for one in ("download", "upload"))
    return MeasuresView(
        name=name, title=f"Download and upload from {where}", unit="GB/s", more_is_better=True,
        ways=_WAYS, base=BASELINE, style=Style.FULL, panels=(Panel(title="", series=series),),
    )  # fmt: skip


def _requests(name: str, where: str, *, laptop: bool) -> MeasuresView:
    panels = tuple(
        Panel(
            title=f"{count} connection{'s' * (count > 1)}",
            series=tuple(
                Series(
                    measure=requests_name(count, close=close, laptop=laptop),
                    label="a new one for each request" if close else "kept open",
                )
                for close in (False, True)
            ),
        )
        for count in CONNECTIONS
    )
    return MeasuresView(
        name=name, title=f"Small answers to {where}", unit="requests/s", more_is_better=True,
        ways=_WAYS, base=BASELINE, style=Style.RATIOS, panels=panels,
    )  # fmt: skip


def _latency(name: str, where: str, suffix: str) -> MeasuresView:
    series = tuple(Series(measure=f"requests, 32{suffix} {one}", label=one) for one in _PERCENTILES)
    return MeasuresView(
        name=name, title=f"Time to a small answer, over 32 connections from {where}", unit="ms",
        more_is_better=False, ways=_WAYS, base=BASELINE, style=Style.VALUES,
        panels=(Panel(title="", series=series),),
    )  # fmt: skip


_PROXY = MeasuresView(
    name="proxies", title="Small answers through a proxy, from the same backend",
    unit="requests/s", more_is_better=True, ways=_PROXIES, base="workerd", style=Style.RATIOS,
    panels=(
        *(
            Panel(title=f"{count} connection{'s' * (count > 1)}",
                  series=(Series(measure=f"proxy requests, {count}", label="kept open"),))
            for count in CONNECTIONS
        ),
        Panel(title="32 connections from another machine",
              series=(Series(measure="proxy requests, 32, laptop", label="kept open"),)),
    ),
)  # fmt: skip

#: Views of measures, each with a dot plot.
OF_MEASURES = {
    view.name: view
    for view in (
        _bulk("bulk", "the server itself", ""),
        _bulk("bulk-laptop", "another machine", ", laptop"),
        _requests("requests", "the server itself", laptop=False),
        _requests("requests-laptop", "another machine", laptop=True),
        _latency("latency", "the server itself", ""),
        _latency("latency-laptop", "another machine", ", laptop"),
        _PROXY,
    )
}


def _steps(measure: str) -> Callable[[Record, str], dict[str, float]]:
    def parts(record: Record, way: str) -> dict[str, float]:
        found = {step: record.figure(f"{measure}, {step}", way) for step in activation.STEPS}
        return {step: figure.median for step, figure in found.items() if figure is not None}

    return parts


_PROGRAMS = (
    "workerd", "curl", "pasta", "rootlessport", "slirp4netns", "other programs", "interrupts",
)  # fmt: skip


def _programs(measure: str) -> Callable[[Record, str], dict[str, float]]:
    def parts(record: Record, way: str) -> dict[str, float]:
        found = record.programs(measure, way)
        named = {name: found[name] for name in _PROGRAMS if found.get(name)}
        others = sum(value for name, value in found.items() if name not in _PROGRAMS)
        return {**named, "other programs": others} if others >= 0.01 else named

    return parts


def _processor(name: str, title: str, measure: str) -> StackView:
    return StackView(
        name=name, title=title, unit="s/GB", ways=_WAYS, parts=_programs(measure),
        order=_PROGRAMS, total="",
        note="Time in a program is that in the kernel on its behalf, too. Interrupts are the"
        " kernel's own work, most of it for the network, of the whole computer.",
    )  # fmt: skip


def _activation(state: str) -> StackView:
    return StackView(
        name=f"activation-{state}", title=f"First connection to first byte, page cache {state}",
        unit="ms", ways=_STARTS, parts=_steps(f"activation, {state}"), order=activation.STEPS,
        total=f"activation, {state}",
    )  # fmt: skip


#: Views with stacked bars.
STACKS = {
    view.name: view
    for view in (
        _processor("processor", "Processor time of a download on the server", "download"),
        _processor("processor-laptop", "Processor time of a download by another machine",
                   "download, laptop"),
        _activation("warm"),
        _activation("cold"),
    )
}  # fmt: skip


#: Views that are tables and nothing else.
TABLES: dict[str, Callable[[Record], Table | None]] = {
    "idle": summary.idle,
    "targets": summary.wanted,
}
NAMES = (*OF_MEASURES, *STACKS, *TABLES, "conditions")


#: For which pages plots are drawn.
THEMES = ("light", "dark")


def file_name(view: str, theme: str) -> str:
    """Return the name of the file that holds a plot."""
    return f"bench-{view}-{theme}.svg"


def table(name: str, record: Record) -> Table | None:
    """Return the table of a view, with what is absent below; None if there are no figures."""
    if name in TABLES:
        return TABLES[name](record)
    view = OF_MEASURES.get(name) or STACKS[name]
    found = view.table(record)
    if found is None:
        return None
    return dataclasses.replace(found, notes=(*found.notes, *summary.absent(record, view.ways)))


def alt(name: str, record: Record) -> str:
    """Return what the plot of a view shows, in words; empty for a view without one."""
    if name in TABLES:
        return ""
    return (OF_MEASURES.get(name) or STACKS[name]).alt(record)
