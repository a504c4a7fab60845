"""What the figures should be, and whether two records agree."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from claims.figures import Figure
from claims.record import Record


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
    Target(title="download, socket-activated ÷ without a container", measure="download",
           way="activated", base="native", least=0.95),
    Target(title="download, socket-activated ÷ published on a network of its own",
           measure="download", way="activated", base="own", least=1.3),
    Target(title="small answers, socket-activated ÷ without a container",
           measure="small, 32 connections", way="activated", base="native", least=0.95),
    Target(title="first byte after a cold start, example 1 ÷ its plain form",
           measure="activation, cold", way="example 1", base="example 1, plain", most=0.7),
)  # fmt: skip


def lines(record: Record) -> Iterator[str]:
    """Yield a line for each target."""
    for target in TARGETS:
        found = record.ratio(target.measure, target.way, target.base)
        if found is None:
            yield f"{target.title}: not measured"
            continue
        verdict = "met" if target.met(found) else "NOT met"
        yield (
            f"{target.title}: {found.median:.2f} ({found.low:.2f} to {found.high:.2f}),"
            f" wanted {target.wanted}: {verdict}"
        )
    for name, numbers in record.idle.items():
        yield f"{name}: {numbers['idle, processes']} processes before the first request"


def disagreements(record: Record, published: Record) -> list[str]:
    """Return the ratios of which the spread lies wholly outside of the published one."""
    found = []
    for target in TARGETS:
        ours = record.ratio(target.measure, target.way, target.base)
        theirs = published.ratio(target.measure, target.way, target.base)
        if ours is not None and theirs is not None and not ours.overlaps(theirs):
            found.append(
                f"{target.title}: {ours.median:.2f} ({ours.low:.2f} to {ours.high:.2f}) here,"
                f" {theirs.median:.2f} ({theirs.low:.2f} to {theirs.high:.2f}) published"
            )
    return found
