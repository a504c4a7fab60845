# SPDX-License-Identifier: Apache-2.0
"""A comparison shows what is wrong, and nothing that is right."""

from __future__ import annotations

import pytest

from doclab.model import Placeholder
from doclab.reports.diff import compare

ADDRESS = Placeholder(text="192.0.2.7", kind="ipv4")
CLIENT = Placeholder(text="192.0.2.7", kind="ipv4", name="client")


@pytest.mark.parametrize(
    ("expected", "actual", "placeholders", "wanted"),
    [
        ("a\nb", "a\nc", (), [" a", "-b", "+c"]),
        ("a 192.0.2.7\nb", "a 10.0.0.1\nc", (ADDRESS,), [" a 10.0.0.1", "-b", "+c"]),
        ("a\n...\nb\nc", "a\nx\ny\nb\nd", (), [" a", " ...", " x", " y", " b", "-c", "+d"]),
        ("a\n...\nb", "a\nx\nc", (), [" a", " ...", "-b", "+x", "+c"]),
        # The value had to come back, or another block had given it.
        ("192.0.2.7", "10.0.0.1", (CLIENT,), ["-192.0.2.7", "+10.0.0.1"]),
        ("", "a", (), ["-", "+a"]),
        ("a", "a  \n", (), [" a"]),
    ],
)
def test_compare(
    expected: str, actual: str, placeholders: tuple[Placeholder, ...], wanted: list[str]
) -> None:
    """Line by line."""
    found = compare(expected, actual, placeholders)
    assert [line.sign + line.text for line in found] == wanted
