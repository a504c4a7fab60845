# SPDX-License-Identifier: Apache-2.0
"""How long the first visitor waits, and for what."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re

from claims.station import USER, Station
from claims.ways import Way
from doclab.model import DoclabError

#: What happens one after the other, from the connection to the first byte.
STEPS = (
    "systemd",  # until it starts the service
    "Podman",  # until the container's configuration is written; its network too
    "conmon and crun",  # until crun has made the container
    "start",  # until crun has started the program in it, and Podman has said so
    "program",  # until it answers
)
#: Without a container there are only these.
PLAIN_STEPS = ("systemd", "program")
_EVENT = re.compile(r" container (?P<what>create|init|start) (?P<id>[0-9a-f]{64}) ")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Start:
    """One start."""

    total: float  # milliseconds from the connection to the first byte
    steps: dict[str, float]  # milliseconds of each step


def start(server: Station, way: Way, *, cold: bool) -> Start:
    """Stop a service, and let a visitor start it.

    Args:
        server: the machine.
        way: whose service.
        cold: whether the kernel forgets the files before.

    Raises:
        DoclabError: if there is no answer, or if caches may not be dropped here.
    """
    stop(server, way)
    if cold:
        server.ask("drop_caches")
    clocks: dict[str, float] = server.ask("first_byte", port=way.port, host=way.host)
    # `sync` is for the journal: what Podman wrote is then in it.
    entries = server.as_root(
        f"systemctl --user --machine={USER}@ show"
        f" --property=InactiveExitTimestampMonotonic {way.service}\n"
        "journalctl --sync\n"
        f"journalctl --quiet --output=json --output-fields=MESSAGE --since=@{int(clocks['real'])}"
        " --identifier=podman"
    )
    began, container, events = parse(entries, clocks)
    written = (
        (server.ask("times", user=USER, container=container)["config"] - clocks["real"]) * 1000
        if container
        else 0.0
    )
    return split(total=clocks["total"] * 1000, began=began, written=written, events=events)


def stop(server: Station, way: Way) -> None:
    """Stop a service, and leave its socket open."""
    server.as_root(
        f"for do in 'stop --quiet' reset-failed; do\n"
        f"  systemctl --user --machine={USER}@ $do {way.service} 2> /dev/null || true\n"
        "done"  # a service that is still there is found out by `parse`
    )


def parse(text: str, clocks: dict[str, float]) -> tuple[float, str, dict[str, float]]:
    """Read what systemd and the journal say.

    Args:
        text: a property of systemctl, then lines of the journal as JSON.
        clocks: what both clocks said at the connection; see agent.first_byte.

    Returns:
        when systemd began, the container's identifier (empty without one), and Podman's
        events; the times are milliseconds from the connection on.

    Raises:
        DoclabError: if systemd says nothing.
    """
    found = re.search(r"^InactiveExitTimestampMonotonic=(\d+)$", text, re.MULTILINE)
    if found is None:
        raise DoclabError(f"systemd does not say when the service began:\n{text[:500]}")
    began = (int(found[1]) / 1e6 - clocks["steady"]) * 1000
    if began < 0:
        raise DoclabError("the service ran already when the visitor came: it could not be stopped")
    container, events = "", {}
    for line in text.splitlines():
        if not line.startswith("{"):
            continue
        entry = json.loads(line)
        event = _EVENT.search(str(entry["MESSAGE"]))
        if event is not None:
            at = int(entry["__MONOTONIC_TIMESTAMP"]) / 1e6 - clocks["steady"]
            if at >= 0:
                container = event["id"]
                events[event["what"]] = at * 1000
    return began, container, events


def split(*, total: float, began: float, written: float, events: dict[str, float]) -> Start:
    """Split the time of a start into steps; times are milliseconds from the connection.

    An event that is noted a little late, after the first byte, ends with it.
    """
    names: tuple[str, ...] = PLAIN_STEPS
    marks = [began]
    if events:
        if missing := {"init", "start"} - set(events):
            raise DoclabError(f"Podman's journal lacks the event {', '.join(sorted(missing))}")
        names, marks = STEPS, [began, written, events["init"], events["start"]]
    ordered = list(itertools.accumulate([0.0, *(min(mark, total) for mark in marks), total], max))
    spans = [later - earlier for earlier, later in itertools.pairwise(ordered)]
    return Start(total=total, steps=dict(zip(names, spans, strict=True)))
