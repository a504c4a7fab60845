# SPDX-License-Identifier: Apache-2.0
"""What theme and extensions leave out for readers without a mouse, a screen or JavaScript.

`nox -s browser` finds what is missing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

from doclab import tabs

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

# Sphinx gives captions of the contents this role, without the level that it requires.
CAPTION, LEVELLED = 'role="heading"', 'role="heading" aria-level="2"'
CONTENTS = ("body", "furo_navigation_tree")  # where there are such captions


def label_panels(_app: Sphinx, doctree: nodes.document, _name: str) -> None:
    """Let each panel of tabs know its label: on paper and without JavaScript it needs one."""
    for panel in filter(tabs.is_panel, doctree.findall(nodes.container)):
        panel["data-label"] = tabs.around(panel.children[0])[-1].label


def level_captions(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Tell screen readers which level the captions of the contents have."""
    for place in CONTENTS:
        if place in context:
            context[place] = context[place].replace(CAPTION, LEVELLED)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect both."""
    app.connect("doctree-resolved", label_panels)
    app.connect("html-page-context", level_captions, priority=900)  # after the theme's own
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
