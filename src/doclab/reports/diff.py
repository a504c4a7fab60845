# SPDX-License-Identifier: Apache-2.0
"""What the page shows against what was printed, line by line."""

from __future__ import annotations

import dataclasses
import difflib

from doclab import expect
from doclab.model import Placeholder

MOST = 200_000  # pairs of lines that are compared; beyond that, only equal lines are the same


@dataclasses.dataclass(frozen=True, kw_only=True)
class DiffLine:
    """A line of a comparison."""

    sign: str  # "-": only the page has it; "+": only the output has it; " ": both
    text: str


def compare(
    expected: str, actual: str, placeholders: tuple[Placeholder, ...] = ()
) -> tuple[DiffLine, ...]:
    """Return the lines of both; a line that a placeholder accepts is in both.

    Where the only difference is in a value that had to come back, placeholders
    with names are taken literally, so that it is seen.
    """
    nameless = tuple(item for item in placeholders if item.name is None)
    lines: tuple[DiffLine, ...] = ()
    for accepted in (placeholders, nameless, ()):
        lines = _compare(expected, actual, accepted)
        if any(line.sign != " " for line in lines):
            break
    return lines


def _compare(
    expected: str, actual: str, placeholders: tuple[Placeholder, ...]
) -> tuple[DiffLine, ...]:
    wanted, found = expect.tidy(expected).split("\n"), expect.tidy(actual).split("\n")
    literal = [line for line in wanted if line.strip() != expect.ANY_LINES]
    if placeholders and len(literal) * len(found) <= MOST:
        same = {line: _accepting(line, literal, placeholders) for line in dict.fromkeys(found)}
    else:
        same = {line: line for line in found}
    keys = [same[line] for line in found]
    lines: list[DiffLine] = []
    matcher = difflib.SequenceMatcher(a=wanted, b=keys, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        dots = [line.strip() == expect.ANY_LINES for line in wanted[a:b]]
        absorbed = kind == "equal" or (any(dots) and all(dots))
        if kind != "equal":
            lines += [
                DiffLine(sign=" " if any_lines else "-", text=line)
                for line, any_lines in zip(wanted[a:b], dots, strict=True)
            ]
        lines += [DiffLine(sign=" " if absorbed else "+", text=line) for line in found[c:d]]
    return tuple(lines)


def _accepting(line: str, wanted: list[str], placeholders: tuple[Placeholder, ...]) -> str:
    """Return the line of the page that accepts this one, or itself."""
    for candidate in wanted:
        if expect.match(candidate, line, placeholders=placeholders) is not None:
            return candidate
    return line
