"""The page tells who types each block, with or without a prompt."""

from __future__ import annotations

import pytest
from conftest import Sites

BASH = "```bash\ntrue\n```\n"


def prompt(user: str, machine: str = "server") -> str:
    """Return a block with a prompt."""
    return f"```console\n{user}@{machine}$ true\n```\n"


def run(*options: str) -> str:
    """Return a block with options and without a prompt."""
    return "```{run} bash\n" + "".join(f"{option}\n" for option in options) + "\ntrue\n```\n"


def tabs(*panels: str) -> str:
    """Return a set of tabs, A, B and so on."""
    inner = "".join(
        f"````{{group-tab}} {label}\n{panel}````\n\n"
        for label, panel in zip("ABC", panels, strict=False)
    )
    return f"`````{{tabs}}\n\n{inner}`````\n"


@pytest.mark.parametrize(
    ("blocks", "users"),
    [
        ([BASH], "admin"),
        ([prompt("test"), BASH], "test test"),
        ([prompt("test"), "```console\n$ true\n```\n", BASH], "test test test"),
        ([prompt("test"), prompt("root"), BASH], "test root root"),
        ([prompt("test", "laptop"), BASH], "test admin"),
        ([prompt("test", "laptop"), BASH, run(":on: laptop")], "test admin test"),
        ([prompt("test"), run(":as: root"), BASH], "test root root"),
        ([prompt("test"), run(":terminal: logs"), BASH], "test admin test"),
        ([run(":terminal: logs", ":as: test"), BASH, run(":terminal: logs")], "test admin test"),
        ([prompt("test"), run(":as: admin", ":restart:"), BASH], "test admin admin"),
        ([prompt("test"), run(":restart:"), BASH], "test test admin"),
        ([prompt("test", "laptop"), run(":restart:"), run(":on: laptop")], "test admin test"),
        ([tabs(prompt("test"), BASH), BASH], "test admin admin"),
        ([tabs(BASH, prompt("test")), BASH], "admin test test"),
        ([tabs(prompt("test"), "Text.\n"), tabs(BASH, BASH)], "test test admin"),
    ],
)
def test_users(blocks: list[str], users: str, sites: Sites) -> None:
    """A block without a prompt belongs to who typed last in its terminal."""
    sites.write(index="# T\n\n" + "\n".join(blocks))
    (page,) = sites.collect().pages
    assert [block.user for block in page.blocks] == users.split()
    assert [block.commands[0].user for block in page.blocks] == users.split()


def test_users_of_commands(sites: Sites) -> None:
    """A prompt without a name belongs to who had the one before it, in its block too."""
    lines = "$ true\ntest@server$ true\n$ true\n"
    sites.write(index=f"# T\n\n```console\n{lines}```\n\n{BASH}")
    first, second = sites.collect().pages[0].blocks
    assert (first.user, [c.user for c in first.commands]) == ("admin", ["admin", "test", "test"])
    assert second.user == "test"
