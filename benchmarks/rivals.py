# SPDX-License-Identifier: Apache-2.0
"""The programs that are compared: how each gets its page, and what each checks."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
Step = tuple[str, str]
"""A command, and what it prints."""

# Runs the program that a package installs, and says how long it took without its imports.
_TIMED = """
import json, sys, time
from importlib.metadata import entry_points
(found,) = entry_points(group="console_scripts", name=sys.argv[1])
main, sys.argv, code = found.load(), sys.argv[1:], 0
started = time.perf_counter()
try:
    code = main()
except SystemExit as end:
    code = end.code
print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
sys.exit(code)
"""


class BrokenError(Exception):
    """A program does not do what the comparison needs."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tool:
    """A program that runs blocks."""

    name: str
    version: str
    page: Callable[[Sequence[Step]], str]  # its way to write blocks down
    suffix: str  # of its pages
    command: tuple[str, ...]  # before the page
    compares: bool = True  # whether it looks at output at all
    slow: bool = False  # whether it is measured in every third round only

    def run(self, steps: Sequence[Step]) -> tuple[float, bool]:
        """Run blocks; return seconds, and whether the program was content."""
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / f"page{self.suffix}"
            page.write_text(self.page(steps), encoding="utf-8")
            done = subprocess.run(
                [*self.command, str(page)], cwd=folder, capture_output=True, text=True, check=False
            )
        # It is the last line, or the first if the program complains afterwards.
        for line in done.stdout.splitlines():
            if line.startswith('{"seconds": '):
                return float(json.loads(line)["seconds"]), done.returncode == 0
        raise BrokenError(f"{self.name} did not run:\n{done.stdout}{done.stderr}")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Checks:
    """What a program does when a block fails."""

    status: bool  # whether it notices that a block's exit status is not 0
    stops: bool  # whether it leaves the blocks after a failure alone


def trivial(count: int) -> list[Step]:
    """Return steps that print a number."""
    return [(f"echo {number}", str(number)) for number in range(count)]


def checks(tool: Tool) -> Checks:
    """Try out what a program checks, with three blocks each.

    Raises:
        BrokenError: if it fails good blocks, or passes wrong output.
    """
    first, _, last = trivial(3)
    if not tool.run(trivial(3))[1]:
        raise BrokenError(f"{tool.name} fails three blocks that are right.")
    wrong = ("echo wrong", "right")
    if tool.compares and tool.run([first, wrong, last])[1]:
        raise BrokenError(f"{tool.name} passes a block with the wrong output.")
    status = not tool.run([first, ("false", ""), last])[1]
    with tempfile.TemporaryDirectory() as folder:
        mark = Path(folder) / "ran"
        tool.run([first, ("false", "") if status else wrong, (f"touch {mark}", "")])
        return Checks(status=status, stops=not mark.exists())


def _markdown(info: str) -> Callable[[Sequence[Step]], str]:
    def page(steps: Sequence[Step]) -> str:
        return "".join(
            f"```{info}\n$ {command}\n" + (f"{output}\n" if output else "") + "```\n\n"
            for command, output in steps
        )

    return page


def _tesh(steps: Sequence[Step]) -> str:
    # One list for all blocks of the session; more would replace it.
    codes = " ".join("0" for _ in steps)
    first = _markdown(f'console tesh-session="page" tesh-exitcodes="{codes}"')(steps[:1])
    return first + _markdown('console tesh-session="page"')(steps[1:])


def _prysk(steps: Sequence[Step]) -> str:
    return "".join(
        f"  $ {command}\n" + (f"  {output}\n" if output else "") + "\n" for command, output in steps
    )


def _script(steps: Sequence[Step]) -> str:
    return "".join(f"{command}\n" for command, _ in steps)


def tools() -> tuple[Tool, ...]:
    """Return all programs, doclab first and the plain script last."""
    timed = (sys.executable, "-c", _TIMED)
    bash = subprocess.run(
        ["bash", "-c", "echo ${BASH_VERSION%%(*}"], capture_output=True, text=True, check=True
    )
    script = (
        "import json, subprocess, sys, time; started = time.perf_counter();"
        " code = subprocess.run(['bash', sys.argv[1]], stdout=subprocess.DEVNULL).returncode;"
        " print(json.dumps({'seconds': time.perf_counter() - started})); sys.exit(code)"
    )
    return (
        Tool(
            name="doclab",
            version=metadata.version("doclab"),
            page=json.dumps,
            suffix=".json",
            command=(sys.executable, str(HERE / "local_lab.py"), "page"),
        ),
        Tool(
            name="byexample",
            version=metadata.version("byexample"),
            page=_markdown("shell"),
            suffix=".md",
            command=(*timed, "byexample", "--language=shell"),
        ),
        Tool(
            name="prysk",
            version=metadata.version("prysk"),
            page=_prysk,
            suffix=".t",
            command=(*timed, "prysk", "--shell=/bin/bash"),
        ),
        Tool(
            name="tesh",
            version=metadata.version("tesh"),
            page=_tesh,
            suffix=".md",
            command=(*timed, "tesh"),
            slow=True,
        ),
        Tool(
            name="bash",
            version=bash.stdout.strip(),
            page=_script,
            suffix=".sh",
            command=(sys.executable, "-c", script),
            compares=False,
        ),
    )
