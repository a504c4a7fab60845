# SPDX-License-Identifier: Apache-2.0
"""The commands of a page as scripts, one for each terminal: what the copy buttons copy.

Each set of tabs is taken at its first tab. What the page's author says is not run is left
out. A script stops where it is another terminal's turn, and runs what another user types
as that user, in one shell, as the page does.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from publish import is_site

from doclab import settings
from doclab.page_reader import PageReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

    from doclab.model import Block, Command, Page

FOLDER = "commands"  # in the site
TURN = """\
turn() {
  read -r -p "Now it is the turn of $1: $2. Enter goes on here. " < /dev/tty
}"""
HEAD = (
    """\
#!/usr/bin/env bash
# SPDX-License-Identifier: MIT-0
# The commands of the page "{title}" that are typed on {machine}, as {user}.
# Each is shown before it runs. Nothing stops at a failure: compare with the page.
trap : INT # Ctrl-C ends a command, and not this script
typed=$(mktemp) && chmod a+r "$typed" # what another user types
"""
    + TURN.replace("{", "{{").replace("}", "}}")
    + "\nset -o verbose\n"
)
# What gives a shell of another user; bash runs the rest in it.
SHELL = re.compile(r"sudo machinectl (.* )?shell [\w-]+@")
MARK = "END_OF_WHAT_THE_USER_TYPES"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Script:
    """The commands of one terminal, up to where its machine restarts."""

    name: str  # of the file, without the page's: machine, terminal if it has a name, number
    text: str  # what bash runs


def scripts(page: Page) -> tuple[Script, ...]:
    """Return the scripts of a page, in the order in which they are started."""
    shown = [block for block in page.blocks if block.skip is None and _first_tabs(block)]
    found: list[Script] = []
    for place in dict.fromkeys(map(_place, shown)):
        for number, part in enumerate(_between_restarts(shown, place), start=1):
            if lines := list(_lines(part, place)):
                user = next(block.user for block in part if _place(block) == place)
                head = HEAD.format(title=page.title, machine=place[0], user=user)
                name = "-".join([*filter(None, place), *([str(number)] if number > 1 else [])])
                found.append(Script(name=name, text=head + "\n".join(lines) + "\n"))
    return tuple(found)


def _place(block: Block) -> tuple[str, str]:
    """Return the machine and the terminal in which a block is typed."""
    return block.machine, block.terminal


def _who(block: Block) -> str:
    """Name the terminal in which a block is typed, for people."""
    return " ".join(filter(None, _place(block)))


def _first_tabs(block: Block) -> bool:
    return all(tab.label == tab.group[0] for tab in block.tabs)


def _between_restarts(blocks: Iterable[Block], place: tuple[str, str]) -> Iterator[list[Block]]:
    """Split where a machine restarts: that ends its scripts."""
    part: list[Block] = []
    for block in blocks:
        part.append(block)
        if block.restart and block.machine == place[0]:
            if any(_place(other) == place for other in part):
                yield part
            part = []
    if any(_place(block) == place for block in part):
        yield part


def _lines(blocks: Iterable[Block], place: tuple[str, str]) -> Iterator[str]:
    """Return what a script does, with the turns of other terminals between."""
    opened = ""  # the command that gave another user's shell
    turn: Block | None = None
    started = False
    for own, group in itertools.groupby(blocks, key=lambda block: _place(block) == place):
        turns = list(group)
        if not own:
            turn = turns[0] if started else None
            continue
        started = True
        if turn is not None:
            yield f"turn {_who(turn)!r} {shlex.quote(turn.headings[-1])}"
        for command in itertools.chain.from_iterable(map(_typed, turns)):
            if SHELL.fullmatch(command.text):
                opened = command.text
                yield f"cat > \"$typed\" <<'{MARK}'\n{TURN}\nset -o verbose"
            elif opened and command.text == "exit":
                yield f'{MARK}\n{opened} /bin/bash --login "$typed"'
                opened = ""
            else:
                yield command.text
        turn = None
    if opened:
        yield f'{MARK}\n{opened} /bin/bash --login "$typed"'
    if turn is not None:
        yield f"echo {shlex.quote(f'The rest is for {_who(turn)}: {turn.headings[-1]}.')}"


def _typed(block: Block) -> tuple[Command, ...]:
    return block.commands[1:] if block.continues else block.commands


def add(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Write a page's scripts, and link them at its end."""
    if not is_site(app):
        return
    root = Path.cwd()
    found = settings.read(app.config, Path(app.srcdir), root=root)
    path = Path(app.env.doc2path(name))
    page = PageReader(doctree, name=name, path=path, root=root, settings=found).page()
    paragraph = nodes.paragraph("", "The commands of this page as a script:", classes=["script"])
    for script in scripts(page):
        file = f"{FOLDER}/{name.replace('/', '-')}.{script.name}.sh"
        target = Path(app.outdir, file)
        target.parent.mkdir(exist_ok=True)
        target.write_text(script.text, encoding="utf-8")
        link = nodes.reference(text=f"on {script.name}", refuri="../" * name.count("/") + file)
        link["internal"] = True
        paragraph += [nodes.Text(" "), link]
    if len(paragraph.children) > 1:
        section = next(doctree.findall(nodes.section))
        section += nodes.paragraph("", "", *paragraph.children, classes=["script"])


def setup(app: Sphinx) -> ExtensionMetadata:
    """Let it read a page before doclab writes into it."""
    app.connect("doctree-resolved", add, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
