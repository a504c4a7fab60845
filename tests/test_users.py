# SPDX-License-Identifier: Apache-2.0
"""The page tells who types each block, with or without a prompt."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from conftest import Sites, block

from doclab.model import Block, Command, Tab
from doclab.users import settle


def prompts(*users: str | None, **changes: Any) -> Block:
    """Return a block with these prompts; None: one without a name."""
    commands = tuple(
        Command(text="true", line=n, user=user, machine=user and "server")
        for n, user in enumerate(users)
    )
    return dataclasses.replace(block(commands=commands), **changes)


def bash(**changes: Any) -> Block:
    """Return a block without prompts."""
    return prompts(None, **changes)


def tab(label: str) -> tuple[Tab, ...]:
    """Return a tab of the set of A and B."""
    return (Tab(group=("A", "B"), label=label),)


@pytest.mark.parametrize(
    ("blocks", "users"),
    [
        ([bash()], "admin"),
        ([prompts("test"), bash()], "test test"),
        ([prompts("test"), prompts("root"), bash()], "test root root"),
        ([prompts("admin", "test"), bash()], "admin test"),
        ([prompts("test", machine="laptop"), bash(), bash(machine="laptop")], "test admin test"),
        ([prompts("test"), bash(user="root"), bash()], "test root root"),
        ([prompts("test"), bash(terminal="logs"), bash()], "test admin test"),
        ([bash(terminal="logs", user="test"), bash(), bash(terminal="logs")], "test admin test"),
        ([prompts("test"), bash(user="root", restart=True), bash()], "test root admin"),
        ([prompts("test"), bash(restart=True), bash()], "test test admin"),
        (
            [bash(user="test", terminal="x"), bash(restart=True), bash(terminal="x")],
            "test admin admin",
        ),
        (
            [bash(user="test", machine="laptop"), bash(restart=True), bash(machine="laptop")],
            "test admin test",
        ),
        ([prompts("test", tabs=tab("A")), bash(tabs=tab("B")), bash()], "test admin admin"),
        ([bash(tabs=tab("A")), prompts("test", tabs=tab("B")), bash()], "admin test test"),
        (
            [prompts("test", tabs=tab("A")), bash(tabs=tab("A")), bash(tabs=tab("B"))],
            "test test admin",
        ),
    ],
)
def test_users(blocks: list[Block], users: str) -> None:
    """A block without a prompt belongs to who typed last in its terminal."""
    settled = settle(blocks, "admin")
    assert [each.user for each in settled] == users.split()
    assert [each.commands[0].user for each in settled] == users.split()


def test_users_of_commands() -> None:
    """A prompt without a name belongs to who had the one before it, in its block too."""
    (settled,) = settle([prompts(None, "test", None)], "admin")
    assert settled.user == "admin"
    assert [command.user for command in settled.commands] == ["admin", "test", "test"]


def test_users_of_a_page(sites: Sites) -> None:
    """The collector finds the users of a page's blocks, tabs and options included."""
    text = "```{run} bash\n:as: root\n\ntrue\n```\n\n```console\n$ true\n```\n"
    panels = "````{tab} A\n```console\ntest@server$ true\n```\n````\n\n````{tab} B\n"
    sites.write(index=f"# T\n\n{text}\n`````{{tabs}}\n\n{panels}~~~bash\ntrue\n~~~\n````\n`````\n")
    (page,) = sites.collect().pages
    assert [each.user for each in page.blocks] == ["root", "root", "test", "root"]
