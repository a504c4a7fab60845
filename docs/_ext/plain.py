# SPDX-License-Identifier: Apache-2.0
"""The site as plain text, for programs that read: llms.txt, llms-full.txt, a text a page.

The text is of the page as a reader sees it: files that it embeds are in it, all tabs are
open, and each block says who types it where.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from docutils import nodes
from publish import address, is_site, summary
from sphinx.addnodes import toctree
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.writers.text import TextTranslator

from doclab import tabs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.builders.text import TextBuilder
    from sphinx.util.typing import ExtensionMetadata

INDEX, FULL = "llms.txt", "llms-full.txt"  # as llmstxt.org names them
RULE = "\n\n" + "=" * 79 + "\n\n"  # between two pages


def open_tabs(page: nodes.document) -> None:
    """Put the content of all tabs one below the other, each under its label."""
    for panel in list(filter(tabs.is_panel, page.findall(nodes.container))):
        label = tabs.around(panel.children[0])[-1].label
        panel.insert(0, nodes.paragraph("", "", nodes.strong(text=f"Either: {label}")))
    for labels in list(page.findall(nodes.container)):
        if labels.get("role") == "tablist":
            labels.parent.remove(labels)


def text(doctree: nodes.document, builder: StandaloneHTMLBuilder) -> str:
    """Return a page as plain text."""
    page = doctree.deepcopy()
    open_tabs(page)
    for picture in list(page.findall(nodes.container)):
        if "alt" in picture:
            picture.replace_self(nodes.paragraph(text=f"[picture: {picture['alt']}]"))
    # It only asks the builder for settings that each has.
    translator = TextTranslator(page, cast("TextBuilder", builder))
    page.walkabout(translator)
    return translator.body


def write_page(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Write the text of a page beside the page."""
    if is_site(app):
        target = Path(app.outdir, f"{name}.txt")
        target.parent.mkdir(parents=True, exist_ok=True)
        builder = cast("StandaloneHTMLBuilder", app.builder)
        target.write_text(text(doctree, builder), encoding="utf-8")


def write_site(app: Sphinx, exception: Exception | None) -> None:
    """Write the index, and all pages in one file."""
    if exception is not None or not is_site(app):
        return
    first = app.config.root_doc
    lines = [f"# {app.config.html_title}", "", f"> {_line(app, first)}"]
    names = [first]
    for caption, members in _parts(app):
        lines += ["", f"## {caption}", ""]
        for name in members:
            place = address(app, name).removesuffix(".html") + ".txt"
            lines.append(f"- [{app.env.titles[name].astext()}]({place}): {_line(app, name)}")
        names += members
    Path(app.outdir, INDEX).write_text("\n".join([*lines, ""]), encoding="utf-8")
    pages = (Path(app.outdir, f"{name}.txt").read_text(encoding="utf-8") for name in names)
    Path(app.outdir, FULL).write_text(RULE.join(pages), encoding="utf-8")


def _parts(app: Sphinx) -> Iterator[tuple[str, list[str]]]:
    """Return the parts of the contents, each with its pages."""
    for tree in app.env.get_doctree(app.config.root_doc).findall(toctree):
        yield tree["caption"], [name for _, name in tree["entries"] if name in app.env.titles]


def _line(app: Sphinx, name: str) -> str:
    return summary(app.env.get_doctree(name))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Write each page when nothing is added to it any more, and the rest behind them."""
    app.connect("doctree-resolved", write_page, priority=900)
    app.connect("build-finished", write_site)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
