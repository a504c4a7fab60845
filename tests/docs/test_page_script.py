# SPDX-License-Identifier: Apache-2.0
"""A page's commands become scripts that bash can read, with nothing lost."""

from __future__ import annotations

import subprocess

import page_script
from conftest import Snapshot, block, page

from doclab.model import Command, Tab


def _commands(*texts: str) -> tuple[Command, ...]:
    return tuple(Command(text=text, line=n, user="admin") for n, text in enumerate(texts, 2))


def test_scripts(snapshot: Snapshot) -> None:
    both = ("Copy it", "Install it")
    blocks = (
        block(
            commands=_commands("sudo machinectl --quiet shell test@", "cd ~/there"), user="admin"
        ),
        block("cat > file << 'END'\nexit\nEND", user="test"),
        block("cp it", user="test", tabs=(Tab(group=both, label="Copy it"),)),
        block("install it", user="test", tabs=(Tab(group=both, label="Install it"),)),
        block("visit", machine="laptop", user="admin", headings=("Title", "From a visitor's side")),
        block("never", user="test", skip="it needs a printer"),
        block(commands=_commands("look", "exit"), user="test", headings=("Title", "What it did")),
        block("sudo systemctl reboot", user="admin"),
        block("visit again", machine="laptop", user="admin"),
    )
    found = page_script.scripts(page("page", *blocks))
    for script in found:
        subprocess.run(["bash", "-n"], input=script.text.encode(), check=True)
    snapshot("\n".join(f"=== {script.name}\n{script.text}" for script in found))


def test_a_restart_ends_a_script() -> None:
    restart = block("sudo systemctl reboot", user="admin")
    restart = type(restart)(**{**vars(restart), "restart": True})
    found = page_script.scripts(page("page", block("one"), restart, block("two")))
    assert [script.name for script in found] == ["server", "server-2"]
    assert found[0].text.endswith("\none\nsudo systemctl reboot\n")
    assert found[1].text.endswith("\ntwo\n")


def test_each_terminal_has_its_script() -> None:
    other = block("two")
    other = type(other)(**{**vars(other), "terminal": "second"})
    found = page_script.scripts(page("page", block("one"), other))
    assert [script.name for script in found] == ["server", "server-second"]


def test_a_page_without_commands_has_none() -> None:
    assert page_script.scripts(page("page", block("never", skip="why"))) == ()
