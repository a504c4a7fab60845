# SPDX-License-Identifier: Apache-2.0
"""What is measured in each round, way by way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from claims import loads
from claims.loads import Sample, Visitor
from claims.ways import Way

CONNECTIONS = (1, 32, 256)
#: For what a target judges: what disturbs a load makes it slower, and nothing makes it
#: faster than it is, so of several the best says most (as the manual of Python's timeit has it).
TURNS = 3


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measure:
    """One thing to measure."""

    name: str  # in the record
    title: str  # for plots and tables
    unit: str
    laptop: bool  # whether the load comes from the other machine
    quick: bool  # whether a quick run has it too
    bulk: bool  # whether its size is made to fit the speed of the way
    turns: int  # of each way in a round, of which the best counts
    take: Callable[[Visitor, Way, float], Sample]


def _bulk(name: str, take: Callable[[Visitor, Way, float], Sample], *, laptop: bool) -> Measure:
    return Measure(
        name=name + ", laptop" * laptop,
        title=f"{name} from {'another machine' if laptop else 'the server itself'}",
        unit="GB/s",
        laptop=laptop,
        quick=not laptop,
        bulk=True,
        turns=1 if laptop else TURNS,
        take=take,
    )


def requests_name(connections: int, *, close: bool, laptop: bool) -> str:
    """Return the name of a measure of small requests."""
    return f"requests, {connections}" + ", closed" * close + ", laptop" * laptop


def _requests(connections: int, *, close: bool, laptop: bool) -> Measure:
    many = "connection" if connections == 1 else "connections"
    judged = connections == 32 and not close and not laptop
    return Measure(
        name=requests_name(connections, close=close, laptop=laptop),
        title=f"small answers over {connections} {many}"
        + ", a new one for each" * close
        + f", from {'another machine' if laptop else 'the server itself'}",
        unit="requests/s",
        laptop=laptop,
        quick=judged,
        bulk=False,
        turns=TURNS if judged else 1,
        take=loads.requests(connections, close=close),
    )


#: For every way.
MEASURES = (
    *(
        _bulk(name, take, laptop=laptop)
        for laptop in (False, True)
        for name, take in (("download", loads.download), ("upload", loads.upload))
    ),
    *(
        _requests(count, close=close, laptop=laptop)
        for laptop in (False, True)
        for count in CONNECTIONS
        for close in (False, True)
    ),
)
#: For every proxy; the names in the record begin with "proxy ".
PROXY_MEASURES = tuple(
    measure
    for measure in MEASURES
    if measure.name in {"requests, 1", "requests, 32", "requests, 256", "requests, 32, laptop"}
)
