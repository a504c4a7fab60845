# SPDX-License-Identifier: Apache-2.0
"""Reports: pure functions of the ledger, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from doclab.model import Ledger
from doclab.reports.html import to_html
from doclab.reports.junit import to_junit

# The files beside ledger.json, and what makes each of it.
FILES: Mapping[str, Callable[[Ledger], str]] = {"junit.xml": to_junit, "report.html": to_html}


def write(ledger: Ledger, folder: Path) -> tuple[Path, ...]:
    """Write the reports that are files; return their paths."""
    for name, make in FILES.items():
        (folder / name).write_text(make(ledger), encoding="utf-8")
    return tuple(folder / name for name in FILES)
