# SPDX-License-Identifier: Apache-2.0
"""The ledger's file, ledger.json: writing it and reading it give the same ledger.

The form follows from the types of `model`: a dataclass is an object with its
fields, an enum is its value, a path is a string, a tuple is a list.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import json
import types
import typing
from pathlib import Path
from typing import Any, TypeAlias

from doclab.model import DoclabError, Ledger

FORMAT = 1  # goes up when a field changes its meaning or goes away
REMEDY = "`nox -s doctest` writes a new one"

Json: TypeAlias = Any


def dump(ledger: Ledger) -> str:
    """Return the text of ledger.json: one value a line, what is long last."""
    fields = _plain(ledger)
    results = fields.pop("results")
    versions = dict(sorted(fields.pop("versions").items()))
    whole = {"format": FORMAT, **fields, "versions": versions, "results": results}
    text = json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False)
    return "".join(c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text) + "\n"


def load(text: str, name: str = "ledger.json") -> Ledger:
    """Return the ledger that a text of `dump` came from.

    Args:
        text: what the file holds.
        name: of the file, for messages.

    Raises:
        DoclabError: if this is no ledger, or one of another format.
    """
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        raise DoclabError(f"{name}:{error.lineno}: no JSON: {error.msg}; {REMEDY}.") from error
    except (RecursionError, ValueError) as error:
        problem = "it is nested too deeply, or has a number that is too long"
        raise DoclabError(f"{name}: no ledger: {problem}; {REMEDY}.") from error
    if not isinstance(whole, dict) or "format" not in whole:
        raise DoclabError(f"{name}: no ledger: it has no field `format`; {REMEDY}.")
    found = whole.pop("format")
    if type(found) is not int or found != FORMAT:
        raise DoclabError(
            f"{name}: a ledger of format {found!r}, and this doclab reads {FORMAT}; {REMEDY}."
        )
    try:
        ledger: Ledger = _typed(Ledger, whole, "")
    except (_MismatchError, OverflowError) as error:
        raise DoclabError(f"{name}: no ledger: {error}; {REMEDY}.") from error
    return ledger


def read(path: Path) -> Ledger:
    """Return the ledger in a file.

    Raises:
        DoclabError: if there is no such file, or it is no ledger.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DoclabError(f"{path}: there is no ledger; {REMEDY}.") from error
    except UnicodeDecodeError as error:
        raise DoclabError(f"{path}: no ledger: it is not UTF-8; {REMEDY}.") from error
    return load(text, str(path))


def _plain(value: object) -> Json:
    """Return what JSON can hold."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    return value


class _MismatchError(Exception):
    """A value is not of the type that the model gives it."""

    def __init__(self, where: str, wanted: str, value: Json) -> None:
        shown = json.dumps(value)
        shown = shown if len(shown) <= 40 else f"{shown[:39]}…"
        super().__init__(f"{where or 'the whole'} is {shown}, not {wanted}")


# What the message calls each type that JSON has.
WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


# Each value is checked, so that a damaged file is found here and not in a report.
def _typed(wanted: Any, value: Json, where: str) -> Any:
    """Return what `_plain` made the value from.

    Raises:
        _MismatchError: if it made it from no value of this type.
    """
    kinds = typing.get_args(wanted)
    origin = typing.get_origin(wanted) or wanted
    found: Any = None
    if origin is types.UnionType:  # of a type and None
        found = None if value is None else _typed(kinds[0], value, where)
    elif origin is dict:
        _expect(value, dict, where, "an object")
        found = {key: _typed(kinds[1], item, f"{where}.{key}") for key, item in value.items()}
    elif origin is tuple:
        _expect(value, list, where, "a list")
        found = tuple(_typed(kinds[0], item, f"{where}[{n}]") for n, item in enumerate(value))
    elif dataclasses.is_dataclass(wanted):
        _expect(value, dict, where, "an object")
        found = _instance(wanted, value, where)
    elif issubclass(wanted, enum.Enum):
        values = [member.value for member in wanted]
        if value not in values:
            raise _MismatchError(where, f"one of {', '.join(values)}", value)
        found = wanted(value)
    elif wanted is Path:
        _expect(value, str, where, WORDS[str])
        found = Path(value)
    else:
        whole = wanted is float and type(value) is int
        _expect(value, int if whole else wanted, where, WORDS[wanted])
        found = wanted(value)
    return found


def _expect(value: Json, kind: type, where: str, words: str) -> None:
    if type(value) is not kind:
        raise _MismatchError(where, words, value)


def _instance(wanted: Any, value: dict[str, Json], where: str) -> Any:
    kinds = _kinds(wanted)
    for name, item in value.items():
        if name not in kinds:
            raise _MismatchError(f"{where}.{name}".lstrip("."), "a field", item)
    for field in dataclasses.fields(wanted):
        needed = field.default is field.default_factory is dataclasses.MISSING
        if needed and field.name not in value:
            raise _MismatchError(where, f"complete: `{field.name}` is missing", value)
    return wanted(
        **{
            name: _typed(kinds[name], item, f"{where}.{name}".lstrip("."))
            for name, item in value.items()
        }
    )


@functools.cache
def _kinds(wanted: Any) -> dict[str, Any]:
    """Return the type of each field of a dataclass."""
    hints = typing.get_type_hints(wanted)
    return {field.name: hints[field.name] for field in dataclasses.fields(wanted)}
