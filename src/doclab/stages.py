"""The program as one list of stages: collect, plan, build, run, report.

Whatever goes wrong in a stage ends up in the ledger, which is written in any
case, and no lab outlives its run unless it is to be kept.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import traceback
from pathlib import Path

from doclab import accept, expectation_lint, ledger, plan, prose, reports, run
from doclab.collect import Site, collect
from doclab.findings import Findings
from doclab.model import DoclabError, Ledger, Location, Scenario
from doclab.progress import Progress
from doclab.reports import github, text
from doclab.scenario_run import Options, ScenarioRun, again
from doclab.shell import offer_shell
from doclab.workshop import opened


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
    shown = accept.other_failures(result) if options.update or options.infer else result
    print(f"\n{text.closing_lines(shown)}\n{', '.join(map(str, paths))}", flush=True)
    _tell_github(result)
    if found.interrupted:
        return 130
    written = True
    if options.update:
        message, written = accept.update_pages(result.results, Path.cwd())
        print(f"\n{message}", flush=True)
    if options.infer:
        print(f"\n{accept.proposals([*found.earlier, found.results])}", flush=True)
    return 0 if shown.green and written else 1


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
    if problems := [*expectation_lint.lint(site.pages), *prose.check(site)]:
        raise DoclabError("\n".join(problems))
    found.versions.update(site.settings.versions)
    found.pages = site.pages
    found.scenarios = scenarios = _plan(site, options)
    count = sum(len(scenario.blocks) for scenario in scenarios)
    say(f"{count} blocks in {len(scenarios)} scenarios: {', '.join(s.name for s in scenarios)}")
    if options.twice:
        found.scenarios = (*scenarios, *map(again, scenarios))
    stop = threading.Event()
    with opened(site, docs=options.docs, say=say) as workshop:

        def run_one(scenario: Scenario) -> None:
            prefix = f"{scenario.name}: " if len(scenarios) > 1 else ""
            outcome = ScenarioRun(
                scenario,
                engine=workshop.engine,
                lab_plan=workshop.lab_plan,
                pages={page.name: page for page in site.pages},
                store=workshop.store if options.cache and not options.infer else None,
                options=Options(
                    keep=options.keep,
                    twice=options.twice,
                    base=workshop.base,
                    deadline=site.settings.deadline,
                    lenient=bool(options.update or options.infer),
                ),
                say=lambda message: say(prefix + message),
                stop=stop,
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
