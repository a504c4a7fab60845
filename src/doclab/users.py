# SPDX-License-Identifier: Apache-2.0
"""Who types each block, as a reader works it out from the page.

A prompt names its user. A block without one goes on in the shell that the page
showed last, so it belongs to the user of the nearest prompt before it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from doclab.model import Block, Command, Tab, exclude_each_other


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Sign:
    """A place from which on the page shows a terminal in somebody's hands."""

    machine: str
    terminal: str | None  # None: all terminals of the machine, which was restarted
    tabs: tuple[Tab, ...]  # in which a reader must be to see it
    user: str


def settle(blocks: Iterable[Block], login: str) -> tuple[Block, ...]:
    """Return the blocks of a page, each with its user, and its commands with theirs.

    Args:
        blocks: in the order of the page; a user that is set was named by `:as:`.
        login: who logs in on a machine at the start of a page and after a restart.
    """
    signs: list[_Sign] = []
    settled = []
    for block in blocks:
        user = block.user or _shown_before(block, signs) or login
        commands = []
        for command in block.commands:
            user = command.user or user
            commands.append(dataclasses.replace(command, user=user))
        settled.append(dataclasses.replace(block, user=commands[0].user, commands=tuple(commands)))
        signs.append(
            _Sign(
                machine=block.machine,
                terminal=None if block.restart else block.terminal,
                tabs=block.tabs,
                user=login if block.restart else user,
            )
        )
    return tuple(settled)


def shown(command: Command) -> bool:
    """Whether the command's prompt on the page names the user and the machine."""
    return command.machine is not None


def _shown_before(block: Block, signs: list[_Sign]) -> str | None:
    for sign in reversed(signs):
        same = sign.machine == block.machine and sign.terminal in (None, block.terminal)
        if same and not exclude_each_other(sign.tabs, block.tabs):
            return sign.user
    return None
