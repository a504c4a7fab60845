# SPDX-License-Identifier: Apache-2.0
"""The site as a book, for readers without a network: `nox -s epub`.

A book has no scripts and no downloads: its tabs stand one below the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import archive
from docutils import nodes
from plain import open_tabs

from doclab import tabs

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def bind(app: Sphinx, doctree: nodes.document, _name: str) -> None:
    """Leave out of a page what a book cannot have."""
    if app.builder.name != "epub":
        return
    open_tabs(doctree)
    for panel in filter(tabs.is_panel, doctree.findall(nodes.container)):
        for attribute in ("hidden", "data-label"):
            panel.attributes.pop(attribute, None)
    for link in list(doctree.findall(nodes.reference)):
        if f"{archive.FOLDER}/" in link.get("refuri", ""):
            link.parent.replace(link, link.children)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Let it change pages after all others."""
    app.connect("doctree-resolved", bind, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
