"""Compare what a command printed with what the page says it prints.

The comparison is exact, line by line. Two things are not literal: a line of
three dots stands for any number of lines, and a placeholder stands for a whole
token of its kind. Nothing is ever "similar enough".
"""

from __future__ import annotations

import dataclasses
import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence

from doclab.model import DoclabError, Placeholder

ANY_LINES = "..."


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of placeholder."""

    pattern: str  # regular expression of a whole token
    meaning: str  # for the reference page
    valid: Callable[[str], bool] = lambda _text: True  # what no pattern can tell


def _is_ip(version: int) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            return ipaddress.ip_address(text).version == version
        except ValueError:
            return False

    return check


_CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d+)?"
_ZONE = r"(?: ?[A-Z]+|[+-]\d\d:?\d\d)?"
_UNIT = r"(?:ns|us|µs|ms|s|sec|seconds?|min|minutes?|h|hours?|days?)"
KINDS: Mapping[str, Kind] = {
    "ipv4": Kind(pattern=r"\d{1,3}(?:\.\d{1,3}){3}", meaning="an IPv4 address", valid=_is_ip(4)),
    "ipv6": Kind(
        pattern=r"[0-9a-fA-F:.]*:[0-9a-fA-F:.]*", meaning="an IPv6 address", valid=_is_ip(6)
    ),
    "number": Kind(pattern=r"\d+(?:\.\d+)?", meaning="a number without a sign"),
    "port": Kind(pattern=r"\d{1,5}", meaning="a port", valid=lambda text: 0 < int(text) < 65536),
    "duration": Kind(
        pattern=rf"\d+(?:\.\d+)? ?{_UNIT}(?: \d+(?:\.\d+)? ?{_UNIT})*(?: ago)?",
        meaning="a number with a unit of time",
    ),
    "time": Kind(
        pattern=rf"(?:[A-Z][a-z]{{2}} )?(?:\d{{4}}-\d\d-\d\d[ T]{_CLOCK}{_ZONE}"
        rf"|[A-Z][a-z]{{2}} [ \d]\d {_CLOCK}|{_CLOCK})",
        meaning="a date with a time, or a time",
    ),
    "id": Kind(
        pattern=r"[0-9a-f]{8,64}(?:-[0-9a-f]{4,12}){0,4}",
        meaning="at least eight hexadecimal digits, or a UUID",
    ),
    "version": Kind(
        pattern=r"v?\d+(?:[.:~+-][0-9A-Za-z]+)+", meaning="a version of at least two parts"
    ),
    "size": Kind(
        pattern=r"\d+(?:\.\d+)?(?: ?(?:[kKMGT]i?)?B| ?[kKMGT])?",
        meaning="a size in bytes, with its unit",
    ),
    "word": Kind(pattern=r"\S+", meaning="anything without a space"),
}

_DECLARATION = re.compile(
    r"(?P<text>.+)=(?P<kind>[a-z0-9]+)(?::(?P<name>[A-Za-z][\w-]*))?", re.DOTALL
)


def parse_placeholder(declaration: str) -> Placeholder:
    """Read a declaration `TEXT=KIND` or `TEXT=KIND:NAME`.

    Raises:
        DoclabError: if it has another form, or the example is not of its kind.
    """
    found = _DECLARATION.fullmatch(declaration)
    if found is None:
        raise DoclabError(
            f"the placeholder {declaration!r} is not of the form TEXT=KIND or TEXT=KIND:NAME."
        )
    kind = KINDS.get(found["kind"])
    if kind is None:
        raise DoclabError(
            f"the placeholder {declaration!r} is of an unknown kind; known are"
            f" {', '.join(sorted(KINDS))}."
        )
    if not re.fullmatch(kind.pattern, found["text"], re.ASCII) or not kind.valid(found["text"]):
        raise DoclabError(
            f"the placeholder {declaration!r}: {found['text']!r} is not {kind.meaning}."
        )
    return Placeholder(text=found["text"], kind=found["kind"], name=found["name"])


def tidy(output: str) -> str:
    """Drop what a page cannot show: blanks at the end of lines and of the text."""
    return "\n".join(line.rstrip() for line in output.split("\n")).rstrip("\n")


def match(
    expected: str,
    actual: str,
    *,
    placeholders: tuple[Placeholder, ...] = (),
    captured: Mapping[str, str] | None = None,
) -> dict[str, str] | None:
    """Compare output with an expectation.

    Args:
        expected: what the page shows.
        actual: what the terminal showed.
        placeholders: the parts that may differ.
        captured: values of named placeholders that came before.

    Returns:
        The values of all named placeholders, or None if the texts differ.
    """
    known = dict(captured or {})
    segments: list[list[str]] = [[]]
    for line in tidy(expected).split("\n"):
        if line.strip() == ANY_LINES:
            segments.append([])
        else:
            segments[-1].append(line)
    lines = tidy(actual).split("\n")
    # Each segment takes the first place where it fits, so that the time is
    # linear in the output, however many `...` there are.
    position = 0
    for number, segment in enumerate(segments):
        last = number == len(segments) - 1
        if number == 0:
            places = [0]
        elif last:
            places = [len(lines) - len(segment)]
        else:
            places = list(range(position, len(lines) - len(segment) + 1))
        for place in places:
            if place < position:
                continue
            found = _match_lines(segment, lines[place : place + len(segment)], placeholders, known)
            if found is not None:
                position, known = place + len(segment), found
                break
        else:
            return None
    return known if position == len(lines) else None


def _match_lines(
    expected: Sequence[str],
    actual: Sequence[str],
    placeholders: tuple[Placeholder, ...],
    known: Mapping[str, str],
) -> dict[str, str] | None:
    """Compare line by line; return what is known then, or None."""
    values = dict(known)
    if len(actual) < len(expected):
        return None
    for wanted, line in zip(expected, actual, strict=False):
        if wanted == line and not placeholders:
            continue
        groups: list[tuple[str, Placeholder]] = []
        pattern = _line_pattern(wanted, placeholders, values, groups)
        found = re.fullmatch(pattern, line, re.ASCII)
        if found is None:
            return None
        for group, placeholder in groups:
            value = found[group]
            if not KINDS[placeholder.kind].valid(value):
                return None
            if placeholder.name is not None:
                values[placeholder.name] = value
    return values


def _line_pattern(
    line: str,
    placeholders: tuple[Placeholder, ...],
    known: Mapping[str, str],
    groups: list[tuple[str, Placeholder]],
) -> str:
    if not placeholders:
        return re.escape(line)
    by_text = {item.text: item for item in placeholders}
    tokens = "|".join(re.escape(text) for text in sorted(by_text, key=len, reverse=True))
    splitter = re.compile(rf"(?<![\w.:])(?:{tokens})(?!\w|[.:]\w)")
    pattern, end = "", 0
    for token in splitter.finditer(line):
        pattern += re.escape(line[end : token.start()])
        end = token.end()
        placeholder = by_text[token[0]]
        name = placeholder.name
        if name is not None and name in known:
            pattern += re.escape(known[name])
            continue
        earlier = next((g for g, item in groups if name is not None and item.name == name), None)
        if earlier is not None:
            pattern += f"(?P={earlier})"
            continue
        group = f"p{len(groups)}"
        groups.append((group, placeholder))
        pattern += f"(?P<{group}>{KINDS[placeholder.kind].pattern})"
    return pattern + re.escape(line[end:])
