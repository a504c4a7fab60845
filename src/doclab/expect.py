# SPDX-License-Identifier: Apache-2.0
"""Compare what a command printed with what the page says it prints.

The comparison is exact, line by line. Two things are not literal: a line of
three dots stands for any number of lines, and a placeholder stands for a whole
token of its kind. Nothing is ever "similar enough". JSON is compared by shape
where the page asks for it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from doclab import segments, shape
from doclab.model import Placeholder
from doclab.tokens import LinePattern

ANY_LINES = "..."


@dataclasses.dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a comparison found."""

    values: Mapping[str, str] | None  # of all named placeholders; None: it differs
    difference: str = ""  # one sentence, if it differs


def tidy(output: str) -> str:
    """Drop what a page cannot show: blanks at the end of lines and of the text."""
    return "\n".join(line.rstrip() for line in output.split("\n")).rstrip("\n")


def is_any(line: str) -> bool:
    """Whether a line of an expectation stands for any number of lines."""
    return line.strip() == ANY_LINES


def compare(
    expected: str,
    actual: str,
    *,
    json: bool = False,
    placeholders: Sequence[Placeholder] = (),
    captured: Mapping[str, str] | None = None,
) -> Comparison:
    """Compare output with an expectation, and say how they differ.

    Args:
        expected: what the page shows.
        actual: what the terminal showed.
        json: whether both are JSON; an empty expectation is none in any case.
        placeholders: the parts that may differ.
        captured: values of named placeholders that came before.
    """
    if json and expected.strip():
        try:
            values = shape.compare(expected, actual, placeholders, captured or {})
        except shape.DifferentError as error:
            return Comparison(values=None, difference=str(error))
        return Comparison(values=values)
    found = match(expected, actual, placeholders=placeholders, captured=captured)
    if found is not None:
        return Comparison(values=found)
    return Comparison(
        values=None,
        difference="the output is not what the page shows."
        if expected
        else "it printed something, and the page shows no output; show it, or end"
        " the part that matters with a line `...`.",
    )


def match(
    expected: str,
    actual: str,
    *,
    placeholders: Sequence[Placeholder] = (),
    captured: Mapping[str, str] | None = None,
) -> dict[str, str] | None:
    """Compare output with an expectation, as text.

    Returns:
        The values of all named placeholders, or None if the texts differ.
    """
    shown, printed = tidy(expected), tidy(actual)
    if shown == printed and not placeholders:  # so it is most of the time
        return dict(captured or {})
    patterns = _patterns(shown.split("\n"), placeholders)
    found = segments.match(patterns, printed.split("\n"), LinePattern.match, captured or {})
    return dict(found) if found is not None else None


def begin(
    wanted: Sequence[str],
    lines: Sequence[str],
    *,
    placeholders: Sequence[Placeholder],
    captured: Mapping[str, str],
) -> tuple[dict[str, str], int] | None:
    """Compare the start of output with an expectation, as text.

    Args:
        wanted: lines of what the page shows; the last is neither empty nor `...`.
        lines: of what the terminal showed.
        placeholders: the parts that may differ.
        captured: values of named placeholders that came before.

    Returns:
        The values of all named placeholders, and the least number of lines in which all
        that is wanted is; None if it is not there.
    """
    printed = [line.rstrip() for line in lines]
    found = segments.begin(_patterns(wanted, placeholders), printed, LinePattern.match, captured)
    return (dict(found[0]), found[1]) if found is not None else None


def _patterns(lines: Sequence[str], placeholders: Sequence[Placeholder]) -> list[list[LinePattern]]:
    parts = segments.cut(lines, is_any)
    return [[LinePattern(line, placeholders) for line in part] for part in parts]
