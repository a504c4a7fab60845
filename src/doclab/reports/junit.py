# SPDX-License-Identifier: Apache-2.0
"""junit.xml, which the pages of CI systems show."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from doclab.model import BlockResult, Fate, Ledger
from doclab.reports.characters import title, visible
from doclab.reports.text import describe_failure

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'


def to_junit(ledger: Ledger) -> str:
    """Return junit.xml: a suite for each scenario, a case for each block."""
    root = ET.Element("testsuites", name="doctest")
    suites: dict[str, list[BlockResult]] = {}
    for result in ledger.results:
        suites.setdefault(result.scenario, []).append(result)
    for name, results in suites.items():
        suite = ET.SubElement(
            root,
            "testsuite",
            name=visible(name),
            tests=str(len(results)),
            failures=str(sum(r.fate is Fate.FAILED for r in results)),
            errors="0",
            skipped=str(sum(r.fate in (Fate.SKIPPED, Fate.BLOCKED) for r in results)),
            time=f"{sum(r.seconds for r in results):.3f}",
        )
        for result in results:
            _case(suite, result)
    if ledger.errors:
        suite = ET.SubElement(
            root, "testsuite", name="errors", tests=str(len(ledger.errors)),
            failures="0", errors=str(len(ledger.errors)), skipped="0", time="0",
        )  # fmt: skip
        for error in ledger.errors:
            case = ET.SubElement(suite, "testcase", classname="doctest", name="run")
            ET.SubElement(case, "error", message=visible(error))
    ET.indent(root)
    return f"{DECLARATION}\n{ET.tostring(root, encoding='unicode')}\n"


def _case(suite: ET.Element, result: BlockResult) -> None:
    block = result.block
    case = ET.SubElement(
        suite,
        "testcase",
        classname=visible(block.page),
        name=visible(f"{block.location}: {title(block)}"),
        file=visible(str(block.location.path)),
        line=str(block.location.line),
        time=f"{result.seconds:.3f}",
    )
    if result.fate is Fate.FAILED:
        failure = ET.SubElement(case, "failure", message=visible(result.reason))
        failure.text = describe_failure(result)
    elif result.fate in (Fate.SKIPPED, Fate.BLOCKED):
        ET.SubElement(case, "skipped", message=visible(f"{result.fate.value}: {result.reason}"))
