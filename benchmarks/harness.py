# SPDX-License-Identifier: Apache-2.0
"""What the harness costs: beside other tools, with many blocks, with much output.

`nox -s harness` runs this and prints one table. All measurements take turns, round
by round, so that a busy machine hits all of them; the figures are medians, with the
smallest and the largest in brackets. Time for the start of a program is taken off:
what a page with one block takes. Figures do not fail the run, they are for people.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence

import rivals
import scaling

COUNT = 1000  # blocks that the programs are compared with
SLOW_EVERY = 3  # rounds, for a program that takes minutes
NOISE = 1.25  # what is flat varies as much from one run to the next
FLAT = 1.1  # the same for memory, which varies less


@dataclasses.dataclass(frozen=True, kw_only=True)
class Size:
    """How much is measured."""

    rounds: int
    slow: int  # blocks for a program that takes minutes
    blocks: tuple[int, ...]  # numbers of blocks, the smallest first
    reading: tuple[int, ...]  # numbers of blocks on a page that is read
    output: tuple[int, ...]  # bytes that a block prints
    commands: tuple[int, ...]  # bytes that a block of many commands prints


FULL = Size(
    rounds=5,
    slow=COUNT,
    blocks=(1000, 3000, 10_000),
    reading=(1000, 4000),
    output=(1_000_000, 100_000_000, 1_000_000_000),
    commands=(10_000_000, 100_000_000),
)
QUICK = Size(
    rounds=2,
    slow=50,
    blocks=(1000, 3000),
    reading=(1000, 4000),
    output=(1_000_000, 20_000_000),
    commands=(5_000_000, 20_000_000),
)


class Progress:
    """Says what is being measured."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __call__(self, text: str) -> None:
        """Say it, with the seconds since the start."""
        print(f"{time.monotonic() - self._started:5.0f} s  {text}", file=sys.stderr, flush=True)


def spread(values: Sequence[float], form: str = ".3f") -> str:
    """Return the median, with the smallest and the largest value."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):{form}}  ({low:{form}} to {high:{form}})"


def verdict(good: bool, wanted: str) -> str:
    """Say whether a target is met."""
    return f"{'met' if good else 'MISSED'}: {wanted}"


def compare(size: Size, progress: Progress) -> dict[str, list[float]]:
    """Run the trivial blocks with all programs in turn; return milliseconds a block."""
    found: dict[str, list[float]] = {tool.name: [] for tool in rivals.tools()}
    for number in range(size.rounds):
        for tool in rivals.tools():
            if tool.slow and number % SLOW_EVERY:
                continue
            count = size.slow if tool.slow else COUNT
            progress(f"round {number + 1} of {size.rounds}: {count} blocks with {tool.name}")
            start, _ = tool.run(rivals.trivial(1))
            seconds, good = tool.run(rivals.trivial(count))
            if not good:
                sys.exit(f"{tool.name}: a trivial block did not pass")
            found[tool.name].append((seconds - start) / (count - 1) * 1000)
    return found


def grow(size: Size, progress: Progress) -> dict[str, dict[int, list[scaling.Sample]]]:
    """Measure numbers of blocks and pages of many blocks, in turn."""
    found: dict[str, dict[int, list[scaling.Sample]]] = {
        what: {} for what in ("kept", "forgotten", "page", "tabs")
    }
    for number in range(size.rounds):
        for count in (1, *size.blocks):
            progress(f"round {number + 1} of {size.rounds}: {count} blocks")
            # A small number takes its turn for as long as a large one.
            repeat = size.blocks[-1] // max(count, size.blocks[0])
            sample = scaling.local("kept", count, repeat=repeat)
            found["kept"].setdefault(count, []).append(sample)
            if not number:  # only its memory counts
                found["forgotten"][count] = [scaling.local("forgotten", count)]
        for count in size.reading:
            progress(f"round {number + 1} of {size.rounds}: reading a page of {count} blocks")
            for what in ("page", "tabs"):
                sample = scaling.reading(count, tabs=what == "tabs")
                found[what].setdefault(count, []).append(sample)
    return found


def per_block(samples: dict[int, list[scaling.Sample]], count: int) -> list[float]:
    """Return milliseconds a block of each round, without the start."""
    starts = samples.get(1, [scaling.Sample(seconds=0.0, peak=0)] * len(samples[count]))
    return [
        (many.seconds - start.seconds) / count * 1000
        for many, start in zip(samples[count], starts, strict=True)
    ]


def print_comparison(found: dict[str, list[float]], size: Size, progress: Progress) -> None:
    """Print the first part of the table, with what each program checks."""
    progress("what each program checks")
    checks = {tool.name: rivals.checks(tool) for tool in rivals.tools()}
    print(f"\n1. {COUNT} trivial blocks, milliseconds a block\n")
    print(f"   {'':<18} {'median (smallest to largest)':<32}{'status':<8}{'stops':<7}ratio")
    ours = found["doclab"]
    for tool in rivals.tools():
        times = found[tool.name]
        ratio = statistics.median(times) / statistics.median(ours)
        marks = ["yes" if mark else "no" for mark in dataclasses.astuple(checks[tool.name])]
        note = f"  rounds: {len(times)}, of {size.slow} blocks" if tool.slow else ""
        print(
            f"   {tool.name + ' ' + tool.version:<18} {spread(times):<32}"
            f"{marks[0]:<8}{marks[1]:<7}{ratio:5.2f}{note}"
        )
    print(
        "\n   status: a block `false` without output fails (tried now)."
        "\n   stops: the block after a failed one is not run (tried now)."
        "\n   ratio: to doclab; more than 1 is slower than doclab."
    )
    for names, what in (
        ([n for n in checks if checks[n].status], "checks each exit status"),
        ([n for n in checks if checks[n].status and checks[n].stops], "also stops at a failure"),
    ):
        others = {n: statistics.median(found[n]) for n in names if n != "doclab"}
        fastest = min(others, key=lambda name: others[name])
        times_as_long = statistics.median(ours) / others[fastest]
        print(
            f"   {verdict(times_as_long <= 1, f'no slower than the fastest that {what}')}"
            f" ({fastest}: doclab takes {times_as_long:.2g} times as long)"
        )


def print_growth(found: dict[str, dict[int, list[scaling.Sample]]], size: Size) -> None:
    """Print the second part of the table: time by number of blocks."""
    print("\n2. Time by number of blocks, milliseconds a block\n")
    names = {
        "kept": "run, in one terminal",
        "page": "read, on one page (CPU)",
        "tabs": "read, in tabs (CPU)",
    }
    for what, text in names.items():
        counts = size.blocks if what == "kept" else size.reading
        for count in counts:
            print(f"   {text:<26}{count:>7}  {spread(per_block(found[what], count))}")
        most, least = (statistics.median(per_block(found[what], counts[n])) for n in (-1, 0))
        good = verdict(0 < most <= NOISE * least, f"at most {NOISE:g}")
        print(f"   {'':<26}ratio {counts[-1]}/{counts[0]}: {most / least:.2f}; {good}\n")


def print_memory(
    found: dict[str, dict[int, list[scaling.Sample]]], size: Size, progress: Progress
) -> None:
    """Print the last part of the table: peaks of memory."""
    print("3. Peak of resident memory, MB\n")
    rows: list[tuple[str, dict[int, float], bool]] = []
    for what, text in (("forgotten", "blocks"), ("kept", "blocks, with all results")):
        peaks = {
            count: statistics.median(sample.peak for sample in found[what][count]) / 1e6
            for count in size.blocks
        }
        rows.append((text, peaks, what == "forgotten"))
    for what, text, sizes in (
        ("lines", "bytes from a block", size.output),
        ("line", "bytes in one line", size.output),
        ("commands", "bytes from many commands", size.commands),
    ):
        peaks = {}
        for value in sizes:
            progress(f"{value} {text}")
            peaks[value] = scaling.local(what, value).peak / 1e6
        rows.append((text, peaks, True))
    for text, peaks, wanted in rows:
        least, most = min(peaks), max(peaks)
        ratio = peaks[most] / peaks[least]
        shown = ", ".join(f"{value:,}: {peak:.1f}" for value, peak in peaks.items())
        good = f"; {verdict(ratio <= FLAT, f'at most {FLAT:g}')}" if wanted else ""
        print(f"   {text:<26}{shown}; ratio {ratio:.2f}{good}")
        if not wanted:
            kept = (peaks[most] - peaks[least]) / (most - least) * 1e6
            print(f"   {'':<26}{kept:.0f} bytes are kept a block: it, and its result")
    print(
        "   The last line of each output was there. The ledger keeps at most 20,000"
        "\n   characters of what a command prints."
    )


def main() -> None:
    """Parse the command line, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run, with less of everything")
    parser.add_argument("--rounds", type=int, help="how often to measure each")
    options = parser.parse_args()
    size = QUICK if options.quick else FULL
    if options.rounds is not None:
        size = dataclasses.replace(size, rounds=options.rounds)
    progress = Progress()
    found = compare(size, progress)
    growth = grow(size, progress)
    now = dt.datetime.now(tz=dt.UTC)
    print(f"What the harness costs, measured at {now:%Y-%m-%d %H:%M} UTC")
    print(
        f"{os.cpu_count()} processors ({platform.machine()}), load {os.getloadavg()[0]:.1f},"
        f" {platform.system()} {platform.release()}, Python {platform.python_version()};"
        f" {size.rounds} rounds in turn"
    )
    print_comparison(found, size, progress)
    print_growth(growth, size)
    print_memory(growth, size, progress)
    print("\nReproduce: nox -s harness" + (" -- --quick" if options.quick else ""))


if __name__ == "__main__":
    main()
