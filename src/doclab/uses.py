# SPDX-License-Identifier: Apache-2.0
"""Which pages use a file of the project."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from doclab.model import Scenario


def _word(name: str, before: str = r"(?<![\w.-])") -> re.Pattern[str]:
    return re.compile(rf"{before}{re.escape(name)}(?![\w.-])")


def _ways(path: Path, root: Path) -> Iterator[tuple[re.Pattern[str], ...]]:
    """Yield what stands in the blocks of a page that uses a file, one tuple for each way.

    That is its name, or a call of a script that names it, beside it or in a directory
    above; and the directories that the one or the other is in, but for the first of
    several, in which others' files are as well.
    """
    name = _word(path.name)
    within = [_word(part) for part in path.parts[:-1]]
    yield name, *(within[1:] or within)
    for depth in range(len(within), min(1, len(within) - 1), -1):
        for script in sorted(root.joinpath(*path.parts[:depth]).iterdir()):
            if script.is_file() and os.access(script, os.X_OK):
                text = script.read_text(encoding="utf-8", errors="replace")
                if name.search(text):
                    yield _word(script.name, "/"), *(within[1:depth] or within[:depth])


def uses(
    files: Sequence[Path], scenarios: Sequence[Scenario], root: Path
) -> Iterator[tuple[Scenario, str]]:
    """Yield each scenario whose blocks use one of some files, with its first page that does.

    Args:
        files: names, from the directory of the project.
        scenarios: all that there are.
        root: directory of the project.
    """
    ways = [way for path in files for way in _ways(path, root)]
    for scenario in scenarios:
        pages: dict[str, str] = {}
        for block in scenario.blocks:
            pages[block.page] = f"{pages.get(block.page, '')}{block.text}\n"
        for page, text in pages.items():
            if any(all(word.search(text) for word in way) for way in ways):
                yield scenario, page
                break
