# SPDX-License-Identifier: Apache-2.0
"""Find the fences of a MyST Markdown file, each with its exact lines.

Docutils reports a line for each literal block, which is right for most fences
but not for every nested one; and it does not tell when a fence was never
closed. This module answers both from the source, with the parser that MyST
itself builds on.
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

# Directives whose content is shown as it is, and is no Markdown.
_LITERAL = re.compile(
    r"\{(?:run|code|code-block|code-cell|sourcecode|eval-rst|math|raw|literalinclude)\}"
)
_OPTION_LINE = re.compile(r"\s*:[\w-]+:")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fence:
    """A fence, wherever it is nested."""

    line: int  # of the opening fence, counted from 1
    first: int  # line of the first line of its content
    info: str  # what stands behind the opening fence
    content: str  # without options of a directive
    closed: bool  # whether a closing fence was found


class Fences:
    """The fences of a file, each of which belongs to one block."""

    def __init__(self, found: Iterable[Fence]) -> None:
        self.unclosed: list[Fence] = []  # those that no line ends
        self._free: dict[str, list[Fence]] = {}  # by content, in the order of their lines
        for fence in found:
            self._free.setdefault(_bare(fence.content), []).append(fence)
            if not fence.closed:
                self.unclosed.append(fence)
        for same in self._free.values():
            same.sort(key=_line)

    def take(self, content: str, hint: int) -> Fence | None:
        """Take the fence of a block out of those that are free.

        Args:
            content: of the block.
            hint: line near which it is, as docutils says.

        Returns:
            The fence with this content that is nearest to the hint, or None.
        """
        free = self._free.get(_bare(content))
        if not free:
            return None
        below = bisect.bisect_left(free, hint, key=_line)
        near = range(max(below - 1, 0), min(below + 1, len(free)))
        return free.pop(min(near, key=lambda place: abs(free[place].line - hint)))


def _line(fence: Fence) -> int:
    return fence.line


def _bare(content: str) -> str:
    """Return a text without what a container of its fence may add or take away."""
    return "\n".join(line.strip() for line in content.strip("\n").split("\n"))


def find(path: Path) -> list[Fence]:
    """Return all fences of a file, in order.

    Args:
        path: a MyST Markdown file; what in it is not UTF-8 is in no fence that is looked for.
    """
    return in_text(path.read_text(encoding="utf-8", errors="replace"))


def in_text(text: str) -> list[Fence]:
    """Return all fences of a text whose lines end with newlines, in order."""
    return list(_fences(text, 0))


def _fences(text: str, offset: int) -> Iterator[Fence]:
    lines = text.split("\n")
    parser = MarkdownIt("commonmark").use(front_matter_plugin).use(colon_fence_plugin)
    for token in parser.parse(text):
        if token.type not in ("fence", "colon_fence") or token.map is None:
            continue
        start, end = token.map
        content, options, info = token.content, 0, token.info.strip()
        if info.startswith("{"):
            content, options = _without_options(content)
        yield Fence(
            line=offset + start + 1,
            first=offset + start + 2 + options,
            info=info,
            content=content,
            closed=_closes(lines[end - 1], token.markup) and end - 1 > start,
        )
        if info.startswith("{") and not _LITERAL.match(info):
            yield from _fences(content, offset + start + 1 + options)


def _closes(line: str, markup: str) -> bool:
    bare = line.strip(" \t>")
    return len(bare) >= len(markup) and set(bare) == {markup[0]}


def _without_options(content: str) -> tuple[str, int]:
    """Split a directive's options from its content; say how many lines went."""
    lines = content.split("\n")
    count = 0
    if lines and lines[0].strip() == "---":
        for number, line in enumerate(lines[1:], start=1):
            if line.strip() == "---":
                count = number + 1
                break
    else:
        while count < len(lines) and _OPTION_LINE.match(lines[count]):
            count += 1
    if count < len(lines) - 1 and not lines[count].strip():
        count += 1
    return "\n".join(lines[count:]), count
