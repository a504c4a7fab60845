"""What the harness adds, as ratios from one run.

`nox -s bench` runs this. The same trivial blocks (`echo N`, with their expected
output) are run by doclab in one terminal, by byexample in one shell, and by bash
as a plain script; the three take turns, so that a busy machine hits all of them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from doclab.engine import Engine
from doclab.images import Images
from doclab.lab import Lab, LabPlan
from doclab.model import Block, Command, Fate, Location, Scenario
from doclab.run import run_scenario

ROOT = Path(__file__).resolve().parent.parent
NONCE = "benchmark"


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
        )
        self._nonce = NONCE

    def login(self, machine: str) -> list[str]:
        """Open a shell here."""
        del machine
        integration = ROOT / "lab" / "machine" / "integration.bash"
        return ["env", f"DOCLAB_NONCE={NONCE}", "bash", "--rcfile", str(integration), "-i"]


def doclab_seconds(count: int) -> float:
    """Run the blocks with doclab."""
    blocks = tuple(
        Block(
            page="page",
            location=Location(path=Path("page.md"), line=4 * number + 1),
            headings=(),
            tabs=(),
            language="console",
            machine="server",
            user=None,
            text=f"echo {number}",
            commands=(Command(text=f"echo {number}", line=4 * number + 2, expected=str(number)),),
        )
        for number in range(count)
    )
    lab = LocalLab()
    started = time.perf_counter()
    results = run_scenario(
        Scenario(name="page", pages=("page",), variant=(), blocks=blocks),
        lab,
        listen=lambda _result: None,
    )
    seconds = time.perf_counter() - started
    lab.close_terminals()
    if any(result.fate is not Fate.PASSED for result in results):
        sys.exit("doclab: a trivial block did not pass")
    return seconds


def timed(argv: list[str]) -> float:
    """Run a program that must succeed."""
    started = time.perf_counter()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def synthetic(count: int, rounds: int) -> None:
    """Compare the three, and print milliseconds a block and ratios."""
    byexample = Path(sys.executable).parent / "byexample"
    found: dict[str, list[float]] = {"doclab": [], "byexample": [], "bash": []}
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.md"
        one = Path(folder) / "one.md"
        script = Path(folder) / "script"
        text = "".join(f"```shell\n$ echo {n}\n{n}\n```\n\n" for n in range(count))
        page.write_text(text, encoding="utf-8")
        one.write_text("```shell\n$ echo 0\n0\n```\n", encoding="utf-8")
        script.write_text("".join(f"echo {n}\n" for n in range(count)), encoding="utf-8")
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
            found["doclab"].append(doclab_seconds(count))
            # Its start is not a cost of a block.
            start = timed([str(byexample), "-l", "shell", str(one)])
            found["byexample"].append(timed([str(byexample), "-l", "shell", str(page)]) - start)
            found["bash"].append(timed(["bash", str(script)]))
    print(f"{count} trivial blocks in one terminal, {rounds} rounds")
    for name, seconds in found.items():
        middle = statistics.median(seconds) / count * 1000
        print(
            f"  {name:<10} {middle:.3f} ms a block"
            f" ({min(seconds) / count * 1000:.3f} to {max(seconds) / count * 1000:.3f})"
        )
    ratios = [
        ours / theirs for ours, theirs in zip(found["doclab"], found["byexample"], strict=True)
    ]
    print(
        f"  doclab / byexample: {statistics.median(ratios):.2f}"
        f" ({min(ratios):.2f} to {max(ratios):.2f}); wanted: at most 1"
    )


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}")
    synthetic(options.count, options.rounds)


if __name__ == "__main__":
    main()
