# SPDX-License-Identifier: Apache-2.0
"""Read the tabs around a block from the nodes of sphinx-tabs."""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes

from doclab.model import Tab


def is_panel(node: nodes.Node | None) -> bool:
    """Whether this is what a reader sees when a tab is chosen."""
    return isinstance(node, nodes.Element) and "sphinx-tabs-panel" in node.get("classes", ())


def around(node: nodes.Node, page: str = "") -> tuple[Tab, ...]:
    """Return the tabs around a block, from sphinx-tabs' nodes.

    Args:
        node: the block.
        page: its page, to tell sets that are choices of their own from those of other pages.
    """
    found: list[Tab] = []
    panel: nodes.Element | None = node.parent
    while panel is not None:
        if is_panel(panel) and panel.parent is not None:
            buttons = _buttons(panel.parent)
            named = panel["aria-labelledby"]
            # `mistakes` says so if there is none.
            chosen = next((label for button, label in buttons if button["ids"][0] == named), "")
            linked = all("group-tab" in button["classes"] for button, _ in buttons)
            number = named.split("-")[1]  # tab-NUMBER-…
            own = "" if linked else f"{page}#{number}"
            found.append(Tab(group=tuple(label for _, label in buttons), label=chosen, own=own))
        panel = panel.parent
    return tuple(reversed(found))


def flattened(doctree: nodes.document) -> bool:
    """Whether sphinx-tabs has put tabs one below another, as for builders that it does not know."""
    return any(
        "sphinx-tabs" in tabs.get("classes", ())
        and not any(child.get("role") == "tablist" for child in tabs.findall(nodes.Element))
        for tabs in doctree.findall(nodes.container)
    )


def mistakes(doctree: nodes.document) -> Iterator[tuple[nodes.Element, str]]:
    """Return what is wrong with sets of tabs, each with the node to point at."""
    for tabs in doctree.findall(nodes.container):
        if is_panel(tabs) and is_panel(tabs.parent):
            yield (
                tabs.parent,
                (
                    "another tab stands in this one; end the fence of this one before it, or put"
                    " `{tabs}` around that, for a set of its own."
                ),
            )
        if "sphinx-tabs" not in tabs.get("classes", ()):
            continue
        labels = [label for _, label in _buttons(tabs)]
        panels = [c for c in tabs.children if isinstance(c, nodes.Element) and is_panel(c)]
        if not panels:
            yield (
                tabs,
                ("a set of tabs without a tab; put {tab} or {group-tab} into it, or remove it."),
            )
        elif len(panels) < len(tabs.children) - 1:  # the first child is the list of labels
            yield (
                tabs,
                (
                    "something in this set of tabs is in none of them; put it into a tab, or"
                    " outside of {tabs}."
                ),
            )
        for number, (panel, label) in enumerate(zip(panels, labels, strict=False)):
            if not label:
                yield panel, "a tab without a label; write it behind the directive: `{tab} Debian`."
            elif label in labels[:number]:
                yield panel, f"two tabs of this set have the label {label!r}; give each its own."
            elif not panel.children:
                yield tabs, f"the tab {label!r} is empty; write something into it, or remove it."


def _buttons(tabs: nodes.Element) -> list[tuple[nodes.Element, str]]:
    """Return the labels of a set of tabs, each with its node."""
    labels = tabs.children[0] if tabs.children else tabs  # sphinx-tabs puts them first
    return [
        (child, child.astext().strip())
        for child in labels.findall(nodes.Element)
        if child.get("role") == "tab" and _nearest_set(child) is tabs
    ]


def _nearest_set(node: nodes.Node) -> nodes.Node | None:
    parent = node.parent
    while parent is not None and "sphinx-tabs" not in parent.get("classes", ()):
        parent = parent.parent
    return parent
