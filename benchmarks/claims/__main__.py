"""`nox -s bench`: measure what the tutorial claims, in a lab."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path

from claims import bench, targets
from claims.record import Record, load
from claims.server import Server
from doclab import plan
from doclab.collect import collect
from doclab.model import DoclabError
from doclab.progress import Progress
from doclab.scenario_run import Options, ScenarioRun
from doclab.workshop import opened

PUBLISHED = Path("docs/_data/bench.json")
PREPARED_BY = "tutorial/prepare"


def main() -> int:
    """Make a lab, prepare the server as the tutorial does, measure, write."""
    parser = argparse.ArgumentParser(prog="nox -s bench --")
    parser.add_argument("--quick", action="store_true", help="one minute instead of ten")
    parser.add_argument("--output", type=Path, help="where the record goes")
    parser.add_argument("--rounds", type=int, help="how often each thing is measured")
    options = parser.parse_args()
    output = options.output or (Path("build/bench/bench.json") if options.quick else PUBLISHED)
    rounds = options.rounds or (2 if options.quick else 5)
    try:
        record = _in_lab(bench.Plan(quick=options.quick, rounds=rounds), Progress())
    except DoclabError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(record.dump(), encoding="utf-8")
    print("\n".join([*targets.lines(record), *record.failures]))
    print(f"{output}")
    if options.quick and PUBLISHED.is_file():
        problems = targets.disagreements(record, load(PUBLISHED))
        print("\n".join(problems) or f"agrees with {PUBLISHED}, within the spread")
        return 1 if problems or record.failures else 0
    return 1 if record.failures else 0


def _in_lab(how: bench.Plan, say: Progress) -> Record:
    root = Path.cwd().resolve()
    docs = root / "docs"
    site = collect(docs, root=root, work=root / "build" / "doclab")
    found: list[Record] = []
    problems: list[str] = []

    def measure(run: ScenarioRun) -> None:
        if run.failed is None:
            found.append(bench.measure(Server(run.lab), how, say))

    with opened(site, lab=site.settings.lab(None), docs=docs, say=say) as workshop:
        (scenario,) = plan.plan(
            site.pages, selected=[PREPARED_BY], facts=workshop.lab_plan.images.facts
        )
        outcome = ScenarioRun(
            scenario,
            engine=workshop.engine,
            lab_plan=workshop.lab_plan,
            pages={page.name: page for page in site.pages},
            store=workshop.store,
            options=Options(base=workshop.base, deadline=3600),
            say=say,
            stop=threading.Event(),
        ).run(at_end=measure)
        problems += outcome.errors
    if problems or not found:
        raise DoclabError(
            "\n".join(problems) or f"{PREPARED_BY} did not pass; see `nox -s doctest`."
        )
    return found[0]


if __name__ == "__main__":
    sys.exit(main())
