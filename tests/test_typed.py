# SPDX-License-Identifier: Apache-2.0
"""What is typed of a block, and how HTML tells it; no browser is needed here."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge
from sphinx.util.docutils import docutils_namespace

from doclab.collect import collect
from doclab.commands import parse
from doclab.model import DoclabError, Fate, Location
from doclab.outcome import Outcome
from doclab.run import run_scenario
from doclab.screen import clean
from doclab.terminal import Terminal
from doclab.typed import mark, typed
from doclab.watch import Watch

from conftest import ROOTS, LocalLab, Sites, Snapshot, block, scenario  # isort: skip

FIRST = Location(path=Path("docs/page.md"), line=10)
TYPED_BLOCK = re.compile(r'<div class="typed [^>]*>.*?(<pre.*?</pre>)', re.DOTALL)


def build(docs: Path, work: Path, **settings: object) -> str:
    """Build a site as HTML; return Sphinx's warnings."""
    warnings = io.StringIO()
    with docutils_namespace():
        app = Sphinx(docs, docs, work / "html", work / "doctrees", "html", status=None,
                     warning=warnings, confoverrides=dict(settings))  # fmt: skip
        app.build()
    return clean(warnings.getvalue()).replace(f"{docs.parent}/", "").strip()


def copied(pre: str) -> str:
    """Return what a copy button takes of a block: all that is not to be left out."""

    def text(element: ET.Element) -> str:
        inner = [text(child) + (child.tail or "") for child in element]
        left_out = {"linenos", "untyped"} & set(element.get("class", "").split())
        return "" if left_out else (element.text or "") + "".join(inner)

    return text(ET.fromstring(pre)).removesuffix("\n")


def test_typed() -> None:
    """The commands of a block, one below the other."""
    commands = parse("$ a \\\n> b\nout\n$ c\n", language="console", first=FIRST)
    assert typed(block(commands=commands)) == "a \\\nb\nc"


def test_a_run_feeds_what_is_typed(lab: LocalLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text that the copy button is compared with is the one that a run uses."""
    fed: list[str] = []
    feed = Terminal.feed

    def spy(
        terminal: Terminal, text: str, *, deadline: float, watch: Watch | None = None
    ) -> Iterator[Outcome]:
        fed.append(text)
        return feed(terminal, text, deadline=deadline, watch=watch)

    monkeypatch.setattr(Terminal, "feed", spy)
    text = "$ # why\n$ cat <<EOF\n> a\n>\n> EOF\na\n\n$ echo b \\\n  c\nb c\n"
    whole = block(commands=parse(text, language="console", first=FIRST))
    (result,) = run_scenario(scenario(whole), lab, listen=lambda _: None)
    assert result.fate is Fate.PASSED, result.failure
    assert "\n".join(fed) == typed(whole) == "# why\ncat <<EOF\na\n\nEOF\necho b \\\n  c"


def test_whole_site(tmp_path: Path) -> None:
    """Each block of a page of hard cases is marked, and nothing else is."""
    docs = ROOTS / "clipboard"
    assert build(docs, tmp_path) == ""
    with docutils_namespace():
        pages = collect(docs, root=ROOTS, work=tmp_path / "doclab").pages
    for page in pages:
        written = (tmp_path / "html" / f"{page.name}.html").read_text(encoding="utf-8")
        found = [copied(pre) for pre in TYPED_BLOCK.findall(written)]
        assert found == list(filter(None, map(typed, page.blocks)))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["$ ", "> ", ">", "a@b$ ", "", "", "  "]),
            st.text(st.sampled_from("ab $>\\\"'<&#\t;é"), max_size=6),
        ),
        max_size=6,
    ),
    st.sampled_from(["console", "bash"]),
)
def test_any_block(lines: list[tuple[str, str]], language: str) -> None:
    """Whatever a block holds: what is marked as typed is what is typed."""
    text = "$ start\n" * (language == "console") + "\n".join(map("".join, lines))
    try:
        commands = parse(text, language=language, first=FIRST)
    except DoclabError:
        return
    written = PygmentsBridge().highlight_block(text, language, force=True, linenos="inline")
    marked = mark(written, text, commands, first=FIRST.line)
    assert marked is not None
    pre = marked[marked.index("<pre") : marked.index("</pre>")] + "</pre>"
    assert copied(pre) == typed(block(commands=commands))


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        pytest.param(
            "```bash\necho 'a\tb'\n```\n",
            {"highlight_options": {"bash": {"tabsize": 8}}},
            id="other-than-run",
        ),
        pytest.param(
            "```{parsed-literal}\n$ echo *a*\n```\n",
            {"highlight_language": "console"},
            id="markup",
        ),
    ],
)
def test_mistake(
    text: str, settings: dict[str, object], sites: Sites, tmp_path: Path, snapshot: Snapshot
) -> None:
    """A block that could not be copied as it is run is a warning, with its place."""
    docs = sites.write(index=f"# Title\n\n{text}")
    snapshot(build(docs, tmp_path, **settings))
