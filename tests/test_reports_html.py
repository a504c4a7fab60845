# SPDX-License-Identifier: Apache-2.0
"""report.html is one file that does nothing and asks for nothing."""

from __future__ import annotations

import collections
import dataclasses
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from conftest import block
from ledgers import HOSTILE, green, realistic, result

from doclab.model import Fate, Ledger
from doclab.reports.characters import visible
from doclab.reports.html import to_html


class _Page(HTMLParser):
    """Notes what a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: collections.Counter[str] = collections.Counter()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.named: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if tag not in {"meta", "link", "br"}:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name != "src"
            if name == "id":
                self.ids.append(str(value))
            elif name == "href":
                self.links.append(str(value))
            elif name == "aria-labelledby":
                self.named.append(str(value))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("ledger", [realistic(), green(), Ledger(results=(), versions={})])
def test_one_file(ledger: Ledger) -> None:
    """No script, nothing from elsewhere; each link and label leads to one place."""
    page = _Page(to_html(ledger))
    assert not page.open
    assert not page.tags.keys() & {"script", "img", "iframe", "form", "object", "embed"}
    assert len(page.ids) == len(set(page.ids))
    assert {unquote(link[1:]) for link in page.links if link != "data:,"} <= {*page.ids}
    assert all(link.startswith("#") or link == "data:," for link in page.links)
    assert set(page.named) <= set(page.ids)
    assert page.tags["h1"] == page.tags["main"] == page.tags["header"] == 1


def test_hostile_text_is_shown() -> None:
    """As it is, wherever it stands."""
    assert _Page(to_html(realistic())).text.count(visible(HOSTILE).strip()) > 8


def test_same_page_names() -> None:
    """A page whose name is that of a section, or has odd characters, has its own anchor."""
    items = [block(page=name) for name in ("pages", "tabs", "a b%20#", "section!pages")]
    ledger = Ledger(results=tuple(result(item) for item in items), versions={})
    page = _Page(to_html(ledger))
    assert len(page.ids) == len(set(page.ids))
    assert {unquote(link[1:]) for link in page.links if link != "data:,"} <= {*page.ids}


def test_anchors() -> None:
    """A block can be linked to by page and line."""
    assert {"tutorial/example1", "tutorial/example1:40"} <= {*_Page(to_html(realistic())).ids}
    twice = Ledger(results=(result(block()), result(block())), versions={})
    assert {"page:1", "page:1:2"} <= {*_Page(to_html(twice)).ids}


def test_what_it_shows() -> None:
    """Verdict, date, lab, versions, journal, diff, reasons and tabs."""
    text = _Page(to_html(realistic())).text
    for words in (
        "Red: not every block has passed",
        "in the lab trixie",
        "2026-07-01 10:00 UTC",
        "5 min 12 s",
        "257.9",
        "workerd[17]: listening",
        "\N{MINUS SIGN} X-Real-Ip: 192.0.2.7",
        "+ X-Real-Ip: 10.0.2",
        "A container has no firmware to reboot.",
        "nowhere; it has no block",
    ):
        assert words in text, words
    assert "Green: every block has passed" in _Page(to_html(green())).text


def test_failed_blocks_are_open() -> None:
    """And no other."""
    html = to_html(realistic())
    assert html.count('<details class="block" open>') == 2
    passed = dataclasses.replace(
        realistic(), results=tuple(dataclasses.replace(r, fate=Fate.PASSED, failure=None)
                                   for r in realistic().results),
    )  # fmt: skip
    assert "open>" not in to_html(passed)
