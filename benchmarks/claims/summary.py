# SPDX-License-Identifier: Apache-2.0
"""Tables and sentences about a whole record: idle cost, targets, conditions."""

from __future__ import annotations

from collections.abc import Sequence

from claims import targets
from claims.record import Record
from claims.table import Table


def idle(record: Record) -> Table | None:
    """Return what services cost before the first request, and while they run."""
    if not record.idle:
        return None
    rows = [
        (
            record.titles.get(way, way),
            ", ".join(found["before"]["programs"]) or "none",
            ", ".join(found["running"]["programs"]) or "none",
            f"{found['running']['bytes'] / 1e6:.0f}",
        )
        for way, found in record.idle.items()
    ]
    others = sorted(set(record.after_boot) - targets.MANAGER)
    note = (
        "After a boot, with all sockets open, there is the user's systemd and"
        f" {', '.join(others) or 'nothing else'}. Memory that a proxy shares with its backend,"
        " which is a workerd too, counts half."
    )
    return Table(
        title="Before the first request, and after it",
        head=("", "processes before it", "while it runs", "memory then, MB (PSS)"),
        rows=tuple(rows),
        notes=(note,),
    )


def wanted(record: Record) -> Table:
    """Return the targets, and what came of them."""
    words = {True: "yes", False: "no", None: "not judged"}
    rows = [(v.title, v.wanted, v.found, words[v.met]) for v in targets.verdicts(record)]
    return Table(title="Targets", head=("ratio", "wanted", "found", "met"), rows=tuple(rows))


def conditions(record: Record) -> str:
    """Say on what and with what everything was measured; literals are between backticks."""
    machine, versions = record.machine, dict(record.versions)
    system = versions.pop("distribution", "")
    programs = ", ".join(f"{name} {text}" for name, text in versions.items())
    return (
        f"Measured on {record.date[:10]} in {record.rounds} rounds on {machine['cores']} cores"
        f" ({machine['processor']}) with {machine['memory']} of memory, Linux"
        f" {machine['kernel']}; in the lab, {system} with {programs}. Each figure is the median"
        " of the rounds, with the smallest and the largest in brackets; a ratio is that of two"
        " figures of the same round. What is not ranked was too noisy for it."
        f" `{record.command}` measures anew, in {record.seconds / 60:.0f} minutes."
        f"{_repeated(record)}"
    )


def _repeated(record: Record) -> str:
    if not record.repeated:
        return ""
    return f" What failed once was measured again at once ({'; '.join(record.repeated)})."


def absent(record: Record, ways: Sequence[str]) -> tuple[str, ...]:
    """Return a sentence for each of these ways that was not measured."""
    return tuple(
        f"Not measured: {record.titles.get(way, way)}. Reason: {record.absent[way]}."
        for way in ways
        if way in record.absent
    )
