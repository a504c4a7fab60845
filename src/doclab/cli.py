# SPDX-License-Identifier: Apache-2.0
"""The console script `doclab`."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from doclab import (
    compat,
    engine,
    expectation_lint,
    interruption,
    ledger,
    leftovers,
    mutation,
    plan,
    prose,
    reports,
    shell_lint,
    stages,
    survivors,
)
from doclab.model import DoclabError, Ledger
from doclab.reports.table import to_table
from doclab.snapshots import SnapshotStore


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # not each terminal has all signs of a page
        sys.stdout.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    interruption.by_signals()
    try:
        return int(options.run(options))
    except (DoclabError, OSError) as error:
        print(f"doclab: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("doclab: interrupted", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="doclab", description="Run the blocks of a Sphinx site.")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="directory of conf.py")
    parser.add_argument("--build", type=Path, default=Path("build"), help="directory for output")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    test = commands.add_parser("run", help="run the blocks in a lab")
    test.add_argument("pages", nargs="*", metavar="PAGE[:LINE]",
                      help="pages to run, with what they need; up to LINE")  # fmt: skip
    test.add_argument("-k", dest="word", metavar="WORD", help="up to the last block with WORD")
    test.add_argument("--from", dest="first", metavar="PAGE:LINE",
                      help="only scenarios with this block")  # fmt: skip
    test.add_argument("--keep", action="store_true", help="keep the lab, say how to enter it")
    test.add_argument("--variant", metavar="TAB", help="only scenarios in which TAB is chosen")
    test.add_argument("--lab", metavar="NAME", help="one of doclab_labs in conf.py")
    test.add_argument("--jobs", type=_number("jobs", 1), default=min(2, os.cpu_count() or 1),
                      metavar="N", help="scenarios at a time")  # fmt: skip
    test.add_argument("--no-cache", dest="cache", action="store_false",
                      help="use no snapshot of an earlier run; run every block")  # fmt: skip
    test.add_argument("--twice", action="store_true",
                      help="run all once more on the same machines")  # fmt: skip
    test.add_argument("--output", type=Path, metavar="DIRECTORY",
                      help="directory for reports, if not doctest/ in that for output")  # fmt: skip
    new = test.add_mutually_exclusive_group()
    new.add_argument("--update", action="store_true", help="write new output into the pages")
    new.add_argument("--infer", type=_number("runs", 2), metavar="N",
                     help="run N times, propose placeholders for what differs")  # fmt: skip
    test.set_defaults(run=stages.test)

    every = commands.add_parser("compat", help="run all blocks in every lab")
    every.add_argument("labs", nargs="*", metavar="LAB", help="only these labs")
    every.add_argument("--strict", action="store_true",
                       help="a lab whose base image cannot be had is a failure")  # fmt: skip
    every.set_defaults(run=compat.run)

    table = commands.add_parser("ledger", help="print what became of the blocks of each page")
    table.set_defaults(run=_ledger)
    report = commands.add_parser("report", help="write the reports anew from ledger.json")
    report.set_defaults(run=_report)
    for command in (table, report):
        command.add_argument("file", nargs="?", type=Path, metavar="FILE",
                             help="default: doctest/ledger.json in the output")  # fmt: skip

    breaking = commands.add_parser("mutants", help="break one thing at a time, expect red")
    breaking.add_argument("--sample", type=_count, metavar="N", help="only N, chosen by chance")
    breaking.add_argument("--only", metavar="TEXT", help="only those whose description has TEXT")
    breaking.add_argument("--seed", type=int, default=1, help="of the chance")
    breaking.add_argument("--changed", metavar="REVISION",
                          help="those of lines that have changed since REVISION")  # fmt: skip
    breaking.add_argument("--at-most", type=_count, metavar="N",
                          help="so many of them, chosen by chance")  # fmt: skip
    breaking.add_argument(
        "--jobs", type=_number("jobs", 1), default=min(2, os.cpu_count() or 1), metavar="N"
    )
    breaking.add_argument("--no-cache", dest="cache", action="store_false",
                          help="take over no verdict of an earlier run")  # fmt: skip
    breaking.set_defaults(run=lambda options: mutation.run(options, stages.read_site(options)))

    looking = commands.add_parser("shell", help="open a shell in the state before a block")
    looking.add_argument("place", metavar="PAGE:LINE")
    looking.add_argument("--lab", metavar="NAME", help="one of doclab_labs in conf.py")
    looking.set_defaults(run=stages.shell)

    listing = commands.add_parser("list", help="list the blocks of each page")
    listing.set_defaults(run=_list)

    checking = commands.add_parser(
        "lint", help="check commands with shellcheck, expectations, and names in the text"
    )
    checking.set_defaults(run=_lint)

    clean = commands.add_parser("clean", help="remove all labs, kept ones too, and snapshots")
    clean.set_defaults(run=_clean)
    return parser


def _number(things: str, least: int) -> Callable[[str], int]:
    """Return what reads a number of things from the command line."""

    def read(argument: str) -> int:
        if not argument.isdecimal() or int(argument) < least:
            raise argparse.ArgumentTypeError(
                f"{argument!r} is no number of {things}; write {least} or more"
            )
        return int(argument)

    return read


def _count(argument: str) -> int:
    if not argument.isdecimal():
        raise argparse.ArgumentTypeError(f"{argument!r} is no number")
    return int(argument)


def _read(options: argparse.Namespace) -> tuple[Ledger, Path]:
    path = options.file or options.build / "doctest" / "ledger.json"
    return ledger.read(path), path


def _ledger(options: argparse.Namespace) -> int:
    found, _ = _read(options)
    print(to_table(found))
    return 0 if found.green else 1


def _report(options: argparse.Namespace) -> int:
    found, path = _read(options)
    print("\n".join(map(str, reports.write(found, path.parent))))
    return 0


def _list(options: argparse.Namespace) -> int:
    for page in stages.read_site(options).pages:
        for block in page.blocks:
            tabs = f" [{', '.join(tab.label for tab in block.tabs)}]" if block.tabs else ""
            print(f"{block.location}: {block.machine}{tabs}: {block.title}")
    return 0


def _lint(options: argparse.Namespace) -> int:
    site = stages.read_site(options)
    problems = [
        *expectation_lint.lint(site.pages),
        *shell_lint.lint(site.pages),
        *prose.check(site),
        *survivors.unknown(
            survivors.read(site.settings.survivors),
            mutation.every_mutant(site, plan.plan(site.pages)),
        ),
    ]
    for problem in problems:
        print(problem)
    count = sum(len(page.blocks) for page in site.pages)
    print(f"{count} blocks and the text around them checked, {len(problems)} problems")
    return 1 if problems else 0


def _clean(_options: argparse.Namespace) -> int:
    podman = engine.detect()
    count = SnapshotStore(podman, project=Path.cwd().resolve()).remove_all()
    print(f"removed {count} snapshots")
    for name in leftovers.without_process(podman):
        leftovers.remove(podman, name)
        print(f"removed {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
