# SPDX-License-Identifier: Apache-2.0
"""Match a line of output with a line of a page that holds placeholders.

A placeholder stands for a whole token: on the page, nothing that could belong
to the token stands beside it. The time is bounded whatever the output holds,
since each value has a longest length, and each place is tried once.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence

from doclab.kinds import KINDS
from doclab.model import Placeholder

Piece = str | Placeholder


@functools.lru_cache(maxsize=1024)
def _splitter(texts: tuple[str, ...]) -> re.Pattern[str]:
    tokens = "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
    return re.compile(rf"(?<![\w.:])(?:{tokens})(?!\w|[.:]\w)")


def split(line: str, placeholders: Sequence[Placeholder]) -> tuple[Piece, ...]:
    """Return the pieces of a page's line: literal text, and placeholders."""
    if not placeholders or not line:
        return (line,)
    by_text = {item.text: item for item in placeholders}
    pieces: list[Piece] = []
    end = 0
    for token in _splitter(tuple(by_text)).finditer(line):
        pieces += [line[end : token.start()], by_text[token[0]]]
        end = token.end()
    return (*pieces, line[end:])


class LinePattern:
    """A line of a page, ready to be compared with many lines of output."""

    def __init__(self, line: str, placeholders: Sequence[Placeholder] = ()) -> None:
        """Take the line apart."""
        self.line = line
        self.pieces = split(line, placeholders)

    def match(self, text: str, known: Mapping[str, str]) -> Mapping[str, str] | None:
        """Return what is known of named placeholders then, or None.

        Of several values that a placeholder could have, the longest counts.
        """
        if len(self.pieces) == 1:
            return known if text == self.line else None
        pieces = [
            known.get(piece.name or "", piece) if isinstance(piece, Placeholder) else piece
            for piece in self.pieces
        ]
        values = _values(pieces, text)
        if values is None:
            return None
        named = {
            piece.name: value
            for piece, value in zip(pieces, values, strict=True)
            if isinstance(piece, Placeholder) and piece.name is not None
        }
        return {**known, **named} if named else known


def _values(pieces: Sequence[Piece], text: str) -> list[str] | None:
    """Return what of a text each piece stands for, or None if they do not fit."""
    tried: set[tuple[int, int]] = set()
    values: list[str] = []
    open_: list[tuple[int, int, Iterator[int]]] = []  # piece, its start, ends to try
    start = 0
    while True:
        start = _literals(pieces, values, text, start)
        if len(values) == len(pieces) and start == len(text):
            return values
        if start >= 0 and len(values) < len(pieces) and (len(values), start) not in tried:
            tried.add((len(values), start))
            open_.append((len(values), start, _ends(pieces, len(values), text, start)))
        while open_:
            index, begin, ends = open_[-1]
            start = next(ends, -1)
            if start >= 0:
                values[index:] = [text[begin:start]]
                break
            open_.pop()
        else:
            return None


def _literals(pieces: Sequence[Piece], values: list[str], text: str, start: int) -> int:
    """Take the pieces whose text is certain; return where they end, or -1."""
    while len(values) < len(pieces):
        piece = pieces[len(values)]
        if isinstance(piece, Placeholder):
            if piece.name is None:
                return start
            same = [i for i, p in enumerate(pieces[: len(values)]) if _named(p, piece.name)]
            if not same:
                return start
            literal = values[same[0]]
        else:
            literal = piece
        if not text.startswith(literal, start):
            return -1
        values.append(literal)
        start += len(literal)
    return start


def _named(piece: Piece, name: str) -> bool:
    return isinstance(piece, Placeholder) and piece.name == name


def _ends(pieces: Sequence[Piece], index: int, text: str, start: int) -> Iterator[int]:
    """Yield where the value of a placeholder may end, the longest first."""
    piece = pieces[index]
    kind = KINDS[piece.kind if isinstance(piece, Placeholder) else "word"]
    pattern = re.compile(kind.pattern, re.ASCII)
    last = min(len(text), start + kind.longest)
    if pattern.match(text, start, last) is None:
        return
    following = pieces[index + 1] if index + 1 < len(pieces) else ""
    literal = following if isinstance(following, str) else ""
    if index + 2 >= len(pieces):  # the rest of the line is certain
        places: Iterator[int] = iter((len(text) - len(literal),))
    else:
        places = iter(range(last, start, -1))
    for end in places:
        if (
            start < end <= last
            and text.startswith(literal, end)
            and pattern.fullmatch(text, start, end)
            and kind.valid(text[start:end])
        ):
            yield end
