# SPDX-License-Identifier: Apache-2.0
"""Reports say what the ledger says, whatever text is in it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Snapshot, block
from ledgers import green, realistic, result

from doclab import reports
from doclab.ledger import dump, load
from doclab.model import Failure, Fate, Ledger, Location, PageSummary
from doclab.reports.github import to_annotations, to_summary
from doclab.reports.html import to_html
from doclab.reports.junit import to_junit
from doclab.reports.table import to_table
from doclab.reports.text import closing_lines, describe_failure, progress_line


def progress(ledger: Ledger) -> str:
    """Return what is printed meanwhile."""
    return "\n".join(map(progress_line, ledger.results))


REPORTS: dict[str, Callable[[Ledger], str]] = {
    "junit": to_junit,
    "html": to_html,
    "annotations": to_annotations,
    "summary": to_summary,
    "table": to_table,
    "closing": closing_lines,
    "progress": progress,
}


@pytest.mark.parametrize("name", REPORTS)
def test_report(name: str, snapshot: Snapshot) -> None:
    """Each of them, on one realistic ledger."""
    snapshot(REPORTS[name](realistic()))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("ledger", [realistic(), green(), Ledger(results=(), versions={})])
def test_ledger_json_is_enough(name: str, ledger: Ledger) -> None:
    """What is read from the file gives the same reports as what was written to it."""
    assert REPORTS[name](load(dump(ledger))) == REPORTS[name](ledger)


def test_each_file_is_written(tmp_path: Path) -> None:
    """And nothing besides."""
    paths = reports.write(realistic(), tmp_path)
    assert sorted(paths) == sorted(tmp_path.iterdir())
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == to_html(realistic())


@pytest.mark.parametrize("name", REPORTS)
def test_no_report_has_what_a_screen_would_obey(name: str) -> None:
    """Escape sequences and marks that turn text around are shown, not obeyed."""
    text = REPORTS[name](realistic())
    assert {c for c in text if not c.isprintable()} <= {"\n", "\t"}


def test_green_table() -> None:
    """It says so."""
    assert to_table(green()).endswith("1 passed, 0 failed, 0 blocked, 0 skipped — green")


def test_table_fits() -> None:
    """A terminal of a hundred columns shows each line as one."""
    assert max(map(len, to_table(realistic()).split("\n"))) <= 100


def test_junit_counts() -> None:
    """The counts are right, and the failures are there."""
    suite = ET.fromstring(to_junit(realistic()))[0]
    assert suite.attrib["tests"] == "5"
    assert suite.attrib["failures"] == "1"
    assert suite.attrib["skipped"] == "3"
    assert "not what the page" in str(suite.findall("testcase/failure")[0].attrib["message"])


@pytest.mark.parametrize("text", ["a\x00b\x1b[1m", "]]> & <b>", "\N{PILE OF POO}", "\ufffe", "'\""])
@pytest.mark.parametrize("name", REPORTS)
def test_hostile_text(name: str, text: str) -> None:
    """No report breaks, and XML stays XML."""
    failure = Failure(
        location=Location(path=Path("docs/page.md"), line=2), command=text, problem=text
    )
    item = result(block(text), text, fate=Fate.FAILED, reason=text, failure=failure)
    made = REPORTS[name](Ledger(results=(item,), versions={text: text}, errors=(text,)))
    assert made.encode()
    if name == "junit":
        assert ET.fromstring(made).find("testsuite/testcase/failure") is not None


@pytest.mark.parametrize("name", sorted(REPORTS.keys() - {"progress"}))
def test_errors_are_reported(name: str) -> None:
    """What went wrong outside of any block is not lost."""
    ledger = Ledger(results=(), versions={}, errors=("no engine",))
    assert not ledger.green
    assert "no engine" in REPORTS[name](ledger)


@pytest.mark.parametrize(
    ("fates", "green"),
    [
        ([], False),
        ([Fate.PASSED], True),
        ([Fate.PASSED, Fate.SKIPPED], True),
        ([Fate.PASSED, Fate.FAILED], False),
        ([Fate.PASSED, Fate.BLOCKED], False),
    ],
)
def test_green(fates: list[Fate], green: bool) -> None:
    """A run without a block is not green either."""
    results = tuple(result(block(line=4 * n + 1), fate=fate) for n, fate in enumerate(fates))
    assert Ledger(results=results, versions={}).green is green


@pytest.mark.parametrize(("blocks", "complete", "green"), [
    (1, True, True), (2, True, False), (2, False, True)
])  # fmt: skip
def test_a_block_without_a_fate(blocks: int, complete: bool, green: bool) -> None:
    """It makes a run of the whole site red."""
    page = PageSummary(name="page", path=Path("docs/page.md"), title="Page", blocks=blocks)
    ledger = Ledger(results=(result(block()),), versions={}, pages=(page,), complete=complete)
    assert ledger.green is green
    assert ("1 without a fate" in to_table(ledger)) is (blocks == 2)


def test_failure_text(snapshot: Snapshot) -> None:
    """What a person needs to mend it."""
    snapshot(describe_failure(realistic().results[2]))
