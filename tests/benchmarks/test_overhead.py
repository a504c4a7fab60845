# SPDX-License-Identifier: Apache-2.0
"""The same blocks can be run as plain scripts, to be compared with doclab."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path

import pytest
from conftest import block, scenario
from overhead import plain, segments

from doclab.model import Block, Command


def typed(*commands: tuple[str, str], machine: str = "server", status: int = 0) -> Block:
    """Return a block of commands, each with its user."""
    return dataclasses.replace(
        block(),
        machine=machine,
        status=status,
        commands=tuple(Command(text=text, line=1, user=user) for user, text in commands),
    )


def test_until_something_that_a_script_cannot_say() -> None:
    """A restart is one."""
    first, last = typed(("admin", "true")), typed(("admin", "true"))
    restart = dataclasses.replace(first, restart=True)
    assert plain(scenario(first, restart, last)) == (first,)


def test_each_shell_is_a_script() -> None:
    """It belongs to a user of a machine; nobody types what opens a shell, or ends it."""
    found = segments(
        (
            typed(("admin", "echo a"), ("admin", "sudo machinectl --quiet shell test@")),
            typed(("test", "cd x\nexit")),
            typed(("admin", "echo b"), machine="laptop"),
        )
    )
    shown = [(machine, user, script.split("\n")[1:-2]) for machine, user, script in found]
    assert shown == [
        ("server", "admin", ["echo a"]),
        ("server", "test", ["cd x"]),
        ("laptop", "admin", ["echo b"]),
    ]


@pytest.mark.parametrize(
    ("command", "status", "ends"),
    [("true", 0, True), ("false", 0, False), ("(exit 3)", 3, True), ("(exit 4)", 3, False)],
)
def test_a_script_checks_statuses(command: str, status: int, ends: bool, tmp_path: Path) -> None:
    """It ends with a word of its own only if each command did what it should."""
    ((_, _, script),) = segments((typed(("admin", command), status=status),))
    script = script.replace("/tmp/", f"{tmp_path}/")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert ("all-done" in done.stdout) is ends
