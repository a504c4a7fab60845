# SPDX-License-Identifier: Apache-2.0
"""Which page uses a file of the project first."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from doclab.model import Scenario


def _mentions(path: Path, root: Path) -> re.Pattern[str]:
    """Return what stands in the blocks of a page that uses a file.

    That is its name, or a call of a script beside it that names it.
    """
    names = [rf"(?<![\w.-]){re.escape(path.name)}(?![\w.-])"]
    for script in sorted((root / path).parent.iterdir()):
        if script.is_file() and os.access(script, os.X_OK):
            text = script.read_text(encoding="utf-8", errors="replace")
            if re.search(names[0], text):
                names.append(rf"/{re.escape(script.name)}(?![\w.-])")
    return re.compile("|".join(names))


def first_use(
    files: Sequence[Path], scenarios: Sequence[Scenario], root: Path
) -> tuple[Scenario, str] | None:
    """Return the first scenario, and page in it, whose blocks use one of some files.

    Args:
        files: names, from the directory of the project.
        scenarios: all that there are.
        root: directory of the project.
    """
    mentions = {path: _mentions(path, root) for path in files}
    for scenario in scenarios:
        pages: dict[str, str] = {}
        for block in scenario.blocks:
            pages[block.page] = f"{pages.get(block.page, '')}{block.text}\n"
        for page, text in pages.items():
            if any(p.parent.name in text and m.search(text) for p, m in mentions.items()):
                return scenario, page
    return None
