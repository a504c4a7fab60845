# SPDX-License-Identifier: Apache-2.0
"""The kinds of placeholders: what may stand where a page shows an example."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
from collections.abc import Callable, Mapping

from doclab.model import DoclabError, Placeholder


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of placeholder."""

    pattern: str  # regular expression of a whole token
    meaning: str  # for the reference page
    longest: int  # characters of a value; bounds the time of a comparison
    valid: Callable[[str], bool] = lambda _text: True  # what no pattern can tell

    def fits(self, text: str) -> bool:
        """Whether a text is a value of this kind."""
        return (
            len(text) <= self.longest
            and re.fullmatch(self.pattern, text, re.ASCII) is not None
            and self.valid(text)
        )


def _is_ip(version: int) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            return ipaddress.ip_address(text).version == version
        except ValueError:
            return False

    return check


_CLOCK = r"(?:\d\d:\d\d:\d\d(?:[.,]\d+)?|(?:[01]\d|2[0-3]):[0-5]\d)(?: [AP]M)?"
_ZONE = r"(?: ?[A-Z]+| ?[+-]\d\d:?\d\d)?"
_DAY, _MONTH = r"[A-Z][a-z]{2}", r"[A-Z][a-z]{2}"
_UNIT = (
    r"(?:nsec|ns|usec|us|µs|msec|ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?"
    r"|w|weeks?|months?|y|years?)"
)
_AMOUNT = rf"\d+(?:\.\d+)? ?{_UNIT}"
KINDS: Mapping[str, Kind] = {
    "ipv4": Kind(
        pattern=r"\d{1,3}(?:\.\d{1,3}){3}", meaning="an IPv4 address", longest=15, valid=_is_ip(4)
    ),
    "ipv6": Kind(
        pattern=r"[0-9a-fA-F:.]*:[0-9a-fA-F:.]*",
        meaning="an IPv6 address",
        longest=45,
        valid=_is_ip(6),
    ),
    "number": Kind(pattern=r"\d+(?:\.\d+)?", meaning="a number without a sign", longest=64),
    "port": Kind(
        pattern=r"\d{1,5}", meaning="a port", longest=5, valid=lambda text: 0 < int(text) < 65536
    ),
    "duration": Kind(
        pattern=rf"{_AMOUNT}(?: ?{_AMOUNT})*(?: ago)?",
        meaning="a number with a unit of time",
        longest=96,
    ),
    "time": Kind(
        pattern=rf"(?:{_DAY} )?(?:\d{{4}}-\d\d-\d\d[ T]{_CLOCK}{_ZONE}"
        rf"|{_MONTH} [ \d]\d {_CLOCK}(?:{_ZONE} \d{{4}})?|{_CLOCK})"
        rf"|(?:{_DAY}, )?\d?\d {_MONTH} \d{{4}} {_CLOCK}{_ZONE}",
        meaning="a date with a time, or a time",
        longest=64,
    ),
    "id": Kind(
        pattern=r"[0-9a-f]{8,128}(?:-[0-9a-f]{4,12}){0,4}"
        r"|[0-9A-F]{8,128}(?:-[0-9A-F]{4,12}){0,4}",
        meaning="at least eight hexadecimal digits, or a UUID",
        longest=180,
    ),
    "version": Kind(
        pattern=r"v?\d+(?:[.:~+-][0-9A-Za-z]+)+",
        meaning="a version of at least two parts",
        longest=128,
    ),
    "size": Kind(
        pattern=r"\d+(?:\.\d+)?(?: ?(?:[kKMGT]i?)?B| ?[kKMGT])?",
        meaning="a size in bytes, with or without a unit",
        longest=64,
    ),
    "word": Kind(pattern=r"\S+", meaning="anything without a space", longest=1024),
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
    if not kind.fits(found["text"]):
        raise DoclabError(
            f"the placeholder {declaration!r}: {found['text']!r} is not {kind.meaning}."
        )
    return Placeholder(text=found["text"], kind=found["kind"], name=found["name"])
