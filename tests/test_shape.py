# SPDX-License-Identifier: Apache-2.0
"""JSON is compared by shape, and a difference has its path."""

from __future__ import annotations

import json
import time

import pytest
from conftest import Snapshot
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from doclab.expect import compare
from doclab.kinds import parse_placeholder

VARIES = (
    parse_placeholder("8.14.1=version"),
    parse_placeholder("10.0.0.1=ipv4:me"),
    parse_placeholder("4711=number"),
)
SAME = [
    ('{"a": 1, "b": [true, null]}', '{"b":[true,null],\n"a":1}'),
    ('{"a": 1.0}', '{"a": 1}'),
    ('{"agent": "curl/8.14.1"}', '{"agent": "curl/9.0"}'),
    ('{"pid": 4711}', '{"pid": 5}'),
    ('["10.0.0.1", "10.0.0.1"]', '["1.2.3.4", "1.2.3.4"]'),
    ('[1, "..."]', "[1]"),
    ('[1, "..."]', "[1, 2, {}]"),
    ('["...", 2]', "[1, 2]"),
    ('[1, "...", 3, "..."]', "[1, 2, 3, 4]"),
    ('{"a": 1, "...": "..."}', '{"b": 2, "a": 1}'),
    ("[]", "[]"),
    ('"..."', '"..."'),
    ("", ""),
]
DIFFERENT = {
    "value": ('{"headers": {"host": "a"}}', '{"headers": {"host": "b"}}'),
    "quoted-path": ('{"x-y": [{"a": 1}]}', '{"x-y": [{"a": 2}]}'),
    "type": ('{"a": 1}', '{"a": "1"}'),
    "bool-is-no-number": ('{"a": 1}', '{"a": true}'),
    "null": ("[null]", "[false]"),
    "key-missing": ('{"a": 1, "b": 2}', '{"a": 1}'),
    "key-more": ('{"a": 1}', '{"a": 1, "b": 2}'),
    "list-shorter": ("[1, 2]", "[1]"),
    "list-longer": ("[1]", "[1, 2]"),
    "any-items-too-few": ('[1, 2, "..."]', "[1]"),
    "any-items-first": ('[1, "..."]', "[2, 3]"),
    "any-items-order": ('["...", 1, "...", 2, "..."]', "[0, 2, 1, 3]"),
    "number-of-another-kind": ('{"pid": 4711}', '{"pid": -5}'),
    "part-of-a-token": ('{"v": "x8.14.1"}', '{"v": "x9.0.0"}'),
    "another-value": ('["10.0.0.1", "10.0.0.1"]', '["1.2.3.4", "1.2.3.5"]'),
    "no-json": ('{"a": 1}', "curl: (7) Failed to connect"),
    "nothing": ('{"a": 1}', ""),
    "page-no-json": ("{...}", "{}"),
    "key-twice": ('{"a": 1}', '{"a": 1, "a": 1}'),
    "not-a-number": ("[1]", "[NaN]"),
    "nested-too-deeply": ("[1]", "[" * 100_000),
    "empty-means-empty": ("", "{}"),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(("expected", "actual"), SAME)
def test_same(expected: str, actual: str) -> None:
    """White space, the order of keys, and what a page says may differ."""
    assert compare(expected, actual, json=True, placeholders=VARIES).values is not None


@pytest.mark.parametrize("name", DIFFERENT)
def test_different(name: str, snapshot: Snapshot) -> None:
    """The message has the path of the first difference."""
    expected, actual = DIFFERENT[name]
    found = compare(expected, actual, json=True, placeholders=VARIES)
    assert found.values is None
    snapshot(found.difference)


def test_values() -> None:
    """A value that JSON holds is captured, and required to come back."""
    found = compare('{"a": "10.0.0.1"}', '{"a": "1.2.3.4"}', json=True, placeholders=VARIES)
    assert found.values == {"me": "1.2.3.4"}
    again = compare('["10.0.0.1"]', '["1.2.3.5"]', json=True, placeholders=VARIES,
                    captured=found.values)  # fmt: skip
    assert again.values is None


def shuffled(value: object) -> object:
    """Turn the order of all keys around."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(list(value))}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@settings(deadline=None)
@given(JSON, JSON)
def test_as_python_compares(one: object, other: object) -> None:
    """Without placeholders, the same is what is equal."""
    texts = [json.dumps(one), json.dumps(other, indent=3)]
    assume('"..."' not in texts[0])
    for text in (texts[0], json.dumps(shuffled(one), indent=1)):
        assert compare(texts[0], text, json=True).values is not None
    equal = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (compare(texts[0], texts[1], json=True).values is not None) is equal


def test_hostile_output_is_compared_quickly() -> None:
    """Half a megabyte in one string, number, list or object takes no time to speak of."""
    start = time.process_time()
    keys = ",".join(f'"{number}": 1' for number in range(40_000))
    for actual in (
        f'["{":" * 500_000}"]',
        f"[{'1' * 500_000}]",
        f"[{'1,' * 250_000}1]",
        f'[{{{keys}, "0": 2}}]',
    ):
        assert compare('["10.0.0.1", "..."]', actual, json=True, placeholders=VARIES).values is None
    assert time.process_time() - start < 2.5
