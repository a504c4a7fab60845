# SPDX-License-Identifier: Apache-2.0
"""What GitHub Actions shows: annotations at the lines of pages, and a summary.

The escapes are those of the runner's own toolkit (`@actions/core`, command.ts).
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator
from pathlib import Path

from doclab import fates
from doclab.fates import PageFate
from doclab.model import BlockResult, Fate, Ledger
from doclab.reports.characters import duration, shortened, title, visible
from doclab.reports.table import headline, verdict
from doclab.reports.text import describe_failure

MESSAGE_LIMIT = 4_000  # characters of an annotation; more is not read there
TEXT_LIMIT = 20_000  # characters of a failure or error in the summary
SUMMARY_LIMIT = 1_000_000  # bytes; GitHub refuses a summary over 1 MiB
REST = "\n\nThe rest does not fit here; report.html has it.\n"

_PLACE = re.compile(r"(?P<path>[^\s:]+):(?P<line>\d+): (?P<text>.+)", re.DOTALL)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#.!|~$@:])")


def tell(ledger: Ledger) -> None:
    """Annotate the pages, and add to the summary, if GitHub Actions runs this.

    It says so by environment variables: GITHUB_ACTIONS, and GITHUB_STEP_SUMMARY for the
    file of the summary.
    """
    if os.environ.get("GITHUB_ACTIONS") == "true":
        print(to_annotations(ledger), flush=True)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(to_summary(ledger))


def to_annotations(ledger: Ledger) -> str:
    """Return a workflow command for each failure, error and skipped block, or nothing."""
    lines: list[str] = []
    for results in ledger.blocks():
        failed: dict[str, list[BlockResult]] = {}
        for result in results:
            if result.failure is not None:
                failed.setdefault(result.failure.problem, []).append(result)
        lines += [_failure(same) for same in failed.values()]
        skipped = next((r for r in results if r.fate is Fate.SKIPPED), None)
        if skipped is not None:
            place = skipped.block.location
            lines.append(
                _command("notice", str(place.path), place.line, "Block skipped", skipped.explained)
            )
    for error in ledger.errors:
        lines += _errors(error)
    return "\n".join(dict.fromkeys(lines))


def _failure(results: list[BlockResult]) -> str:
    failure = results[0].failure
    if failure is None:
        raise ValueError(results)
    scenarios = ", ".join(result.scenario for result in results)
    place = failure.location
    return _command(
        "error",
        str(place.path),
        place.line,
        f"Block failed: {title(results[0].block)}",
        f"{failure.problem}\nin {scenarios}\n{describe_failure(results[0])}",
    )


def _errors(error: str) -> Iterator[str]:
    """Put each line of an error that names a place there."""
    lines = error.split("\n")
    found = [_PLACE.fullmatch(line) for line in lines]
    if all(found):
        for match in found:
            if match is not None:
                yield _command("error", match["path"], int(match["line"]), "Error", match["text"])
    else:
        yield f"::error title=Error::{_data(error)}"


def _command(kind: str, path: str, line: int, name: str, message: str) -> str:
    name = shortened(name, 100)
    return f"::{kind} file={_property(path)},line={line},title={_property(name)}::{_data(message)}"


def _data(text: str) -> str:
    text = visible(shortened(text, MESSAGE_LIMIT))
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def to_summary(ledger: Ledger) -> str:
    """Return the step summary: Markdown of bounded size."""
    text, size = "", 0
    for chunk in _chunks(ledger, fates.pages(ledger)):
        size += len(chunk.encode())
        if size > SUMMARY_LIMIT - len(REST):
            return text + REST
        text += chunk
    return text


def _chunks(ledger: Ledger, pages: tuple[PageFate, ...]) -> Iterator[str]:
    sign = "✅" if ledger.green else "❌"
    yield f"## {sign} Doctest: {_escaped(verdict(ledger))}\n\n{_escaped(headline(ledger))}\n\n"
    yield f"| Page | Blocks | {' | '.join(fate.value.title() for fate in Fate)} | Slowest |\n"
    yield f"| --- |{' ---: |' * (len(Fate) + 2)}\n"
    for page in pages:
        slowest = page.slowest
        cells = [
            _escaped(str(page.page.path)),
            str(page.page.blocks or "none"),
            *(str(page.count(fate) or "") for fate in Fate),
            duration(slowest.seconds) if slowest is not None else "",
        ]
        yield f"| {' | '.join(cells)} |\n"
    yield from _titled("Errors", [_fenced(error) for error in ledger.errors])
    skipped = [b for page in pages for b in page.blocks if b.fate is Fate.SKIPPED]
    yield from _titled(
        "Skipped",
        [f"- {_escaped(f'{b.block.location}: {b.results[0].explained}')}\n" for b in skipped],
    )
    if ledger.count(Fate.FAILED):
        yield "\n### Failures\n\n"
    yield from (_details(result) for result in ledger.results if result.failure is not None)


def _titled(name: str, chunks: list[str]) -> list[str]:
    return [f"\n### {name}\n\n", *chunks] if chunks else []


def _details(result: BlockResult) -> str:
    # An HTML block: no Markdown is read in it up to the next empty line.
    head = html.escape(_line(f"{result.scenario}: {result.block.location}: {result.reason}"))
    return (
        f"<details><summary>{head}</summary>\n\n{_fenced(describe_failure(result))}\n</details>\n\n"
    )


def _escaped(text: str) -> str:
    """Return one line of Markdown that shows just this text."""
    return _MARKDOWN.sub(r"\\\1", html.escape(_line(text), quote=False))


def _line(text: str) -> str:
    return " ".join(visible(text).split())


def _fenced(text: str) -> str:
    """Return a code block that its text cannot end."""
    text = visible(shortened(text, TEXT_LIMIT))
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"
