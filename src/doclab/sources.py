# SPDX-License-Identifier: Apache-2.0
"""Where things are in the source files of the pages."""

from __future__ import annotations

import bisect
import dataclasses
import itertools
import os
import re
from collections.abc import Iterable
from pathlib import Path

from docutils import nodes

from doclab import fences
from doclab.model import Location

_TAB = re.compile(r"\{(?:tabs|tab|group-tab|code-tab)\}")


class Sources:
    """Finds lines in the files of one page; each fence is found once."""

    def __init__(self, root: Path, page: Path) -> None:
        """Prepare.

        Args:
            root: directory to which locations are relative.
            page: file of the page, for nodes that do not say theirs.
        """
        self._root = root
        self._page = page
        self._found: dict[Path, list[fences.Fence]] = {}
        self._fences: dict[Path, fences.Fences] = {}
        self._texts: dict[Path, _Text] = {}
        self._seen: dict[tuple[Path, str], int] = {}

    def relative(self, path: Path) -> Path:
        """Return a path as messages name it."""
        return Path(os.path.relpath(path.resolve(), self._root))

    def place(self, node: nodes.Node) -> Location:
        """Return where a node is, or the nearest one around it that knows."""
        known: nodes.Node | None = node
        while known is not None and not (known.line and known.source):
            known = known.parent
        if known is None:
            return Location(path=self.relative(self._page), line=1)
        return Location(path=self.relative(Path(known.source or self._page)), line=known.line or 1)

    def inline(self, node: nodes.literal, text: str) -> Location:
        """Return where inline code stands: its paragraph may be many lines long.

        Args:
            node: the inline code; each call for the same text finds the next one.
            text: the code in one line.
        """
        place = self.place(node)
        source = (self._root / place.path).resolve()
        if not source.is_file():
            return place
        if source not in self._texts:
            self._texts[source] = _Text(source.read_text(encoding="utf-8"))
        content = self._texts[source]
        start = max(content.start(place.line), self._seen.get((source, text), 0))
        words = r"\s+".join(re.escape(word) for word in text.split())
        match = re.compile(rf"`\s*{words}\s*`").search(content.text, start)
        if match is None:
            return place
        self._seen[source, text] = match.end()
        return dataclasses.replace(place, line=content.line(match.start()))

    def tab(self, node: nodes.Element) -> Location:
        """Return where the fence of a tab or of a set of tabs starts, by what is in it."""
        inner = next((n for n in node.findall() if n.line and n.source), node)
        place = self.place(inner)
        starts = [
            fence.line
            for fence in self._found_in(Path(inner.source or self._page))
            if _TAB.match(fence.info) and fence.line <= place.line
        ]
        return dataclasses.replace(place, line=starts[-1]) if starts else place

    def lonely_tab(self) -> Location:
        """Return where the page has a tab outside of a set."""
        found = self._found_in(self._page)
        ends = [(f.line, f.first + f.content.count("\n")) for f in found if "{tabs}" in f.info]
        lonely = (
            fence.line
            for fence in found
            if _TAB.match(fence.info)
            and "{tabs}" not in fence.info
            and not any(start < fence.line <= end for start, end in ends)
        )
        return Location(path=self.relative(self._page), line=next(lonely, 1))

    def locate(self, node: nodes.literal_block) -> tuple[Location, Location]:
        """Return where the fence is, and where its content starts."""
        source = Path(node.source or self._page)
        hint = node.line or 1
        if source not in self._fences:
            self._fences[source] = fences.Fences(self._found_in(source))
        fence = self._fences[source].take(node.astext(), hint)
        relative = self.relative(source)
        if fence is None:
            return Location(path=relative, line=hint), Location(path=relative, line=hint + 1)
        return Location(path=relative, line=fence.line), Location(path=relative, line=fence.first)

    def unclosed(self, paths: Iterable[Path]) -> list[Location]:
        """Return where fences of these files start that are never closed."""
        return [
            Location(path=self.relative(path), line=fence.line)
            for path in {path.resolve(): path for path in paths}.values()
            for fence in fences.Fences(self._found_in(path)).unclosed
        ]

    def _found_in(self, path: Path) -> list[fences.Fence]:
        if path not in self._found:
            self._found[path] = fences.find(path) if self._is_markdown(path) else []
        return self._found[path]

    def _is_markdown(self, path: Path) -> bool:
        """Whether a file of the page is Markdown: what it includes is, whatever its name."""
        other = ".rst" in (path.suffix, self._page.suffix) and path.suffix != ".md"
        return path.is_file() and not other


class _Text:
    """A text in which lines and offsets are found fast."""

    def __init__(self, text: str) -> None:
        self.text = text
        lengths = (len(line) + 1 for line in text.split("\n"))
        self._starts = [0, *itertools.accumulate(lengths)]

    def start(self, line: int) -> int:
        return self._starts[min(line, len(self._starts)) - 1]

    def line(self, offset: int) -> int:
        return bisect.bisect_right(self._starts, offset)
