"""Reports: pure functions of the ledger."""

from __future__ import annotations

import dataclasses
import json
import shlex
import xml.etree.ElementTree as ET
from typing import Any

from doclab.model import BlockResult, Fate, Ledger


def to_json(ledger: Ledger) -> str:
    """Return ledger.json."""
    return json.dumps(
        {
            "blocks": [_block(result) for result in ledger.results],
            "summary": summary(ledger),
            "versions": ledger.versions,
            "errors": list(ledger.errors),
        },
        indent=1,
        ensure_ascii=False,
    )


def summary(ledger: Ledger) -> dict[str, int]:
    """Return how many blocks had each fate."""
    return {fate.value: ledger.count(fate) for fate in Fate}


def _block(result: BlockResult) -> dict[str, Any]:
    block = result.block
    return {
        "page": block.page,
        "path": str(block.location.path),
        "line": block.location.line,
        "headings": list(block.headings),
        "tabs": [tab.label for tab in block.tabs],
        "machine": block.machine,
        "user": result.user,
        "scenario": result.scenario,
        "variant": result.variant,
        "language": block.language,
        "text": block.text,
        "fate": result.fate.value,
        "reason": result.reason,
        "seconds": result.seconds,
        "output": result.output,
        "failure": (
            None
            if result.failure is None
            else {
                **dataclasses.asdict(result.failure),
                "location": str(result.failure.location),
            }
        ),
    }


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
            name=name,
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
            ET.SubElement(case, "error", message=_xml(error))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, result: BlockResult) -> None:
    block = result.block
    case = ET.SubElement(
        suite,
        "testcase",
        classname=block.page,
        name=f"{block.location}: {_xml(block.commands[0].text.splitlines()[0])}",
        file=str(block.location.path),
        line=str(block.location.line),
        time=f"{result.seconds:.3f}",
    )
    if result.fate is Fate.FAILED:
        failure = ET.SubElement(case, "failure", message=_xml(result.reason))
        failure.text = _xml(describe_failure(result))
    elif result.fate in (Fate.SKIPPED, Fate.BLOCKED):
        ET.SubElement(case, "skipped", message=_xml(f"{result.fate.value}: {result.reason}"))


def _xml(text: str) -> str:
    """Replace characters that XML cannot hold."""
    return "".join(
        c if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff") else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )


def describe_failure(result: BlockResult) -> str:
    """Return what a person needs to mend a failed block."""
    failure = result.failure
    if failure is None:
        return ""
    block = result.block
    tab = result.variant.partition(", ")[0]
    variant = f" --variant {shlex.quote(tab)}" if tab != "only" else ""
    lines = [
        f"{failure.location}: FAILED: {failure.problem}",
        f"  heading   {' > '.join(block.headings)}",
        f"  where     {result.user}@{block.machine}, variant: {result.variant}",
        "  command",
        _indented(failure.command),
    ]
    if failure.status is not None:
        lines.append(f"  exit      {failure.status}")
    if failure.expected is not None:
        lines += ["  expected", _indented(failure.expected or "(nothing)")]
    if failure.actual is not None:
        lines += ["  actual", _indented(_last_lines(failure.actual, 40) or "(nothing)")]
    if failure.journal:
        lines += ["  journal", _indented(failure.journal)]
    lines += [
        "  to get a shell in a lab as it is before this block:",
        f"    nox -s doctest -- {block.location} --keep{variant}",
    ]
    return "\n".join(lines)


def _indented(text: str) -> str:
    return "\n".join(f"    │ {line}" for line in text.split("\n"))


def _last_lines(text: str, most: int) -> str:
    lines = text.split("\n")
    if len(lines) <= most:
        return text
    return "\n".join([f"[{len(lines) - most} lines left out]", *lines[-most:]])


def progress_line(result: BlockResult) -> str:
    """Return one line on a block that has just got its fate."""
    first = result.block.commands[0].text.splitlines()[0]
    command = first if len(first) <= 60 else first[:59] + "…"
    reason = f" ({result.reason})" if result.fate is Fate.SKIPPED else ""
    return (
        f"{result.fate.value:>7} {result.seconds:6.1f} s  {result.block.location}"
        f"  {result.user}@{result.block.machine}$ {command}{reason}"
    )


def closing_lines(ledger: Ledger) -> str:
    """Return failures, errors and the counts."""
    parts = [describe_failure(result) for result in ledger.results if result.failure is not None]
    parts += [f"error: {error}" for error in ledger.errors]
    counts = summary(ledger)
    parts.append(
        ", ".join(f"{counts[fate.value]} {fate.value}" for fate in Fate)
        + (" — green" if ledger.green else " — RED")
    )
    return "\n\n".join(parts)
