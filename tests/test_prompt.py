# SPDX-License-Identifier: Apache-2.0
"""What a shell reports at its prompt."""

from __future__ import annotations

import pytest

from doclab.prompt import parse_prompt


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        ("", ()),
        ("17\r\n18\r\n", (17, 18)),
        ("Terminated\r\n17\r\n", (17,)),
        ("17\r\n[2]+  Terminated              sleep 100\r\n", (17,)),
    ],
)
def test_jobs(jobs: str, expected: tuple[int, ...]) -> None:
    """Bash tells of jobs that end among those that run."""
    found = parse_prompt(f"0 0;test@server;5;/home/test;/a;b;{jobs}".encode())
    assert (found.jobs, found.directory, found.status) == (expected, "/a;b", 0)
