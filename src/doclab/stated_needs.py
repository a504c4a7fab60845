# SPDX-License-Identifier: Apache-2.0
"""Find what pages, sections and tabs say that they need, and for which blocks it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from docutils import nodes

from doclab import commands
from doclab.directives import NEEDS
from doclab.tabs import is_panel

Known: TypeAlias = dict[nodes.Element, tuple[str, ...]]  # what holds for all inside of a node


def around(node: nodes.Node, known: Known) -> tuple[str, ...]:
    """Return what the tabs, sections and page around a block need, outermost first.

    Args:
        node: the block.
        known: what was found before; what is found now is added.
    """
    parent = node.parent
    if parent is None:
        return ()
    if parent not in known:
        said = [c for c in parent.children if isinstance(c, nodes.paragraph)]
        own: list[str] = [need for c in said for need in c.attributes.get(NEEDS, [])]
        outside = around(parent, known)
        known[parent] = tuple(dict.fromkeys((*outside, *own))) if _may_need(parent) else outside
    return known[parent]


def mistakes(doctree: nodes.document) -> Iterator[tuple[nodes.Element, str]]:
    """Return what stands where it has no meaning, each with the node to point at."""
    for paragraph in doctree.findall(nodes.paragraph):
        if NEEDS not in paragraph:
            continue
        parent = paragraph.parent
        if not _may_need(parent):
            yield (
                paragraph,
                (
                    "`needs` is for a whole tab, section or page; put it directly into one of"
                    " these, not into something else there."
                ),
            )
        elif any(_has_block(before) for before in parent.children[: parent.index(paragraph)]):
            yield (
                paragraph,
                (
                    "`needs` stands below a block that it is for; move it to the top of its tab,"
                    " section or page."
                ),
            )


def _may_need(node: nodes.Node) -> bool:
    return isinstance(node, nodes.section | nodes.document) or is_panel(node)


def _has_block(node: nodes.Node) -> bool:
    return any(
        "source" not in block and block.get("language") in commands.LANGUAGES
        for block in node.findall(nodes.literal_block)
    )
