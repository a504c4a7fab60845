# SPDX-License-Identifier: Apache-2.0
"""Since: what a failed run has that the last green run of the whole site had not.

A failure has its cause in what changed, or in nothing that is ours. Both are worth
knowing, so the ledger of the last green run is kept beside that of the last run.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from doclab import ledger
from doclab.keys import without_place
from doclab.model import Block, DoclabError, Fate, Ledger

NAME = "last-green.json"  # beside ledger.json


def noted(found: Ledger, folder: Path) -> Ledger:
    """Return the ledger of a run, with what changed if it is red; keep it if it is green.

    Args:
        found: what came of the run.
        folder: where the last green run is kept.
    """
    path = folder / NAME
    if found.green:
        if found.complete:
            path.write_text(ledger.dump(found), encoding="utf-8")
        return found
    try:
        green = ledger.read(path)
    except DoclabError:  # none yet, or one of another doclab: there is nothing to compare with
        return found
    if green.lab != found.lab or not found.files:  # it did not come as far as a lab
        return found
    return dataclasses.replace(found, green_at=green.started, changed=tuple(changes(green, found)))


def changes(green: Ledger, found: Ledger) -> Iterator[str]:
    """Yield what differs between two runs: versions, files, and blocks up to the failure."""
    for name, version in found.versions.items():
        before = green.versions.get(name, version)
        if before != version:
            yield f"{name} is {version}, and was {before}"
    yield from _blocks(green, found)
    yield from _files(green.files, found.files)


def _files(green: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*green, *found}):
        if name not in found:
            yield f"{name} is gone"
        elif green.get(name) != found[name]:
            yield f"{name} {'changed' if name in green else 'is new'}"


def _blocks(green: Ledger, found: Ledger) -> Iterator[str]:
    """Yield what differs on each page, as far as its blocks ran."""
    before, now = _pages(green), _pages(found)
    ran = {r.block for r in found.results if r.fate in (Fate.PASSED, Fate.FAILED)}
    for page, blocks in now.items():
        end = 1 + max((n for n, block in enumerate(blocks) if block in ran), default=-1)
        old = before.get(page, [])
        matcher = difflib.SequenceMatcher(
            None, list(map(_essence, old)), list(map(_essence, blocks)), autojunk=False
        )
        for tag, i, i_end, j, j_end in matcher.get_opcodes():
            if tag == "equal" or j >= end:
                continue
            pairs = min(i_end - i, j_end - j)
            for number in range(j, min(j_end, end)):
                what = "changed" if number < j + pairs else "is new"
                yield f"{blocks[number].location} {what}"
            gone = old[i + pairs : i_end] if j_end <= end else []
            yield from (f"`{b.title}` is gone from {b.location.path}" for b in gone)


def _pages(of: Ledger) -> dict[str, list[Block]]:
    """Return the blocks of each page in order."""
    found: dict[str, dict[Block, None]] = {}
    for result in of.results:
        found.setdefault(result.block.page, {})[result.block] = None
    return {page: sorted(blocks, key=lambda b: b.location) for page, blocks in found.items()}


def _essence(block: Block) -> Block:
    return dataclasses.replace(without_place(block), tabs=())
