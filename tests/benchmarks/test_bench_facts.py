# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import platform

import pytest
from claims import facts


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("crun version 1.21", "1.21"),
        ("pasta 0.0~git20250503.587980c-2", "0.0~git20250503.587980c-2"),
        ("workerd 2026-11-17", "2026-11-17"),
        ("nginx version: nginx/1.26.3", "1.26.3"),
        ("v2.11.7 h1:abc", "2.11.7"),
        ("wrk debian/4.1.0-4+b1 [epoll]", "4.1.0-4+b1"),
        ("bash: pasta: command not found", "unknown"),
        ("", "unknown"),
    ],
)
def test_versions_are_found(text: str, version: str) -> None:
    assert facts.version(text) == version


def test_the_computer_is_described() -> None:
    assert facts.processor("processor : 0\nmodel name\t: Example 1000 \n") == "Example 1000"
    assert facts.processor("processor : 0\n") == platform.machine()
    assert facts.memory("MemTotal:       25165824 kB\n") == "24 GiB"
    assert facts.memory("") == "unknown"
    assert set(facts.computer()) == {"processor", "cores", "memory", "architecture", "kernel"}
