# SPDX-License-Identifier: Apache-2.0
"""Labels above blocks: on which computer, in which terminal and as whom they run.

Only what the block's own text does not show is said. The label stands outside of
the code, so that it is not copied with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from docutils import nodes

from doclab import users
from doclab.model import Block

#: For screen readers, in front of the label.
SPOKEN = "Runs as "
_COUNT = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def labels(blocks: Sequence[Block]) -> tuple[tuple[str, str], ...]:
    """Return for each block what its label says; empty texts where none is needed.

    Args:
        blocks: of one page, in order.

    Returns:
        pairs of `user@machine` and the name of the terminal, such as
        `second terminal: logs`; or `second terminal`, if that is its name.
    """
    terminals: dict[str, list[str]] = {}  # of each machine, but for its first one
    found = []
    for block in blocks:
        prompted = any(map(users.shown, block.commands))
        who = "" if prompted else f"{block.user}@{block.machine}"
        terminal = ""
        if block.terminal:
            names = terminals.setdefault(block.machine, [])
            if block.terminal not in names:
                names.append(block.terminal)
            number = names.index(block.terminal)
            count = _COUNT[number] if number < len(_COUNT) else ""
            terminal = f"{count} terminal".lstrip()
            if block.terminal != count:
                terminal += f": {block.terminal}"
        found.append((who, terminal))
    return tuple(found)


def decorate(node: nodes.literal_block, who: str, terminal: str, mark: str) -> None:
    """Put what is to be said of a block above its code.

    Args:
        node: the code, on a page that is about to be written.
        who: `user@machine`, or nothing.
        terminal: the name of the terminal, or nothing.
        mark: why the block is not verified, or nothing.
    """
    if not (who or terminal or mark):
        return
    code = node.parent if node.parent.get("literal_block") else node  # with its caption
    box = nodes.container(classes=["doclab-block"])
    code.parent.replace(code, box)
    if who or terminal:
        label = nodes.paragraph(classes=["doclab-label"])
        if who:
            label += nodes.inline(text=SPOKEN, classes=["doclab-spoken"])
            label += nodes.inline(text=who, classes=["doclab-who"])
        if who and terminal:
            label += nodes.Text(", ")
        if terminal:
            label += nodes.inline(text=terminal, classes=["doclab-terminal"])
        box += label
    if mark:
        text = f"Not verified in the last run: {mark}"
        box += nodes.paragraph(text=text, classes=["doclab-unverified"])
    box += code
