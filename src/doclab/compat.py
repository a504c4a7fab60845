# SPDX-License-Identifier: Apache-2.0
"""Run the whole site in every lab, and keep the table of what it was tested with."""

from __future__ import annotations

import argparse
import dataclasses
import enum
import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from doclab import engine, ledger, stages
from doclab.bases import NoRegistryError
from doclab.images import ImageStore
from doclab.model import DoclabError, Fate, Ledger
from doclab.progress import Progress

#: Where the docs have the table, below the directory of conf.py.
TABLE = Path("_data") / "compat.json"
_REMEDY = "`nox -s compat` writes a new one"
_NAMES = {"distribution": "Distribution", "podman": "Podman"}
_LEFT_OUT = {"kernel"}  # the machine's outside, not the lab's


class Verdict(enum.Enum):
    """What a run says of a lab."""

    GREEN = "green"
    RED = "red"
    UNVERIFIED = "not verified"  # its base image cannot be had here


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One lab in the table."""

    lab: str
    base: str  # the image that its machines are built on
    verdict: Verdict
    reason: str = ""  # empty for green
    versions: dict[str, str] = dataclasses.field(default_factory=dict)  # as in the ledger
    passed: int = 0  # blocks, each counted once
    skipped: int = 0  # blocks that passed in no scenario
    date: str = ""  # ISO 8601, UTC; empty if it was not run


def row_of(lab: str, base: str, found: Ledger) -> Row:
    """Return the row of a lab that was run."""
    passed = {r.block.location for r in found.results if r.fate is Fate.PASSED}
    skipped = {r.block.location for r in found.results if r.fate is Fate.SKIPPED} - passed
    reason = ""
    if not found.green:
        failed = found.count(Fate.FAILED) + found.count(Fate.BLOCKED)
        reason = f"{failed} failed or blocked, {len(found.errors)} errors"
    elif not found.complete:
        reason = "only a part of the site was run"
    return Row(
        lab=lab,
        base=base,
        verdict=Verdict.RED if reason else Verdict.GREEN,
        reason=reason,
        versions={k: v for k, v in found.versions.items() if k not in _LEFT_OUT},
        passed=len(passed),
        skipped=len(skipped),
        date=found.started[:10],
    )


def dump(rows: Sequence[Row]) -> str:
    """Return the text of compat.json."""
    plain = [{**dataclasses.asdict(row), "verdict": row.verdict.value} for row in rows]
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def load(text: str, name: str) -> tuple[Row, ...]:
    """Return the rows that a text of `dump` came from.

    Raises:
        DoclabError: if it is no such text; `name` is that of the file.
    """
    try:
        return tuple(Row(**{**row, "verdict": Verdict(row["verdict"])}) for row in json.loads(text))
    except (ValueError, TypeError, KeyError) as error:
        raise DoclabError(f"{name}: no table of labs: {error}; {_REMEDY}.") from error


def cells(rows: Sequence[Row]) -> list[list[str]]:
    """Return the table for people: its head, and a line for each lab."""
    known = dict.fromkeys(name for row in rows for name in row.versions)
    names = sorted(known, key=lambda name: name != "distribution")
    head = ["Lab", *(_NAMES.get(name, name) for name in names), "Blocks", "Date"]
    return [head, *([r.lab, *_versions(r, names), _outcome(r), r.date or "-"] for r in rows)]


def _versions(row: Row, names: Sequence[str]) -> list[str]:
    return [row.versions.get(name) or (row.base if name == "distribution" else "-")
            for name in names]  # fmt: skip


def _outcome(row: Row) -> str:
    if row.verdict is Verdict.GREEN:
        skipped = f", {row.skipped} skipped" if row.skipped else ""
        return f"{row.passed} passed{skipped}"
    return f"{row.verdict.value}: {row.reason}"


def text(rows: Sequence[Row]) -> str:
    """Return the table in columns, for a terminal."""
    lines = cells(rows)
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def run(options: argparse.Namespace) -> int:
    """Run the site in each lab; return 0 if all that could be run are green."""
    site = stages.read_site(options)
    names = [site.settings.lab(name) for name in options.labs] or list(site.settings.labs)
    images = ImageStore(engine.detect(), site.settings.recipe, Progress())
    rows = []
    for name in names:
        base = site.settings.labs[name]
        print(f"\nlab {name}: {base}", flush=True)
        try:
            images.ensure(name, base)
        except NoRegistryError as error:
            print(error)
            reason = "no image registry answered in this run"
            rows.append(Row(lab=name, base=base, verdict=Verdict.UNVERIFIED, reason=reason))
        except DoclabError as error:
            print(error)
            reason = str(error).splitlines()[0]
            rows.append(Row(lab=name, base=base, verdict=Verdict.RED, reason=reason))
        else:
            rows.append(_run_lab(options, name, base))
    output = options.build / "compat" / "compat.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(dump(rows), encoding="utf-8")
    print(f"\n{text(rows)}\n\n{output}")
    bad = [row for row in rows if row.verdict is Verdict.RED]
    if options.strict:
        bad += [row for row in rows if row.verdict is Verdict.UNVERIFIED]
    if bad or all(row.verdict is not Verdict.GREEN for row in rows):
        return 1
    if not options.labs:
        table = options.docs / TABLE
        table.parent.mkdir(exist_ok=True)
        table.write_text(output.read_text(encoding="utf-8"), encoding="utf-8")
        print(f"{table}: written; commit it, and the docs show it.")
    return 0


def _run_lab(options: argparse.Namespace, name: str, base: str) -> Row:
    """Run the site in a lab, in a process of its own: Sphinx wants a fresh one."""
    output = options.build / "compat" / name
    path = output / "ledger.json"
    path.unlink(missing_ok=True)
    command = [sys.executable, "-m", "doclab.cli", "--docs", options.docs, "--build", options.build,
               "run", "--no-cache", "--lab", name, "--output", output]  # fmt: skip
    # In a session of its own, so that a Ctrl-C reaches it once, and is waited for: it has
    # labs to remove.
    process = subprocess.Popen(
        list(map(str, command)), stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        status = process.wait()
    except BaseException:
        process.send_signal(signal.SIGINT)
        process.wait()
        raise
    if not path.is_file():
        reason = f"it wrote no ledger, and ended with {status}"
        return Row(lab=name, base=base, verdict=Verdict.RED, reason=reason)
    return row_of(name, base, ledger.load(path.read_text(encoding="utf-8"), str(path)))
