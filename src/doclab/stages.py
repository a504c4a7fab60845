"""The program as one list of stages: collect, plan, build, run, report.

Whatever goes wrong in a stage ends up in the ledger, which is written in any
case, and no lab outlives its run unless it is to be kept.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import tempfile
import threading
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

from doclab import engine, fates, lab, ledger, plan, reports, repository, run
from doclab.collect import Site, collect
from doclab.images import ImageStore
from doclab.model import (
    Block,
    BlockResult,
    DoclabError,
    Ledger,
    Location,
    Page,
    PageSummary,
    Scenario,
)
from doclab.reports import github, text
from doclab.terminal import StoppedError

QUIET_SECONDS = 3.0  # after which a block that still runs is announced


class Progress:
    """Says what happens, with the time since the start."""

    def __init__(self) -> None:
        """Start the clock."""
        self._start = time.monotonic()
        self._lock = threading.Lock()

    def __call__(self, message: str) -> None:
        """Print a line."""
        with self._lock:
            print(f"[{time.monotonic() - self._start:6.1f} s] {message}", flush=True)


@dataclasses.dataclass(kw_only=True)
class Findings:
    """What the stages found so far; the ledger is made of it."""

    results: list[BlockResult] = dataclasses.field(default_factory=list)
    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    errors: list[str] = dataclasses.field(default_factory=list)
    pages: tuple[Page, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    complete: bool = False
    interrupted: bool = False
    started: datetime = dataclasses.field(default_factory=lambda: datetime.now(UTC))
    clock: float = dataclasses.field(default_factory=time.monotonic)

    def finish(self, *, whole: bool) -> None:
        """Note that the run came to its end; look whether each block has one fate."""
        self.complete = whole
        self.errors += fates.problems(self.pages, self.scenarios, self.results, complete=whole)

    def ledger(self) -> Ledger:
        """Freeze them; results are in the order of the plan, whichever ended first."""
        order = {scenario.name: number for number, scenario in enumerate(self.scenarios)}
        return Ledger(
            results=tuple(sorted(self.results, key=lambda result: order[result.scenario])),
            versions=self.versions,
            errors=tuple(self.errors),
            pages=tuple(
                PageSummary(name=p.name, path=p.path, title=p.title, blocks=len(p.blocks))
                for p in self.pages
            ),
            complete=self.complete,
            started=self.started.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self.clock, 3),
        )


def read_site(options: argparse.Namespace) -> Site:
    """Collect the pages that the command line names."""
    root = Path.cwd().resolve()
    return collect(options.docs.resolve(), root=root, work=options.build.resolve() / "doclab")


def test(options: argparse.Namespace) -> int:
    """Run the pages, write the reports; return the exit status."""
    found = Findings()
    try:
        _stages(options, Progress(), found)
    except DoclabError as error:
        found.errors.append(str(error))
    except KeyboardInterrupt:
        found.interrupted = True
        found.errors.append("the run was interrupted.")
    except Exception:  # noqa: BLE001 - a fault of ours must not cost the ledger
        found.errors.append(f"doclab itself failed; please report this:\n{traceback.format_exc()}")
    result = found.ledger()
    path = options.build / "doctest" / "ledger.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ledger.dump(result), encoding="utf-8")
    paths = [path, *reports.write(result, path.parent)]
    print(f"\n{text.closing_lines(result)}\n{', '.join(map(str, paths))}", flush=True)
    _tell_github(result)
    if found.interrupted:
        return 130
    return 0 if result.green else 1


def _tell_github(found: Ledger) -> None:
    """Annotate the pages, and add to the summary, if GitHub Actions runs this."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        print(github.to_annotations(found), flush=True)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(github.to_summary(found))


def _stages(options: argparse.Namespace, say: Progress, found: Findings) -> None:
    say("collecting the pages")
    site = read_site(options)
    found.versions.update(site.settings.versions)
    found.pages = site.pages
    found.scenarios = scenarios = _plan(site, options)
    count = sum(len(scenario.blocks) for scenario in scenarios)
    say(f"{count} blocks in {len(scenarios)} scenarios: {', '.join(s.name for s in scenarios)}")
    podman = engine.detect()
    for name in lab.remove_stale(podman):
        say(f"removed {name}, which an earlier run had left behind")
    images = ImageStore(podman, site.settings.recipe, say).ensure()
    with tempfile.TemporaryDirectory(prefix="doclab-") as folder:
        snapshot = None
        if site.settings.repository:
            snapshot = repository.snapshot(site.root, Path(folder) / "repository.git")
        lab_plan = lab.LabPlan(
            machines=site.settings.machines,
            user=site.settings.user,
            images=images,
            repository=site.settings.repository,
            snapshot=snapshot,
        )
        stage = _RunStage(
            podman,
            lab_plan,
            options,
            deadline=site.settings.deadline,
            say=say,
            found=found,
            many=len(scenarios) > 1,
        )
        run.run_all(scenarios, stage.run, jobs=options.jobs, stop=stage.stop)
    found.finish(whole=not (options.pages or options.word or options.variant))


def _plan(site: Site, options: argparse.Namespace) -> tuple[Scenario, ...]:
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


class _RunStage:
    """Runs scenarios, each in a lab of its own."""

    def __init__(
        self,
        podman: engine.Engine,
        lab_plan: lab.LabPlan,
        options: argparse.Namespace,
        *,
        deadline: float,
        say: Progress,
        found: Findings,
        many: bool,
    ) -> None:
        self.stop = threading.Event()
        self._podman = podman
        self._plan = lab_plan
        self._keep = options.keep
        self._deadline = deadline
        self._say = say
        self._found = found
        self._many = many

    def run(self, scenario: Scenario) -> None:
        """Run one, and note what became of each of its blocks."""
        prefix = f"{scenario.name}: " if self._many else ""
        machines = lab.Lab(self._podman, self._plan, stop=self.stop)
        done: list[BlockResult] = []
        reason = "the run was interrupted"
        watch = _Watch(lambda message: self._say(prefix + message))
        try:
            self._say(f"{prefix}starting the machines {', '.join(self._plan.machines)}")
            machines.start()
            self._found.versions.update(machines.versions(self._plan.machines[0]))
            run.run_scenario(
                scenario,
                machines,
                begin=watch.begin,
                listen=watch.end,
                result_at_stop=done,
                deadline=self._deadline,
            )
        except StoppedError:
            pass
        except DoclabError as error:
            reason = str(error)
            self._found.errors.append(f"{scenario.name}: {error}")
        finally:
            watch.cancel()
            self._found.results += [*done, *run.stopped(scenario, done, reason)]
            if self._keep and not self.stop.is_set():
                self._keep_lab(machines)
            else:
                machines.remove()

    def _keep_lab(self, machines: lab.Lab) -> None:
        machines.keep()
        lines = "".join(f"\n  {machines.enter_line(machine)}" for machine in self._plan.machines)
        self._say(
            f"the lab {machines.name} is kept; `nox -s clean` removes it. To enter it:{lines}"
        )


class _Watch:
    """Announces a block that takes long, and reports each when it has ended."""

    def __init__(self, say: run.Say) -> None:
        self._say = say
        self._timer: threading.Timer | None = None

    def begin(self, block: Block) -> None:
        self.cancel()
        first = block.title
        message = f"running           {block.location}  {first[:60]}"
        self._timer = threading.Timer(QUIET_SECONDS, self._say, [message])
        self._timer.daemon = True
        self._timer.start()

    def end(self, result: BlockResult) -> None:
        self.cancel()
        self._say(text.progress_line(result))

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
