"""What is measured in each round, way by way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from claims.server import Load, Server
from claims.ways import Way

GIGABYTE = 1_000_000_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measure:
    """One thing to measure."""

    name: str
    title: str
    unit: str
    more_is_better: bool
    quick: bool  # whether a quick run has it too
    take: Callable[[Server, Way], dict[str, float]]  # the values by the suffix of their name


def _bulk(name: str, title: str, *, upload: bool, on_laptop: bool, size: int) -> Measure:
    def take(server: Server, way: Way) -> dict[str, float]:
        # The handler of slirp4netns would take ten times as long as all others together.
        less = size // 8 if way.name == "slow" else size
        return {"": server.bulk(way, size=less, upload=upload, on_laptop=on_laptop)}

    return Measure(
        name=name,
        title=title,
        unit="GB/s",
        more_is_better=True,
        quick=name == "download",
        take=take,
    )


def _load(name: str, title: str, *, connections: int, close: bool, on_laptop: bool) -> Measure:
    def take(server: Server, way: Way) -> dict[str, float]:
        found: Load = server.load(
            way, connections=connections, seconds=1, close=close, on_laptop=on_laptop
        )
        return {"": found.rate, " p50": found.p50, " p99": found.p99, " p99.9": found.p999}

    quick = name == "small, 32 connections"
    return Measure(
        name=name, title=title, unit="requests/s", more_is_better=True, quick=quick, take=take
    )


MEASURES = (
    _bulk("download", "download from the server itself", upload=False, on_laptop=False,
          size=GIGABYTE),
    _bulk("upload", "upload from the server itself", upload=True, on_laptop=False, size=GIGABYTE),
    _bulk("download, laptop", "download from another machine", upload=False, on_laptop=True,
          size=GIGABYTE),
    _bulk("upload, laptop", "upload from another machine", upload=True, on_laptop=True,
          size=GIGABYTE),
    *(
        _load(f"small, {count} connections{', closed' * close}",
              f"small answers, {count} connections{', a new one for each' * close}",
              connections=count, close=close, on_laptop=False)
        for count in (1, 32, 256) for close in (False, True)
    ),
    _load("small, 32 connections, laptop", "small answers, 32 connections, from another machine",
          connections=32, close=False, on_laptop=True),
)  # fmt: skip
