# SPDX-License-Identifier: Apache-2.0
"""The record of a run: raw figures, and what they were measured on."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

from claims.figures import Figure, figure, ratios


class RecordError(Exception):
    """A file that is no record of the benchmark."""


@dataclasses.dataclass(kw_only=True)
class Record:
    """All that a run has found; grows while it runs."""

    date: str  # ISO 8601, UTC
    command: str  # that repeats it
    machine: dict[str, str]
    versions: dict[str, str]
    seconds: float = 0.0  # that all of it took, with the lab
    rounds: int = 0  # that were begun
    #: way or proxy → what it is, in the order of the tables
    titles: dict[str, str] = dataclasses.field(default_factory=dict)
    #: way → why it could not be measured here
    absent: dict[str, str] = dataclasses.field(default_factory=dict)
    #: measure → way → one value for each round; None: it failed
    values: dict[str, dict[str, list[float | None]]] = dataclasses.field(default_factory=dict)
    #: measure → way → how much of a gigabyte is moved: the same, but less of what is very slow
    shares: dict[str, dict[str, float]] = dataclasses.field(default_factory=dict)
    #: measure → way → for each round, program → seconds of processor time, for a gigabyte
    #: or a thousand requests
    processor: dict[str, dict[str, list[dict[str, float]]]] = dataclasses.field(
        default_factory=dict
    )
    #: way → `before` the first request, and `running` → programs, and bytes of memory (PSS)
    idle: dict[str, dict[str, dict[str, Any]]] = dataclasses.field(default_factory=dict)
    #: programs of the user after a boot, when only sockets are open
    after_boot: list[str] = dataclasses.field(default_factory=list)
    #: loads that failed once, and not when they were tried again at once
    repeated: list[str] = dataclasses.field(default_factory=list)
    failures: list[str] = dataclasses.field(default_factory=list)

    def add(self, measure: str, way: str, value: float | None, *, again: bool = False) -> None:
        """Note a value of the round that is the last so far.

        Args:
            measure: what was measured.
            way: of which way.
            value: None if it failed.
            again: whether it is to replace the value that this round has.
        """
        rounded = None if value is None else float(f"{value:.5g}")
        row = self.values.setdefault(measure, {}).setdefault(way, [])
        row += [None] * (self.rounds - 1 - len(row))  # rounds that failed in another way
        if again:
            row.pop()
        row.append(rounded)

    def last(self, measure: str, way: str) -> float | None:
        """Return the value that the last round has; None if it failed."""
        return self.values[measure][way][self.rounds - 1]

    def fail(self, measure: str, way: str, reason: str, *, again: bool = False) -> None:
        """Note that there is no value in this round, of what else was measured neither.

        Args:
            measure: what was measured.
            way: of which way.
            reason: of which the first line is kept.
            again: whether the round has values by now.
        """
        self.failures.append(_said(measure, way, reason))
        parts = [name for name in self.values if name.startswith(f"{measure} ")] if again else []
        for name in (measure, *parts):
            self.add(name, way, None, again=again)

    def repeat(self, measure: str, way: str, reason: str) -> None:
        """Note that a load failed, and not when it was tried again."""
        self.repeated.append(_said(measure, way, reason))

    def add_processor(
        self, measure: str, way: str, seconds: dict[str, float], *, again: bool = False
    ) -> None:
        """Note the processor time of the next round, or that of this one again."""
        rounded = {name: float(f"{value:.3g}") for name, value in sorted(seconds.items())}
        row = self.processor.setdefault(measure, {}).setdefault(way, [])
        if again:
            row.pop()
        row.append(rounded)

    def figure(self, measure: str, way: str) -> Figure | None:
        """Sum up the values of a way; None if there is none."""
        found = [v for v in self.values.get(measure, {}).get(way, []) if v is not None]
        return figure(found) if found else None

    def ratio(self, measure: str, way: str, base: str) -> Figure | None:
        """Sum up the ratios to another way in the same rounds; None if there is none."""
        ways = self.values.get(measure, {})
        if way not in ways or base not in ways:
            return None
        found = ratios(ways[way], ways[base])
        return figure(found) if found else None

    def ratios(self, measure: str, base: str) -> dict[str, Figure]:
        """Return the ratios of all ways that have any."""
        found = {way: self.ratio(measure, way, base) for way in self.values.get(measure, {})}
        return {way: ratio for way, ratio in found.items() if ratio is not None}

    def programs(self, measure: str, way: str) -> dict[str, float]:
        """Return the median processor time of each program, over the rounds."""
        rounds = self.processor.get(measure, {}).get(way, [])
        names = sorted({name for one in rounds for name in one})
        return {name: figure([one.get(name, 0.0) for one in rounds]).median for name in names}

    def dump(self) -> str:
        """Return the record as JSON, the same for the same record."""
        return compact(json.dumps(dataclasses.asdict(self), indent=1, ensure_ascii=False)) + "\n"


def _said(measure: str, way: str, reason: str) -> str:
    return f"{measure}, {way}: {reason.strip().splitlines()[0]}"


def compact(text: str) -> str:
    """Put lists of numbers on one line each, so that a difference can be read."""
    return re.sub(
        r"\[\s+((?:(?:-?[\d.e+-]+|null),?\s+)+)\]",
        lambda found: "[" + " ".join(found[1].split()) + "]",
        text,
    )


def load(path: Path) -> Record:
    """Read a record.

    Raises:
        RecordError: if it is none.
    """
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise RecordError(
            f"{path}: this is no record of `nox -s bench`: {error}; make it anew with that."
        ) from error
