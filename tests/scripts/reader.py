# SPDX-License-Identifier: Apache-2.0
"""A reader downloads the scripts of pages, and runs them: proof that they do what a page does.

The scripts are those of the site in build/html. They run in a fresh lab, each in a terminal of
its own, and where one says whose turn it is, this one presses Enter there. What each command
prints is compared with what its page shows.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from doclab import expect, lab, screen, workshop
from doclab.collect import collect
from doclab.machine import Machine
from doclab.model import Block, Command, Page
from doclab.progress import Progress
from doclab.wire import Wire

SITE = Path("build/html/commands")
PAGES = ("tutorial/example1",)
TURN = re.compile(r"Now it is the turn of (?P<who>[\w -]+): .*\. Enter goes on here\. $")
RESTART = "\nBroadcast message from root@"  # what a machine says that restarts
END = "this script is at its end"
PATIENCE = 300.0  # seconds for what a script does at one turn
INNER = "sudo machinectl "  # begins a command that gives another user's shell
# After a command comes the next one, or a line of the script's own, or its end.
AFTER = re.compile(
    rf"^(?:turn '?\w|echo '?The rest is for |cat > \"\$typed\" <<|\n{END}$)", re.MULTILINE
)


class ReaderError(Exception):
    """A script does not do what its page does."""


@dataclasses.dataclass
class Script:
    """A script that runs in a terminal."""

    name: str  # of the file
    machine: Machine
    terminal: str  # its name; empty: the first
    part: int  # how many times its machine has restarted before
    wire: Wire | None = None  # opened when its turn comes
    text: str = ""  # all that the terminal showed
    turns: int = 0  # of others, that it has waited for
    ended: bool = False

    @property
    def place(self) -> str:
        """The machine, and the terminal if it has a name: as a script says whose turn it is."""
        return f"{self.machine.name} {self.terminal}".strip()

    def go_on(self, argv: Sequence[str]) -> str | None:
        """Let it run; return whose turn it is then, or None at its end.

        Args:
            argv: what begins it in a terminal.

        Raises:
            ReaderError: if it does not come to its end or to another's turn.
        """
        if self.wire is None:
            self.wire = Wire(argv)
        else:
            self.wire.write(b"\n")
        before = self.machine.started_at()
        said, end = b"", time.monotonic() + PATIENCE
        while time.monotonic() < end:
            data = self.wire.read(0.5)
            if data is None:
                break
            said += data
            shown = screen.clean(said.decode(errors="replace"))
            turn = TURN.search(shown)
            restarts = RESTART in shown
            if restarts and self.machine.wait_until_down(before, PATIENCE):
                self.machine.wait_until_up()
            if turn is not None or restarts or f"\n{END}" in shown:
                self.text += shown
                self.ended = turn is None
                self.turns += turn is not None
                return turn["who"] if turn is not None else None
        raise ReaderError(f"{self.name} did not go on:\n{self.text}{said!r}")


def play(page: Page, scripts: Sequence[Script], shop: workshop.Workshop) -> None:
    """Run the scripts of one page as they ask for it, or else in the order of its blocks."""
    script: Script | None = scripts[0]
    while script is not None:
        who = script.go_on(
            shop.engine.argv(
                "exec", "--interactive", "--tty", script.machine.container,
                "machinectl", "--quiet", "shell", f"{shop.lab_plan.user}@",
                "/bin/bash", "--login", "-c", f"bash ~/{script.name}; echo; echo {END}",
            )
        )  # fmt: skip
        waiting = [other for other in scripts if not other.ended]
        turn = (other for other in waiting if other.place == who)
        script = next(turn, min(waiting, key=lambda other: place_of(page, other), default=None))


def place_of(page: Page, script: Script) -> int:
    """Return which of a page's blocks a script begins with when its turn comes."""
    mine = {block.location for block, _ in typed(page, script)}
    shown = [(number, block) for number, block in enumerate(page.blocks) if is_shown(block)]
    turns = itertools.groupby(shown, key=lambda pair: pair[1].location in mine)
    return [next(group)[0] for own, group in turns if own][script.turns]


def is_shown(block: Block) -> bool:
    """Whether the scripts have a block: each set of tabs is taken at its first tab."""
    return block.skip is None and all(tab.label == tab.group[0] for tab in block.tabs)


def typed(page: Page, script: Script) -> Iterator[tuple[Block, Command]]:
    """Return what is typed in a script's terminal."""
    part = 0
    for block in filter(is_shown, page.blocks):
        place = (block.machine, block.terminal)
        if place == (script.machine.name, script.terminal) and part == script.part:
            for command in block.commands[1:] if block.continues else block.commands:
                yield block, command
        part += block.restart and block.machine == script.machine.name


def compare(page: Page, script: Script) -> int:
    """Compare what a script printed with its page; return how many commands printed the same.

    Raises:
        ReaderError: at the first command that is not there, or printed something else.
    """
    commands = [pair for pair in typed(page, script) if pair[1].text != "exit"]
    at, same, text = 0, 0, script.text
    for number, (block, command) in enumerate(commands):
        inner = command.text.startswith(INNER)
        # What is not compared may be several commands, which print among their lines.
        shown = command.text.partition("\n")[0] if command.expected is None else command.text
        echo = f"{shown} /bin/bash --login" if inner else f"{shown}\n"
        found = f"\n{text}".find(f"\n{echo}", at)
        if found < 0:
            raise ReaderError(f"{block.location}: the script did not run {command.text!r}:\n{text}")
        at = found + len(echo)
        # Only a person's shell says the number of a job.
        if command.expected is None or inner or command.text.endswith("&"):
            continue
        output = f"\n{text[at:]}"
        if following := commands[number + 1 :]:
            after = following[0][1].text.partition("\n")[0]
            output = output.partition(f"\n{after}")[0]
        output = AFTER.split(output)[0].removeprefix("\n")
        comparison = expect.compare(
            command.expected, output, json=block.json, placeholders=block.placeholders
        )
        if comparison.values is None:
            said = f"{command.text!r} in the script: {comparison.difference}"
            raise ReaderError(f"{block.location}: {said}\n{output}")
        same += 1
    return same


def read(page: Page, machines: lab.Lab, shop: workshop.Workshop, say: Progress) -> None:
    """Run the scripts of a page, and compare what they print with the page."""
    scripts = []
    for file in SITE.glob(f"{page.name.replace('/', '-')}.*.sh"):
        name, *more = file.name.split(".")[1].split("-")
        machine = machines.machine(name)
        shop.engine.call(
            "cp", str(file.resolve()), f"{machine.container}:/home/{shop.lab_plan.user}/{file.name}"
        )
        part = int(more.pop()) - 1 if more and more[-1].isdigit() else 0
        script = Script(name=file.name, machine=machine, terminal="-".join(more), part=part)
        scripts.append(script)
    if not scripts:
        raise ReaderError(f"{page.path}: there are no scripts in {SITE}; `nox -s docs` makes them.")
    scripts.sort(key=lambda script: place_of(page, script))
    try:
        play(page, scripts, shop)
    finally:
        for script in scripts:
            if script.wire is not None:
                script.wire.close()
    for script in scripts:
        count = compare(page, script)
        say(f"{script.name}: {count} commands printed what {page.path} shows")


def in_order(name: str, pages: Mapping[str, Page]) -> list[Page]:
    """Return a page after those that it needs.

    Raises:
        ReaderError: if there is no such page.
    """
    name = name.removeprefix("docs/").removesuffix(".md")
    if name not in pages:
        raise ReaderError(f"there is no page {name!r}.")
    before = [page for after in pages[name].after for page in in_order(after, pages)]
    return list(dict.fromkeys([*before, pages[name]]))


def main() -> None:
    """For each page: start a lab, run the scripts of the page and of those before it."""
    say, root = Progress(), Path.cwd().resolve()
    with tempfile.TemporaryDirectory(prefix="doclab-") as folder:
        site = collect(root / "docs", root=root, work=Path(folder) / "doclab")
    pages = {page.name: page for page in site.pages}
    name = site.settings.lab(None)
    with workshop.opened(site, lab=name, docs=root / "docs", say=say) as shop:
        for wanted in sys.argv[1:] or PAGES:
            machines = lab.Lab(shop.engine, shop.lab_plan, stop=threading.Event())
            try:
                say(f"starting a lab for the scripts of {wanted}")
                machines.start()
                machines.all_machines()
                for page in in_order(wanted, pages):
                    read(page, machines, shop, say)
            except ReaderError as error:
                sys.exit(f"scripts: {error}")
            finally:
                machines.remove()
    say("green")


if __name__ == "__main__":
    main()
