# SPDX-License-Identifier: Apache-2.0
"""Compare JSON by shape: the same keys, types, lengths and values.

White space and the order of keys do not matter. Placeholders stand for whole
tokens of strings and for numbers. The string `"..."` as an item of a list stands
for any number of items; `"...": "..."` in an object for any other keys. The page
so shows JSON that other tools can read.
"""

from __future__ import annotations

import dataclasses
import decimal
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from doclab import segments
from doclab.model import Placeholder
from doclab.tokens import LinePattern

MORE = "..."


class DifferentError(Exception):
    """Two texts differ; the message says where first, and how."""


class NoJsonError(Exception):
    """A text is no JSON; the message says where."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Number:
    """A number as JSON writes it."""

    text: str  # as it stands there
    value: decimal.Decimal  # for the comparison: 1.0 is 1


Known = Mapping[str, str]


def read(text: str) -> object:
    """Read JSON; numbers keep their text.

    Raises:
        NoJsonError: with line and column.
    """
    try:
        return json.loads(
            text,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        what = error.msg[:1].lower() + error.msg[1:]
        raise NoJsonError(f"{what} (line {error.lineno}, column {error.colno})") from error
    except RecursionError as error:
        raise NoJsonError("it is nested too deeply") from error


def written(value: object, indent: int | None = None) -> str:
    """Write what was read, with its numbers as they were.

    Args:
        value: as `read` returns it.
        indent: spaces before what is inside; then each value is a line, and keys are in order.
    """
    text = json.dumps(
        value,
        ensure_ascii=False,
        indent=indent,
        sort_keys=indent is not None,
        default=lambda number: f"\0{number.text}\0",
    )
    return re.sub(r'"\\u0000(.*?)\\u0000"', r"\1", text)


def compare(
    expected: str, actual: str, placeholders: Sequence[Placeholder], captured: Known
) -> Known:
    """Return the values of all named placeholders.

    Raises:
        DifferentError: with the path of the first difference, or if one is no JSON.
    """
    try:
        wanted = read(expected)
    except NoJsonError as error:
        raise DifferentError(f"what the page shows is no JSON: {error}.") from error
    try:
        found = read(actual)
    except NoJsonError as error:
        raise DifferentError(f"the output is no JSON: {error}.") from error
    return _compare("$", wanted, found, placeholders, captured)


def _compare(
    path: str, wanted: object, found: object, placeholders: Sequence[Placeholder], known: Known
) -> Known:
    if _type(wanted) != _type(found):
        raise _different(path, f"{_type(wanted)} is expected, and it is {_type(found)}")
    if isinstance(wanted, dict) and isinstance(found, dict):
        return _compare_objects(path, wanted, found, placeholders, known)
    if isinstance(wanted, list) and isinstance(found, list):
        return _compare_lists(path, wanted, found, placeholders, known)
    if isinstance(wanted, Number) and isinstance(found, Number):
        values = LinePattern(wanted.text, placeholders).match(found.text, known)
        covered = any(item.text == wanted.text for item in placeholders)
        if values is None and not covered and wanted.value == found.value:
            values = known
    elif isinstance(wanted, str) and isinstance(found, str):
        values = LinePattern(wanted, placeholders).match(found, known)
    else:
        values = known if wanted is found else None
    if values is None:
        raise _different(path, f"{_shown(wanted)} is expected, and it is {_shown(found)}")
    return values


def _compare_objects(
    path: str,
    wanted: dict[str, object],
    found: dict[str, object],
    placeholders: Sequence[Placeholder],
    known: Known,
) -> Known:
    more = wanted.get(MORE) == MORE
    for key, value in wanted.items():
        if more and key == MORE:
            continue
        if key not in found:
            raise _different(_below(path, key), "it is missing")
        known = _compare(_below(path, key), value, found[key], placeholders, known)
    if not more:
        for key in found:
            if key not in wanted:
                raise _different(_below(path, key), "the page does not show it")
    return known


def _compare_lists(
    path: str,
    wanted: list[object],
    found: list[object],
    placeholders: Sequence[Placeholder],
    known: Known,
) -> Known:
    if MORE not in wanted:
        for number, (one, other) in enumerate(zip(wanted, found, strict=False)):
            known = _compare(f"{path}[{number}]", one, other, placeholders, known)
        if len(wanted) != len(found):
            raise _different(path, f"{len(wanted)} items are expected, and there are {len(found)}")
        return known
    parts = segments.cut(wanted, lambda item: item == MORE)
    least = sum(map(len, parts))
    if least > len(found):
        raise _different(path, f"at least {least} items are expected, and there are {len(found)}")

    def fits(one: object, other: object, known: Known) -> Known | None:
        try:
            return _compare(path, one, other, placeholders, known)
        except DifferentError:
            return None

    values = segments.match(parts, found, fits, known)
    if values is None:
        for number, (one, other) in enumerate(zip(parts[0], found, strict=False)):
            known = _compare(f"{path}[{number}]", one, other, placeholders, known)
        raise _different(path, f"its items are not, in this order, {_shown(wanted)}")
    return values


def _number(text: str) -> Number:
    try:
        return Number(text=text, value=decimal.Decimal(text))
    except decimal.InvalidOperation as error:
        raise NoJsonError(f"the number {text[:40]} is out of range") from error


def _no_constant(text: str) -> object:
    raise NoJsonError(f"JSON has no {text}")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise NoJsonError(f"it has the key {_shown(twice)} twice")
    return found


def _type(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    names = {dict: "an object", list: "a list", str: "a string", Number: "a number"}
    return names.get(type(value), "null")


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if re.fullmatch(r"[A-Za-z_]\w*", key) else f"{path}[{json.dumps(key)}]"


def _shown(value: object) -> str:
    text = written(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _different(path: str, how: str) -> DifferentError:
    return DifferentError(f"{path}: {how}.")
