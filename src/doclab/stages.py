# SPDX-License-Identifier: Apache-2.0
"""The program as one list of stages: collect, plan, build, run, report.

Whatever goes wrong in a stage ends up in the ledger, which is written in any
case, and no lab outlives its run unless it is to be kept.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path

from doclab import (
    captures,
    expectation_lint,
    ledger,
    memory,
    places,
    plan,
    prose,
    run,
    selection,
    skips,
)
from doclab.ahead import Ahead
from doclab.findings import Findings
from doclab.memory import Memory
from doclab.model import BlockResult, DoclabError, Scenario
from doclab.progress import Progress
from doclab.reports import github, text
from doclab.run import Say
from doclab.scenario_run import Options, ScenarioRun, Take, again, nothing
from doclab.shell import hand_over, offer_shell
from doclab.site import Site
from doclab.workshop import Workshop, opened


def read_site(options: argparse.Namespace) -> Site:
    """Collect the pages that the command line names."""
    # Here, since Sphinx takes long to load: what does not need it begins meanwhile.
    from doclab.collect import collect  # noqa: PLC0415

    return collect(options.docs.resolve(), root=Path.cwd().resolve(), work=_work(options))


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
    # Here, since what is needed last need not be loaded before a lab can begin.
    from doclab import accept, reports, since  # noqa: PLC0415

    result = found.ledger()
    path = (options.output or options.build / "doctest") / "ledger.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    result = since.noted(result, path.parent)
    path.write_text(ledger.dump(result), encoding="utf-8")
    paths = [path, *reports.write(result, path.parent)]
    shown = accept.other_failures(result) if options.update or options.infer else result
    print(f"\n{text.closing_lines(shown)}\n{', '.join(map(str, paths))}", flush=True)
    github.tell(result)
    if found.interrupted:
        return 130
    settled = True
    if options.update:
        message, settled = accept.update_pages(result.results, Path.cwd())
        print(f"\n{message}", flush=True)
    if options.infer:
        message, settled = accept.proposals([*found.earlier, found.results], found.pages)
        print(f"\n{message}", flush=True)
    return 0 if shown.green and settled else 1


def shell(options: argparse.Namespace) -> int:
    """Give a person a shell in a lab, in the state just before a block."""
    site = read_site(options)
    block = places.block_at(*places.page_of(options.place, site.pages, site.root))
    say = Progress()
    name = site.settings.lab(options.lab)
    found: list[BlockResult] = []
    with opened(site, lab=name, docs=options.docs, say=say) as workshop:
        scenario = places.before(
            plan.plan(site.pages, facts=workshop.lab_plan.images.facts), block.location
        )
        say(f"bringing a lab to the state before {block.location}")

        def hand_over_at_end(scenario_run: ScenarioRun) -> None:
            if scenario_run.failed is None:
                hand_over(scenario_run, block)

        stop = threading.Event()
        errors: list[str] = []

        def run_one(scenario: Scenario) -> None:
            outcome = _scenario_run(scenario, site, workshop, Options(), say=say, stop=stop).run(
                at_end=hand_over_at_end
            )
            found.extend(outcome.results)
            errors.extend(outcome.errors)

        run.run_all([scenario], run_one, jobs=1, stop=stop)
        if errors:
            raise DoclabError("\n".join(errors))
    failed = [result for result in found if result.failure is not None]
    for result in failed:
        print(text.describe_failure(result))
    return 1 if failed else 0


def _work(options: argparse.Namespace) -> Path:
    return Path(options.build.resolve() / "doclab")


def _scenario_run(
    scenario: Scenario,
    site: Site,
    workshop: Workshop,
    options: Options,
    *,
    say: Say,
    stop: threading.Event,
    take: Take = nothing,
) -> ScenarioRun:
    """Prepare to run a scenario of a site in a lab of the workshop."""
    return ScenarioRun(
        scenario,
        engine=workshop.engine,
        lab_plan=workshop.lab_plan,
        pages={page.name: page for page in site.pages},
        store=workshop.store,
        options=dataclasses.replace(options, base=workshop.base, deadline=site.settings.deadline),
        say=say,
        stop=stop,
        take=take,
    )


def _stages(options: argparse.Namespace, say: Progress, found: Findings) -> None:
    stop = threading.Event()
    since = "" if options.cache else datetime.now(UTC).isoformat(timespec="seconds")
    with Ahead(lab=options.lab, docs=options.docs, say=say, stop=stop, since=since) as ahead:
        remembered = memory.recall(
            options.docs.resolve(), root=Path.cwd().resolve(), work=_work(options)
        )
        _begin(ahead, remembered, options)
        if options.cache and remembered is not None and remembered.current:
            say("the pages are as they were")
            site = remembered.site
        else:
            say("collecting the pages")
            site = read_site(options)
        _check(site)
        found.versions.update(site.settings.versions)
        found.lab = site.settings.lab(options.lab)
        found.pages = site.pages
        selection.select(site, options, facts={})  # mistakes on the command line come first
        with ahead.opened(site, lab=found.lab) as workshop:
            _run(site, options, workshop, found, say=say, stop=stop, take=ahead.take)
    found.finish(whole=_whole(options))


def _begin(ahead: Ahead, remembered: Memory | None, options: argparse.Namespace) -> None:
    """Begin with labs for the site as it was when it was last read."""
    if remembered is not None:
        ahead.begin(
            remembered,
            lambda site, facts: selection.select(site, options, facts=facts),
            labs=options.jobs,
            restore=not options.infer,
        )


def _check(site: Site) -> None:
    """Look for mistakes in the pages.

    Raises:
        DoclabError: with all of them.
    """
    if problems := [*expectation_lint.lint(site.pages), *prose.check(site)]:
        raise DoclabError("\n".join(problems))


def _run(
    site: Site,
    options: argparse.Namespace,
    workshop: Workshop,
    found: Findings,
    *,
    say: Progress,
    stop: threading.Event,
    take: Take,
) -> None:
    """Run the scenarios that the command line asks for."""
    from doclab import accept  # noqa: PLC0415 - see `test`

    scenarios = selection.select(site, options, facts=workshop.lab_plan.images.facts)
    if problems := captures.never_made(scenarios, captures.origins(plan.plan(site.pages))):
        raise DoclabError("\n".join(problems))
    found.files = workshop.files
    found.scenarios = (*scenarios, *(map(again, scenarios) if options.twice else ()))
    count = sum(len(scenario.blocks) for scenario in scenarios)
    say(f"{count} blocks in {len(scenarios)} scenarios: {', '.join(s.name for s in scenarios)}")
    how = Options(
        keep=options.keep,
        twice=options.twice,
        take=not options.infer,
        restore=not options.infer,
        lenient=bool(options.update or options.infer),
    )

    def run_one(scenario: Scenario) -> None:
        prefix = f"{scenario.name}: " if len(scenarios) > 1 else ""
        outcome = _scenario_run(
            scenario,
            site,
            workshop,
            how,
            say=lambda message: say(prefix + message),
            stop=stop,
            take=take,
        ).run(at_end=offer_shell if sys.stdin.isatty() else None)
        found.results += outcome.results
        found.errors += outcome.errors
        found.versions.update(outcome.versions)

    run.run_all(scenarios, run_one, jobs=options.jobs, stop=stop)
    for _ in range((options.infer or 1) - 1):
        if not accept.other_failures(found.ledger()).green:
            break  # what is broken says nothing about what varies
        found.earlier.append(found.results)
        found.results = []
        run.run_all(scenarios, run_one, jobs=options.jobs, stop=stop)
    if _whole(options) and not (options.update or options.infer) and found.ledger().green:
        tried = skips.try_them(
            skips.trials(scenarios, {**workshop.lab_plan.images.facts, **site.settings.versions}),
            lambda scenario: _scenario_run(
                scenario, site, workshop, Options(take=False), say=lambda _message: None, stop=stop
            ).run(),
            jobs=options.jobs,
            say=say,
            stop=stop,
        )
        found.results = tried.noted(found.results)
        found.errors += tried.errors


def _whole(options: argparse.Namespace) -> bool:
    """Whether the whole site is run."""
    return not (options.pages or options.word or options.variant or options.first)
