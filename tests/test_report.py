"""Reports say what the ledger says, whatever text is in it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from conftest import Snapshot, block

from doclab.model import BlockResult, Failure, Fate, Ledger, Location
from doclab.report import closing_lines, progress_line, to_json, to_junit

VERSIONS = {"podman": "5.4.2", "systemd": "257"}


def result(fate: Fate, *, line: int = 1, text: str = "true", reason: str = "") -> BlockResult:
    """Return a result."""
    failure = None
    if fate is Fate.FAILED:
        failure = Failure(
            location=Location(path=Path("docs/page.md"), line=line + 1),
            command=text,
            problem=reason,
            expected="a",
            actual="b",
            status="0",
        )
    return BlockResult(
        block=block(text, line=line),
        scenario="page",
        variant="only",
        fate=fate,
        reason=reason,
        seconds=0.25,
        user="test",
        failure=failure,
    )


def all_fates() -> Ledger:
    """Return a ledger with one of each."""
    return Ledger(
        results=(
            result(Fate.PASSED),
            result(Fate.SKIPPED, line=5, reason="needs a printer"),
            result(Fate.FAILED, line=9, reason="its exit status is 1, not 0."),
            result(Fate.BLOCKED, line=13, reason="docs/page.md:10 failed"),
        ),
        versions=VERSIONS,
    )


def test_json() -> None:
    """The ledger has every block with its fate, the counts and the versions."""
    found = json.loads(to_json(all_fates()))
    assert found["summary"] == {"passed": 1, "failed": 1, "blocked": 1, "skipped": 1}
    assert found["versions"] == VERSIONS
    assert [item["fate"] for item in found["blocks"]] == ["passed", "skipped", "failed", "blocked"]
    wanted = {"page", "line", "machine", "user", "variant", "text", "fate", "reason", "seconds"}
    assert wanted <= set(found["blocks"][0])


def test_junit() -> None:
    """The counts are right, and the failure is there."""
    suite = ET.fromstring(to_junit(all_fates()))[0]
    assert suite.attrib["tests"] == "4"
    assert suite.attrib["failures"] == "1"
    assert suite.attrib["skipped"] == "2"
    assert "exit status" in str(suite.findall("testcase/failure")[0].attrib["message"])


@pytest.mark.parametrize("text", ["a\x00b\x1b[1m", "]]> & <b>", "\N{PILE OF POO}", "\ufffe", "'\""])
def test_hostile_text(text: str) -> None:
    """Neither report breaks."""
    ledger = Ledger(results=(result(Fate.FAILED, text=text, reason=text),), versions={})
    assert json.loads(to_json(ledger))["blocks"][0]["text"] == text
    assert ET.fromstring(to_junit(ledger)).find("testsuite/testcase/failure") is not None


def test_errors_are_reported() -> None:
    """What went wrong outside of any block is not lost."""
    ledger = Ledger(results=(), versions={}, errors=("no engine",))
    assert not ledger.green
    assert json.loads(to_json(ledger))["errors"] == ["no engine"]
    assert ET.fromstring(to_junit(ledger)).find("testsuite/testcase/error") is not None
    assert "error: no engine" in closing_lines(ledger)


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
    results = tuple(result(fate, line=4 * n + 1) for n, fate in enumerate(fates))
    assert Ledger(results=results, versions={}).green is green


def test_closing_text(snapshot: Snapshot) -> None:
    """What a person reads last."""
    snapshot(closing_lines(all_fates()))


def test_progress_text(snapshot: Snapshot) -> None:
    """What a person reads meanwhile."""
    snapshot("\n".join(progress_line(item) for item in all_fates().results))
