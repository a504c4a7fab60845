# SPDX-License-Identifier: Apache-2.0
"""Write new output into the Markdown source of the pages, and touch nothing else."""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from doclab import expect
from doclab.failing import OUTPUT_LIMIT
from doclab.merge import merge
from doclab.model import Block, BlockResult, CommandResult, DoclabError, Location
from doclab.source import Change, updated_text


@dataclasses.dataclass(frozen=True, kw_only=True)
class Update:
    """What is to be written."""

    texts: Mapping[Path, tuple[str, str]]  # old and new text of each file
    count: int  # commands whose output is new
    refused: tuple[str, ...]  # why the output of others stays as it is

    @property
    def diff(self) -> str:
        """The changes, as a unified diff."""
        return "\n".join(
            line
            for path, (old, new) in sorted(self.texts.items())
            for line in difflib.unified_diff(
                re.split(r"\r\n|\r|\n", old),
                re.split(r"\r\n|\r|\n", new),
                f"a/{path}",
                f"b/{path}",
                lineterm="",
            )
        )


def changes(results: Sequence[BlockResult]) -> tuple[list[Change], list[str]]:
    """Return what the pages are to show, and why some output cannot be shown.

    A command may have run in several scenarios; one text must fit them all.
    """
    ran: dict[Location, list[tuple[Block, CommandResult, str]]] = {}
    for result in results:
        for item in result.commands:
            place = Location(path=result.block.location.path, line=item.command.line)
            ran.setdefault(place, []).append((result.block, item, result.scenario))
    found: list[Change] = []
    refused: list[str] = []
    for place, runs in sorted(ran.items()):
        new = next(((b, i, s) for b, i, s in runs if not i.matched), None)
        if new is None:
            continue
        block, item, scenario = new
        text, problem = _new_text(block, item)
        if text is not None:
            others = [s for b, i, s in runs if not _fits(b, i, text)]
            if others:
                problem = (
                    f"the output in the scenario {others[0]} is another than in {scenario}; show"
                    " what they have in common with a line `...` or `:vary:` (`--infer 3`"
                    " proposes them), or write a block for each tab."
                )
                if not item.command.expected:  # there is nothing yet that could be lost
                    refused.append(f"{place}: written as it is in {scenario}. But {problem}")
                    problem = ""
        if text is None or problem:
            refused.append(f"{place}: not updated: {problem}")
        else:
            change = Change(
                location=place,
                command=item.command.text,
                old=item.command.expected or "",
                new=text,
                continues=block.continues,
            )
            found.append(change)
    return found, refused


def _new_text(block: Block, item: CommandResult) -> tuple[str | None, str]:
    if len(item.output) > OUTPUT_LIMIT:
        return None, (
            f"the output has more than {OUTPUT_LIMIT} characters; show what matters, with a"
            " line `...` for the rest."
        )
    text = merge(
        item.command.expected or "",
        item.output,
        json=block.json,
        placeholders=block.placeholders,
        captured=item.known,
    )
    return text, (
        "the output holds a line `...`, or a placeholder's example where another value belongs,"
        " and the page would mean something else by it; write it by hand."
        if text is None
        else ""
    )


def _fits(block: Block, item: CommandResult, text: str) -> bool:
    found = expect.compare(
        text, item.output, json=block.json, placeholders=block.placeholders, captured=item.known
    )
    return found.values is not None


def prepare(found: Sequence[Change], root: Path) -> Update:
    """Make the new texts of all files; nothing is written.

    Args:
        found: what to change.
        root: directory to which paths are relative.
    """
    texts: dict[Path, tuple[str, str]] = {}
    refused = []
    count = 0
    # From the last line to the first, so that the other lines keep their numbers.
    for change in sorted(found, key=lambda change: change.location, reverse=True):
        path = change.location.path
        if path not in texts:
            text = (root / path).read_bytes().decode("utf-8")
            texts[path] = (text, text)
        old, new = texts[path]
        try:
            texts[path] = (old, updated_text(new, [change]))
            count += 1
        except DoclabError as error:
            refused.append(str(error))
    changed = {path: pair for path, pair in texts.items() if pair[0] != pair[1]}
    return Update(texts=changed, count=count, refused=tuple(refused[::-1]))


def write(update: Update, root: Path) -> None:
    """Replace the files, each at once.

    Raises:
        DoclabError: if a file is another than when it was read.
    """
    for path, (old, _) in update.texts.items():
        if (root / path).read_bytes() != old.encode():
            raise DoclabError(f"{path}: the file changed meanwhile; nothing is written, run again.")
    for path, (_, new) in update.texts.items():
        target = (root / path).resolve()
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(new.encode())
            Path(name).chmod(target.stat().st_mode & 0o7777)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink()
            raise
