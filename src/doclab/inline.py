# SPDX-License-Identifier: Apache-2.0
"""Find what a page says between its blocks: inline code, and files that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import download_reference

from doclab.directives import STAYS
from doclab.model import Mention, ShownFile
from doclab.sources import Sources


def mentions(doctree: nodes.document, sources: Sources) -> Iterator[Mention]:
    """Return the inline code of a page, each with its line, in order."""
    for node in doctree.findall(nodes.literal):
        if isinstance(node.parent, download_reference):  # the name of a link
            continue
        if any(STAYS in parent for parent in _around(node)):  # a run compares these itself
            continue
        text = " ".join(node.astext().split())
        if text:
            yield Mention(text=text, location=sources.inline(node, text))


def shown_files(doctree: nodes.document, sources: Sources, docs: Path) -> Iterator[ShownFile]:
    """Return the files that a page includes as code, or offers for download.

    Args:
        doctree: the page.
        sources: of the page.
        docs: directory of the site's pages.
    """
    for node in doctree.findall(nodes.Element):
        if isinstance(node, nodes.literal_block) and "source" in node:
            path = Path(node["source"])
        elif isinstance(node, download_reference) and "filename" in node:
            target = str(node["reftarget"])  # a slash means the directory of the pages
            beside = docs if target.startswith("/") else (docs / str(node["refdoc"])).parent
            path = beside / target.lstrip("/")
        else:
            continue
        yield ShownFile(path=sources.relative(path), location=sources.place(node))


def _around(node: nodes.Node) -> Iterator[nodes.Element]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
