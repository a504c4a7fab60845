# SPDX-License-Identifier: Apache-2.0
"""`nox -s bench`: measure what the tutorial claims, in a lab, and write the figures."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from pathlib import Path

from claims import facts, place, prepare, rounds, targets
from claims.proxies import PLAIN, PROXIES
from claims.record import Record, RecordError, load
from claims.rounds import Plan
from claims.ways import WAYS
from doclab.model import DoclabError
from doclab.progress import Progress

PUBLISHED = Path("docs/_data/bench.json")
PLOTS = Path("docs/_static")
QUICK = Path("build/bench/bench.json")
FULL_PLAN = Plan(quick=False, rounds=5, seconds=520)
QUICK_PLAN = Plan(quick=True, rounds=3, seconds=55)


def main() -> int:
    """Make a lab, prepare the server as the tutorial does, measure, write, judge."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one minute instead of ten")
    parser.add_argument("--output", type=Path, help=f"the record; {PUBLISHED}, or {QUICK} if quick")
    parser.add_argument("--draw", action="store_true", help="only draw the plots of --output anew")
    options = parser.parse_args()
    plan = QUICK_PLAN if options.quick else FULL_PLAN
    output = options.output or (QUICK if options.quick else PUBLISHED)
    say = Progress()
    try:
        if options.draw:
            say(f"drew {len(draw(load(output), output))} plots of {output}")
            return 0
        published = load(PUBLISHED) if options.quick and PUBLISHED.is_file() else None
        record = run(Path.cwd().resolve(), plan, say)
    except (DoclabError, RecordError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: interrupted; the lab is removed, and nothing is written", file=sys.stderr)
        return 130
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(record.dump(), encoding="utf-8")
    say(f"wrote {output} and {len(draw(record, output))} plots")
    print("\n".join(targets.report(record)))
    for what in record.repeated:
        print(f"failed once, and was measured again: {what}")
    problems = list(record.failures)
    if published is not None:
        problems += targets.disagreements(record, published)
        print("\n".join(targets.agreement(record, published)))
    if problems:
        print("\n".join(["bench: this is not as it should be:", *problems]), file=sys.stderr)
    return 1 if problems else 0


def draw(record: Record, output: Path) -> list[Path]:
    """Draw the plots: those of the published record for the pages, others beside theirs."""
    from claims import plots  # noqa: PLC0415 - a second for Matplotlib, only when it is needed

    return plots.write(record, PLOTS if output == PUBLISHED else output.parent)


def run(root: Path, plan: Plan, say: Progress) -> Record:
    """Measure in a lab that is there for no longer than that.

    Raises:
        DoclabError: if the lab, or something in it, does not work.
    """
    began = time.monotonic()
    with place.lab(root, say) as here:
        after_boot = prepare.prepare(here.server, here.laptop, repository=here.repository, say=say)
        say("starting every way once")
        known = (*WAYS, *PROXIES, PLAIN)
        absent = prepare.start(here.server, known)
        for name, reason in absent.items():
            say(f"{name} is not measured: {reason}")
        record = Record(
            date=dt.datetime.now(dt.UTC).isoformat(timespec="minutes"),
            command="nox -s bench" + (" -- --quick" if plan.quick else ""),
            machine=facts.computer(),
            versions=facts.versions(here.server),
            titles={way.name: way.title for way in known},
            absent=absent,
            after_boot=after_boot,
        )
        rounds.measure(here, record, plan, say)
        say("removing the lab")
    record.seconds = round(time.monotonic() - began)
    return record


if __name__ == "__main__":
    sys.exit(main())
