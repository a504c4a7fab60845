# SPDX-License-Identifier: Apache-2.0
"""report.html: one file with all that a person may want to know of a run."""

from __future__ import annotations

import collections
import functools
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from doclab import fates
from doclab.model import BlockResult, Fate, Ledger
from doclab.reports.characters import duration, shortened, title, visible
from doclab.reports.diff import compare
from doclab.reports.table import headline, since_green, verdict

OUTPUT_LIMIT = 20_000  # characters of one command's output; the ledger has the rest


def to_html(ledger: Ledger) -> str:
    """Return the page: no script, and nothing from elsewhere."""
    pages = fates.pages(ledger)
    used: collections.Counter[str] = collections.Counter()
    anchors: dict[int, str] = {}
    for page in pages:
        for block in page.blocks:
            name = f"{block.block.page}:{block.block.location.line}"
            used[name] += 1
            anchors[id(block)] = name if used[name] == 1 else f"{name}:{used[name]}"
    return _template().render(
        ledger=ledger,
        pages=pages,
        tabs=fates.tabs(ledger),
        headline=headline(ledger),
        verdict=verdict(ledger),
        since_green=since_green(ledger),
        anchor=lambda block: quote(anchors[id(block)], safe="/:"),
    )


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("doclab", "reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        Fate=Fate, compare=compare, cut=_cut, difference=_difference, duration=duration, title=title
    )
    environment.filters["quoted"] = lambda text: quote(text, safe="/:")
    return environment.get_template("report.html.jinja")


def _finalize(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _cut(text: str) -> str:
    return shortened(text.rstrip("\n"), OUTPUT_LIMIT)


def _difference(result: BlockResult) -> Any:
    failure = result.failure
    if failure is None or failure.expected is None or failure.actual is None:
        return ()
    return compare(failure.expected, _cut(failure.actual), result.block.placeholders)
