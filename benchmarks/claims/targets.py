# SPDX-License-Identifier: Apache-2.0
"""What the figures should be, and whether two records agree."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from claims.figures import Figure
from claims.record import Record

#: Two medians may differ by so much in any case: what one reboot changes.
TOLERANCE = 0.05
#: Programs that belong to the user's systemd itself, and to no service.
MANAGER = frozenset({"systemd", "(sd-pam)", "dbus-daemon", "dbus-broker", "dbus-broker-lau"})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Target:
    """A ratio that is wanted."""

    title: str
    measure: str
    way: str
    base: str
    least: float | None = None
    most: float | None = None

    def met(self, found: Figure) -> bool:
        """Whether the median is where it should be."""
        return (self.least is None or found.median >= self.least) and (
            self.most is None or found.median <= self.most
        )

    @property
    def wanted(self) -> str:
        """The limit, for people."""
        return f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"


TARGETS = (
    Target(title="download, socket-activated ÷ no container",
           measure="download", way="activated", base="native", least=0.95),
    Target(title="upload, socket-activated ÷ no container",
           measure="upload", way="activated", base="native", least=0.95),
    Target(title="download, socket-activated ÷ published on a network of its own",
           measure="download", way="activated", base="own", least=1.3),
    Target(title="upload, socket-activated ÷ published on a network of its own",
           measure="upload", way="activated", base="own", least=1.3),
    Target(title="small answers over 32 connections, socket-activated ÷ no container",
           measure="requests, 32", way="activated", base="native", least=0.95),
    Target(title="first byte after a cold start, example 1 ÷ its plain form",
           measure="activation, cold", way="workerd", base="plain", most=0.7),
)  # fmt: skip


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of a target."""

    title: str
    wanted: str
    found: str
    met: bool | None  # None: it was not measured


def verdicts(record: Record) -> Iterator[Verdict]:
    """Judge a record by all targets, and by what runs before the first request."""
    for target in TARGETS:
        found = record.ratio(target.measure, target.way, target.base)
        yield Verdict(
            title=target.title,
            wanted=target.wanted,
            found=found.text(".2f") if found is not None else "not measured",
            met=target.met(found) if found is not None else None,
        )
    services = [one["before"]["programs"] for one in record.idle.values()]
    running = sorted(
        {name for names in services for name in names} | (set(record.after_boot) - MANAGER)
    )
    yield Verdict(
        title="before the first request, besides the user's systemd",
        wanted="no process",
        found=", ".join(running) or "no process",
        met=not running,
    )


def report(record: Record) -> Iterator[str]:
    """Yield a line for each target."""
    words = {True: "met", False: "NOT met", None: "not judged"}
    for verdict in verdicts(record):
        yield f"{verdict.title}: {verdict.found}; wanted: {verdict.wanted}; {words[verdict.met]}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Comparison:
    """One ratio in two records."""

    title: str
    ours: Figure
    theirs: Figure

    @property
    def agrees(self) -> bool:
        """Whether the medians differ by no more than both spreads together."""
        spread = self.ours.high - self.ours.low + self.theirs.high - self.theirs.low
        return abs(self.ours.median - self.theirs.median) <= max(spread, TOLERANCE)


def comparisons(record: Record, published: Record) -> Iterator[Comparison]:
    """Compare all ratios of the targets that both have."""
    for target in TARGETS:
        ours = record.ratio(target.measure, target.way, target.base)
        theirs = published.ratio(target.measure, target.way, target.base)
        if ours is not None and theirs is not None:
            yield Comparison(title=target.title, ours=ours, theirs=theirs)


def agreement(record: Record, published: Record) -> Iterator[str]:
    """Yield a line for each ratio that both have: whether they agree within the spread."""
    for one in comparisons(record, published):
        word = "agrees with" if one.agrees else "DIFFERS from"
        yield f"{one.title}: {one.ours.text('.2f')} {word} {one.theirs.text('.2f')}, published"


def disagreements(record: Record, published: Record) -> list[str]:
    """Return a sentence for each ratio that does not agree, and for having compared none."""
    found = list(comparisons(record, published))
    if not found:
        return ["no ratio is in this record and in the published one: nothing was compared"]
    return [
        f"{one.title}: {one.ours.text('.2f')} here, {one.theirs.text('.2f')} published"
        for one in found
        if not one.agrees
    ]
