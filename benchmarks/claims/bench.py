"""Measure in a lab, in rounds, and write the record."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import platform
import re
import time
from collections.abc import Callable
from pathlib import Path

from claims import activation, proxies
from claims.measures import MEASURES, Measure
from claims.record import Record
from claims.server import Server
from claims.ways import BASELINE, WAYS, Way
from doclab.model import DoclabError

Say = Callable[[str], None]
QUICK_WAYS = (BASELINE, "activated", "pasta", "own")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """How much to measure."""

    quick: bool
    rounds: int

    def ways(self, absent: dict[str, str]) -> list[Way]:
        """The ways that are there, the baseline first."""
        chosen = QUICK_WAYS if self.quick else tuple(way.name for way in WAYS)
        return [way for way in WAYS if way.name in chosen and way.name not in absent]

    def measures(self) -> list[Measure]:
        """What to measure of each."""
        return [measure for measure in MEASURES if measure.quick or not self.quick]


def measure(server: Server, plan: Plan, say: Say) -> Record:
    """Measure everything.

    Args:
        server: in which the page that prepares it has been done.
        plan: how much.
        say: told what happens.
    """
    say("installing the ways")
    absent = server.install()
    for name, reason in absent.items():
        say(f"{name} is absent: {reason}")
    proxies.install(server)
    record = Record(
        date=dt.datetime.now(dt.UTC).isoformat(timespec="minutes"),
        command="nox -s bench" + (" -- --quick" if plan.quick else ""),
        machine=machine(),
        versions=server.versions(),
        absent={**absent, **proxies.ABSENT},
    )
    for number in range(1, plan.rounds + 1):
        clock = time.monotonic()
        for one in plan.measures():
            for way in plan.ways(absent):
                _take(record, server, one, way)
        for way in proxies.PROXIES:
            found = server.load(
                way, connections=32, seconds=1, close=False, host="whoami.example.com"
            )
            record.add("proxy", way.name, found.rate)
            record.add("proxy p99", way.name, found.p99)
        for name in activation.UNITS:
            for cold in (False, True):
                _start(record, server, name, cold=cold)
        say(f"round {number} of {plan.rounds}: {time.monotonic() - clock:.0f} s")
    _idle(record, server)
    return record


def _take(record: Record, server: Server, one: Measure, way: Way) -> None:
    before = server.processor_seconds()
    try:
        found = one.take(server, way)
    except DoclabError as error:
        record.failures.append(f"{one.name}, {way.name}: {str(error).splitlines()[0]}")
        record.add(one.name, way.name, None)
        return
    after = server.processor_seconds()
    for suffix, value in found.items():
        record.add(one.name + suffix, way.name, value)
    if one.name == "download":
        used = {name: after[name] - before.get(name, 0.0) for name in after}
        record.add_processor(way.name, {n: s for n, s in used.items() if s >= 0.01})


def _start(record: Record, server: Server, name: str, *, cold: bool) -> None:
    state = "cold" if cold else "warm"
    try:
        found = activation.start(server, name, cold=cold)
    except DoclabError as error:
        record.failures.append(f"activation, {state}, {name}: {str(error).splitlines()[-1]}")
        record.add(f"activation, {state}", name, None)
        return
    record.add(f"activation, {state}", name, found.total)
    for step, value in found.steps.items():
        record.add(f"activation, {state}, {step}", name, value)


def _idle(record: Record, server: Server) -> None:
    """Memory and processes of a service while it runs, and before its first request."""
    for name, (unit, url) in activation.UNITS.items():
        server.as_test(
            f"curl --silent --output /dev/null --header 'Host: whoami.example.com' {url}"
        )
        size, count = server.memory(f"{unit}.service")
        server.as_test(f"systemctl --user stop {unit}.service 2> /dev/null")
        idle_size, idle_count = server.memory(f"{unit}.service")
        record.idle[name] = {
            "running, bytes": size, "running, processes": count,
            "idle, bytes": idle_size, "idle, processes": idle_count,
        }  # fmt: skip


def machine() -> dict[str, str]:
    """Return what this computer is."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return {
        "processor": model[1] if model is not None else platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "kernel": platform.release(),
    }
