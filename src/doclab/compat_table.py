# SPDX-License-Identifier: Apache-2.0
"""The directive `compatibility`: the table of the labs in which the site was run."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from doclab import compat
from doclab.model import DoclabError


class CompatibilityDirective(SphinxDirective):
    """The table, below the content of the directive; nothing at all if there is none."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the content and the table."""
        path = Path(self.env.srcdir) / compat.TABLE
        self.env.note_dependency(str(path))
        if not path.is_file():
            return []
        try:
            rows = compat.load(path.read_text(encoding="utf-8"), str(path))
        except DoclabError as error:
            raise self.error(str(error)) from error
        head, *body = compat.cells(rows)
        group = nodes.tgroup("", cols=len(head))
        group += [nodes.colspec(colwidth=1) for _ in head]
        group += nodes.thead("", _row(head))
        group += nodes.tbody("", *map(_row, body))
        return [*self.parse_content_to_nodes(), nodes.table("", group, classes=["compatibility"])]


def _row(cells: list[str]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph(text=cell)) for cell in cells))
