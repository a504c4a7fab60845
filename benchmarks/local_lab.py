# SPDX-License-Identifier: Apache-2.0
"""Run blocks with doclab in a shell of this computer, in a process of its own.

The benchmarks start this file as a program, so that its time and memory are those
of one measurement. It prints seconds and the peak of its memory as JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast, overload

from doclab.engine import Engine
from doclab.images import Images
from doclab.lab import Lab
from doclab.lab_plan import LabPlan
from doclab.model import Block, BlockResult, Command, Fate, Location, Scenario
from doclab.run import run_scenario

ROOT = Path(__file__).resolve().parent.parent
NONCE = "benchmark"
LAST_LINE = "the last line"
DEADLINE = 1800.0  # seconds, for a block that prints very much


class LocalLab(Lab):
    """A lab whose only machine is a shell on this computer."""

    def __init__(self) -> None:
        """Prepare; no container engine is called."""
        super().__init__(
            Engine(command=("false",), run_flags=(), build_flags=(), version=""),
            LabPlan(
                machines=("server",),
                user="",
                images=Images(machine="", registry=""),
                repository="",
                snapshot=None,
            ),
            stop=threading.Event(),
            nonce=NONCE,
        )

    def login(self, machine: str) -> list[str]:
        """Open a shell here."""
        del machine
        integration = ROOT / "lab" / "machine" / "integration.bash"
        return ["env", f"DOCLAB_NONCE={NONCE}", "bash", "--rcfile", str(integration), "-i"]

    def journal(self, machine: str, since: float, lines: int = 15) -> str:
        """Return nothing: this computer's journal is not the page's business."""
        del machine, since, lines
        return ""


class Forgetful(list[BlockResult]):
    """Keeps the last result only, where a run keeps all of them for the ledger."""

    def append(self, result: BlockResult, /) -> None:
        """Replace the result before."""
        self[:] = [result]


def block_of(number: int, command: str, expected: str | None) -> Block:
    """Make a block of one command, as the collector does."""
    line = 5 * number + 1
    return Block(
        page="page",
        location=Location(path=Path("page.md"), line=line),
        headings=(),
        tabs=(),
        language="console",
        machine="server",
        user=None,
        text=f"$ {command}\n{expected}",
        commands=(Command(text=command, line=line + 1, expected=expected),),
        deadline=DEADLINE,
    )


class Trivial(Sequence[Block]):
    """Blocks that print a number, one after the other; each is made when it is asked for.

    A run holds all blocks; a measurement of what the harness itself takes does not.
    """

    def __init__(self, numbers: range) -> None:
        """Take what they print."""
        self._numbers = numbers

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Block: ...

    @overload
    def __getitem__(self, index: slice) -> Trivial: ...

    def __getitem__(self, index: int | slice) -> Block | Trivial:
        """Make a block, or take some."""
        if isinstance(index, slice):
            return Trivial(self._numbers[index])
        number = self._numbers[index]
        return block_of(number, f"echo {number}", str(number))


def run(blocks: Sequence[Block], results: list[BlockResult]) -> float:
    """Run the blocks in one terminal; return seconds, with the shell's start and end."""
    sequence = cast("tuple[Block, ...]", blocks)
    scenario = Scenario(name="page", pages=("page",), variant=(), blocks=sequence)
    lab = LocalLab()
    started = time.perf_counter()
    try:
        run_scenario(scenario, lab, listen=lambda _result: None, result_at_stop=results)
    finally:
        lab.close_terminals()
    return time.perf_counter() - started


def peak() -> int:
    """Peak of this process's resident memory, in bytes.

    Not `ru_maxrss`: that of a new process starts with the memory of its parent.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def printing(kind: str, size: int) -> Block:
    """Make a block that prints so many bytes, and a last line."""
    match kind:
        case "lines":
            text = f"yes 'one of very many lines of output' | head -c {size}; echo"
        case "line":
            text = f"head -c {size} /dev/zero | tr '\\0' x; echo"
        case _:
            part = "yes 'one of very many lines of output' | head -c 1000000; echo"
            text = "\n".join([part] * (size // 1_000_000))
    return block_of(0, f"{text}\necho {LAST_LINE}", None)


def main() -> None:
    """Parse the command line, run, and print the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["page", "kept", "forgotten", "lines", "line", "commands"])
    parser.add_argument("value", help="a JSON file of commands and outputs, or a number")
    parser.add_argument("--repeat", type=int, default=1, help="runs of which to take the mean")
    options = parser.parse_args()
    results: list[BlockResult] = []
    match options.what:
        case "page":
            commands = json.loads(Path(options.value).read_text(encoding="utf-8"))
            seconds = run([block_of(n, *pair) for n, pair in enumerate(commands)], results)
        case "kept":
            count = int(options.value)
            seconds = statistics.mean(
                [run(tuple(Trivial(range(count))), results := []) for _ in range(options.repeat)]
            )
        case "forgotten":
            seconds = run(Trivial(range(int(options.value))), results := Forgetful())
        case kind:
            seconds = run([printing(kind, int(options.value))], results)
            if not results[0].output.rstrip().endswith(LAST_LINE):
                sys.exit(f"doclab lost the last line: {results[0].reason or results[0].output}")
    print(json.dumps({"seconds": seconds, "peak": peak()}))
    for result in results:
        if result.fate is not Fate.PASSED:
            sys.exit(f"{result.block.location}: {result.fate.value}: {result.reason}")


if __name__ == "__main__":
    main()
