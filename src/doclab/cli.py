"""The console script `doclab`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from doclab import engine, lab, plan, report, run, shell_lint
from doclab.collect import Site, collect
from doclab.images import ImageStore
from doclab.model import BlockResult, DoclabError, Fate, Ledger, Location, Scenario
from doclab.terminal import StoppedError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        status = options.run(options)
    except DoclabError as error:
        print(f"doclab: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("doclab: interrupted; nothing is left behind.", file=sys.stderr)
        return 130
    return int(status)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="doclab", description="Run the blocks of a Sphinx site.")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="directory of conf.py")
    parser.add_argument("--build", type=Path, default=Path("build"), help="directory for output")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    test = commands.add_parser("run", help="run the blocks in a lab")
    test.add_argument("pages", nargs="*", metavar="PAGE[:LINE]",
                      help="pages to run, with what they need; up to LINE")  # fmt: skip
    test.add_argument("-k", dest="word", metavar="WORD", help="up to the last block with WORD")
    test.add_argument("--keep", action="store_true", help="keep the lab, say how to enter it")
    test.add_argument("--variant", metavar="TAB", help="only scenarios in which TAB is chosen")
    test.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), metavar="N",
                      help="scenarios at a time")  # fmt: skip
    test.set_defaults(run=_run)

    listing = commands.add_parser("list", help="list the blocks of each page")
    listing.set_defaults(run=_list)

    checking = commands.add_parser("lint", help="check the blocks with shellcheck")
    checking.set_defaults(run=_lint)

    clean = commands.add_parser("clean", help="remove all labs, kept ones too")
    clean.set_defaults(run=_clean)
    return parser


class _Progress:
    """Says what happens, with the time since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._lock = threading.Lock()

    def __call__(self, message: str) -> None:
        with self._lock:
            print(f"[{time.monotonic() - self._start:6.1f} s] {message}", flush=True)


def _collect(options: argparse.Namespace) -> Site:
    root = Path.cwd().resolve()
    return collect(options.docs.resolve(), root=root, work=options.build.resolve() / "doclab")


def _run(options: argparse.Namespace) -> int:
    say = _Progress()
    output = options.build / "doctest"
    output.mkdir(parents=True, exist_ok=True)
    results: list[BlockResult] = []
    versions: dict[str, str] = {}
    errors: list[str] = []
    interrupted = False
    try:
        say("collecting the pages")
        site = _collect(options)
        versions.update(site.settings.versions)
        scenarios = _scenarios(site, options)
        count = sum(len(scenario.blocks) for scenario in scenarios)
        say(f"{count} blocks in {len(scenarios)} scenarios: {', '.join(s.name for s in scenarios)}")
        _run_scenarios(site, scenarios, options, say=say, results=results, versions=versions)
    except DoclabError as error:
        errors.append(str(error))
    except KeyboardInterrupt:
        interrupted = True
        errors.append("the run was interrupted.")
    ledger = Ledger(results=tuple(results), versions=versions, errors=tuple(errors))
    (output / "ledger.json").write_text(report.to_json(ledger), encoding="utf-8")
    (output / "junit.xml").write_text(report.to_junit(ledger), encoding="utf-8")
    print(f"\n{report.closing_lines(ledger)}", flush=True)
    print(f"{output}/ledger.json, {output}/junit.xml", flush=True)
    if interrupted:
        return 130
    return 0 if ledger.green else 1


def _scenarios(site: Site, options: argparse.Namespace) -> tuple[Scenario, ...]:
    chosen = [plan.page_of(argument, site.pages, site.root) for argument in options.pages]
    until = [Location(path=page.path, line=line) for page, line in chosen if line is not None]
    if len(until) > 1:
        raise DoclabError("only one page may have a line behind it.")
    scenarios = plan.plan(
        site.pages,
        selected=[page.name for page, _ in chosen],
        word=options.word,
        until=until[0] if until else None,
    )
    if options.variant is not None:
        known = sorted({tab.label for s in scenarios for tab in s.variant})
        scenarios = tuple(
            s for s in scenarios if any(tab.label == options.variant for tab in s.variant)
        )
        if not scenarios:
            raise DoclabError(f"there is no tab {options.variant!r}; there are {', '.join(known)}.")
    return scenarios[:1] if until else scenarios


def _run_scenarios(
    site: Site,
    scenarios: Sequence[Scenario],
    options: argparse.Namespace,
    *,
    say: _Progress,
    results: list[BlockResult],
    versions: dict[str, str],
) -> None:
    podman = engine.detect()
    for name in lab.remove_stale(podman):
        say(f"removed {name}, which an earlier run had left behind")
    images = ImageStore(podman, site.settings.recipe, say).ensure()
    stop = threading.Event()
    with tempfile.TemporaryDirectory(prefix="doclab-") as folder:
        snapshot = None
        if site.settings.repository:
            snapshot = lab.snapshot(site.root, Path(folder) / "repository.git")
        lab_plan = lab.LabPlan(
            machines=site.settings.machines,
            user=site.settings.user,
            images=images,
            repository=site.settings.repository,
            snapshot=snapshot,
        )

        def run_one(scenario: Scenario) -> list[BlockResult]:
            done: list[BlockResult] = []
            prefix = f"{scenario.name}: " if len(scenarios) > 1 else ""
            machines = lab.Lab(podman, lab_plan, stop=stop, say=say)
            reason = "the run was interrupted"
            try:
                say(f"{prefix}starting the machines {', '.join(lab_plan.machines)}")
                machines.start()
                versions.update(machines.versions(lab_plan.machines[0]))
                run.run_scenario(
                    scenario,
                    machines,
                    listen=lambda result: say(prefix + report.progress_line(result)),
                    result_at_stop=done,
                )
            except StoppedError:
                pass
            except DoclabError as error:
                reason = str(error)
                stop_errors.append(f"{scenario.name}: {error}")
            finally:
                if options.keep and not stop.is_set():
                    _keep(machines, lab_plan, say)
                else:
                    machines.remove()
            return done + run.stopped(scenario, done, reason)

        stop_errors: list[str] = []
        try:
            results.extend(run.run_all(scenarios, run_one, jobs=options.jobs))
        except BaseException:
            stop.set()
            raise
        if stop_errors:
            raise DoclabError("\n".join(stop_errors))


def _keep(machines: lab.Lab, lab_plan: lab.LabPlan, say: _Progress) -> None:
    machines.close_terminals()
    say(f"the lab {machines.name} is kept; `doclab clean` removes it. To enter it:")
    for machine in lab_plan.machines:
        machines.execute(machine, "rm", "-f", "/etc/doclab/nonce", check=False)
        say(f"  {machines.enter_line(machine)}")


def _list(options: argparse.Namespace) -> int:
    for page in _collect(options).pages:
        for block in page.blocks:
            tabs = f" [{', '.join(tab.label for tab in block.tabs)}]" if block.tabs else ""
            print(f"{block.location}: {block.machine}{tabs}: {block.commands[0].text}")
    return 0


def _lint(options: argparse.Namespace) -> int:
    site = _collect(options)
    problems = shell_lint.lint(site.pages)
    for problem in problems:
        print(problem)
    count = sum(len(page.blocks) for page in site.pages)
    print(f"{count} blocks checked, {len(problems)} problems")
    return 1 if problems else 0


def _clean(_options: argparse.Namespace) -> int:
    podman = engine.detect()
    for name in lab.kept(podman):
        lab.remove(podman, name)
        print(f"removed {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())


__all__ = ["Fate", "main"]
