"""The record of a run: raw figures, and what they were measured on."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from claims.figures import Figure, figure, ratios
from doclab.model import DoclabError


@dataclasses.dataclass(kw_only=True)
class Record:
    """All that a run has found; grows while it runs."""

    date: str  # ISO 8601, UTC
    command: str  # that repeats it
    machine: dict[str, str]
    versions: dict[str, str]
    absent: dict[str, str]  # what could not be measured here, and why
    #: measure → way → one value for each round; None: it failed
    values: dict[str, dict[str, list[float | None]]] = dataclasses.field(default_factory=dict)
    #: way → program → seconds of processor time in each download
    processor: dict[str, list[dict[str, float]]] = dataclasses.field(default_factory=dict)
    idle: dict[str, dict[str, int]] = dataclasses.field(default_factory=dict)
    failures: list[str] = dataclasses.field(default_factory=list)

    def add(self, measure: str, way: str, value: float | None) -> None:
        """Note a value of the next round."""
        rounded = None if value is None else float(f"{value:.5g}")
        self.values.setdefault(measure, {}).setdefault(way, []).append(rounded)

    def add_processor(self, way: str, seconds: dict[str, float]) -> None:
        """Note the processor time of the next round."""
        self.processor.setdefault(way, []).append({n: round(s, 2) for n, s in seconds.items()})

    def figure(self, measure: str, way: str) -> Figure | None:
        """Sum up the values of a way; None if there is none."""
        found = [v for v in self.values.get(measure, {}).get(way, []) if v is not None]
        return figure(found) if found else None

    def ratio(self, measure: str, way: str, base: str) -> Figure | None:
        """Sum up the ratios to another way in the same rounds."""
        ways = self.values.get(measure, {})
        if way not in ways or base not in ways:
            return None
        found = ratios(ways[way], ways[base])
        return figure(found) if found else None

    def dump(self) -> str:
        """Return the record as JSON, the same for the same record."""
        return json.dumps(dataclasses.asdict(self), indent=1, ensure_ascii=False) + "\n"


def load(path: Path) -> Record:
    """Read a record.

    Raises:
        DoclabError: if it is none.
    """
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DoclabError(f"{path}: this is no record of `nox -s bench`: {error}.") from error
