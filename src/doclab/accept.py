# SPDX-License-Identifier: Apache-2.0
"""What becomes of new output after a run: it is written into the pages, or compared."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from doclab import infer, samples, update
from doclab.model import BlockResult, DoclabError, Fate, Ledger, Page


def other_failures(found: Ledger) -> Ledger:
    """Return a ledger in which new output is no failure."""
    results = (
        dataclasses.replace(result, fate=Fate.PASSED, reason="", failure=None)
        if result.failure is not None and result.failure.output_only
        else result
        for result in found.results
    )
    return dataclasses.replace(found, results=tuple(results))


def update_pages(results: Sequence[BlockResult], root: Path) -> tuple[str, bool]:
    """Write new output into the pages.

    Returns:
        What to tell, with the diff, and whether all of it was written.
    """
    changes, refused = update.changes(results)
    try:
        new = update.prepare(changes, root)
        update.write(new, root)
    except (DoclabError, OSError, UnicodeDecodeError) as error:
        return f"error: {error}", False
    left = [*refused, *new.refused]
    lines = [new.diff] if new.diff else []
    lines += left
    if new.count:
        lines.append(
            f"New output of {new.count} command{'s' if new.count > 1 else ''} is written to"
            f" {', '.join(map(str, sorted(new.texts)))}. The reports are of the run before"
            " that; run again without `--update` for new ones."
        )
    else:
        lines.append("No output is written.")
    if left:
        commands = f"{len(left)} command{'s' if len(left) > 1 else ''}"
        lines.append(f"{commands} still to be seen to, named above.")
    return "\n".join(lines), not left


def proposals(runs: Sequence[Sequence[BlockResult]], pages: Sequence[Page]) -> tuple[str, bool]:
    """Find what an author may add.

    Args:
        runs: the results of each.
        pages: all of the site, also those that were not run.

    Returns:
        What to tell, and whether the pages are right with that.
    """
    items = [item for page in pages for block in page.blocks for item in block.placeholders]
    taken = {item.name for item in items if item.name is not None}
    found = infer.propose(samples.samples(runs), taken=taken)
    if not found:
        count = f"{len(runs)} run{'s' if len(runs) > 1 else ''}"
        return f"In {count} no output varied that the pages do not cover.", True
    return "\n".join(map(str, found)), not any(item.problem for item in found)
