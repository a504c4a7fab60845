# SPDX-License-Identifier: Apache-2.0
"""GitHub reads what was meant, and no command that a page or an output smuggles in."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import block
from hypothesis import given
from hypothesis import strategies as st
from ledgers import HOSTILE, green, realistic, result
from markdown_it import MarkdownIt

from doclab.model import Failure, Fate, Ledger, Location
from doclab.reports.characters import visible
from doclab.reports.github import SUMMARY_LIMIT, to_annotations, to_summary

COMMAND = re.compile(r"::(error|notice) (?:file=[^:,]+,line=\d+,)?title=[^:,\n]*::[^\n]*")


def ledger(text: str, count: int = 1) -> Ledger:
    """Return one with this text wherever text can be."""
    failure = Failure(
        location=Location(path=Path("docs/page.md"), line=2),
        command=text,
        problem=text,
        expected="a",
        actual=text,
    )
    results = tuple(
        result(block(text, line=4 * n + 1), fate=Fate.FAILED, reason=text, failure=failure)
        for n in range(count)
    )
    return Ledger(results=results, versions={}, errors=(text,))


@given(st.text())
def test_annotations_are_commands(text: str) -> None:
    """Each line is one command, whatever is in it."""
    lines = to_annotations(ledger(text)).split("\n")
    assert len(lines) == 2
    assert all(COMMAND.fullmatch(line) for line in lines)


def test_annotations_say_it_all() -> None:
    """What GitHub decodes is what was to be said."""
    error = to_annotations(ledger("100 %0A a\nb")).split("\n")[0]
    assert "100 %0A a\nb\nin tutorial" in unquote(error.rpartition("::")[2])


def test_annotations_of_author_mistakes() -> None:
    """Each is at its own line."""
    errors = ("docs/a.md:3: no such option.\ndocs/b.md:7: no such machine.",)
    assert to_annotations(Ledger(results=(), versions={}, errors=errors)).split("\n") == [
        "::error file=docs/a.md,line=3,title=Error::no such option.",
        "::error file=docs/b.md,line=7,title=Error::no such machine.",
    ]


def test_nothing_to_annotate() -> None:
    """A green run without skips has none."""
    assert to_annotations(green()) == ""


class _Texts(HTMLParser):
    """Gathers tags and the text of list items."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(summary: str) -> _Texts:
    """Render as GitHub does, HTML included."""
    texts = _Texts()
    texts.feed(MarkdownIt("commonmark").enable("table").render(summary))
    return texts


def test_summary_is_harmless() -> None:
    """No tag but ours, and the hostile text is shown as it is."""
    found = rendered(to_summary(realistic()))
    assert found.tags <= {
        *("h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td"),
        *("ul", "li", "pre", "code", "details", "summary"),
    }
    assert found.text.count(visible(HOSTILE).strip()) > 3


def test_an_error_cannot_end_its_code_block() -> None:
    """However many backticks it has."""
    error = "```\n# Title\n<b>\n`````"
    found = rendered(to_summary(Ledger(results=(), versions={}, errors=(error,))))
    assert error in found.text
    assert not found.tags & {"h1", "b"}


@given(st.text("ab|`\\*_[]<>&#!~$@:.()- \n", min_size=1))
def test_summary_shows_any_reason(text: str) -> None:
    """Whatever Markdown would make of it."""
    item = result(block(), fate=Fate.SKIPPED, reason=f"a{text}z")
    found = rendered(to_summary(Ledger(results=(item,), versions={})))
    assert " ".join(f"docs/page.md:1: a{text}z".split()) in found.text


@pytest.mark.parametrize("count", [1, 200])
def test_summary_is_bounded(count: int) -> None:
    """GitHub would refuse all of it."""
    text = to_summary(ledger("é" * 20_000, count))
    assert len(text.encode()) < SUMMARY_LIMIT
    assert ("does not fit here" in text) is (count > 1)
