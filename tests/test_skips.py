# SPDX-License-Identifier: Apache-2.0
"""Blocks that are skipped are tried; one that passes is an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Sites, Snapshot
from test_stages import Run, facts, run_site

from doclab.model import Fate, Ledger
from doclab.reports.table import to_table

__all__ = ["facts", "run_site"]  # fixtures


def site(sites: Sites, options: str, *commands: str, before: str = "x=1", after: str = "") -> None:
    """Write a page with a block that is skipped, and blocks around it."""
    text = "\n".join(commands)
    page = (
        f"# Page\n\n```bash\n{before}\n```\n\n```{{run}} console\n{options}\n\n{text}\n```\n\n"
        f"```console\n$ echo end\nend\n```\n{after}"
    )
    (sites.docs / "page.md").write_text(page, encoding="utf-8")


def skipped(found: Ledger) -> list[tuple[str, str]]:
    """Return reason and trial of each block that was skipped."""
    return [(r.reason, r.trial) for r in found.results if r.fate is Fate.SKIPPED]


def test_a_stale_skip(run_site: Run, sites: Sites, snapshot: Snapshot) -> None:
    """It is tried in its place, where the blocks before it have left their state."""
    site(sites, ":skip: it fails", '$ echo "$x"', "1")
    found = run_site()
    assert not found.green
    assert skipped(found) == [("it fails", "")]
    snapshot("\n".join(found.errors))


def test_a_skip_that_is_needed(run_site: Run, sites: Sites, snapshot: Snapshot) -> None:
    """The run is green, and the ledger says what the trial showed."""
    site(sites, ":skip: it fails", '$ echo "$x"', "2")
    found = run_site()
    assert found.green
    snapshot(to_table(found).split("\n\n")[2])


@pytest.mark.parametrize(("command", "said"), [("false", "exit status is 1"), ("cat", "0.5 s")])
def test_what_a_trial_does(run_site: Run, sites: Sites, command: str, said: str) -> None:
    """A trial ends at the deadline of its block."""
    site(sites, ":skip: it fails\n:deadline: 0.5", f"$ {command}")
    found = run_site()
    assert found.green
    assert said in skipped(found)[0][1]


def test_never_tried(run_site: Run, sites: Sites, tmp_path: Path, snapshot: Snapshot) -> None:
    """What must not be tried is not, and the ledger says why."""
    trace = tmp_path / "trace"
    site(sites, ":skip: no disk to spare\n:untried: it formats a disk", f"$ touch {trace}")
    found = run_site()
    assert found.green
    assert not trace.exists()
    snapshot(to_table(found).split("\n\n")[2])


def test_what_the_lab_does_not_have(
    run_site: Run, sites: Sites, tmp_path: Path, facts: dict[str, str]
) -> None:
    """A block is not tried where a need is not met, whether its author skips it or not."""
    facts["podman"] = "5.4.2"
    trace = tmp_path / "trace"
    new = f"\n## New\n\n```{{needs}} podman>=5.6\n```\n\n```bash\ntouch {trace}\n```\n"
    site(sites, ":skip: it fails", "$ false", after=new)
    found = run_site()
    assert found.green
    assert [trial for _, trial in skipped(found)] == ["tried: its exit status is 1, not 0.", ""]
    assert not trace.exists()


def test_a_trial_that_does_not_come_to_its_block(run_site: Run, sites: Sites, tmp_path: Path,
                                                 snapshot: Snapshot) -> None:  # fmt: skip
    """What cannot be tried is an error, too."""
    once = f"mkdir {tmp_path}/once"
    site(sites, ":skip: it fails", "$ false", before=once)
    found = run_site()
    assert not found.green
    snapshot("\n".join(found.errors))


def test_a_part_of_the_site(run_site: Run, sites: Sites) -> None:
    """Nothing is tried where a person waits for some blocks."""
    site(sites, ":skip: it fails", "$ true")
    assert run_site("docs/page.md").green
    assert not run_site().green


def test_each_is_tried_once(run_site: Run, sites: Sites, tmp_path: Path) -> None:
    """However many scenarios it is in; the second pass of a run knows of it."""
    trace = tmp_path / "trace"
    tabs = "\n".join(f"```{{tab}} {name}\n~~~bash\ntrue\n~~~\n```" for name in "AB")
    after = f"\n````{{tabs}}\n{tabs}\n````\n"
    site(sites, ":skip: it fails", f"$ echo >> {trace}; false", after=after)
    found = run_site(twice=True)
    assert found.green
    assert len(skipped(found)) == 4
    assert len({trial for _, trial in skipped(found)}) == 1
    assert trace.read_text() == "\n"
