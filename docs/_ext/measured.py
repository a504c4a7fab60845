# SPDX-License-Identifier: Apache-2.0
"""The directive `measured`: figures of `nox -s bench`, as a plot and the table behind it.

Pages never contain typed figures: they name a view of the record, and this renders it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from claims import summary, views
from claims.record import Record, RecordError, load
from claims.table import Table
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

RECORD = "_data/bench.json"
MISSING = "Not measured yet: `nox -s bench` writes the figures that belong here."


class MeasuredDirective(SphinxDirective):
    """A view of the record; one sentence where there is none."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the plot, for light and for dark pages, and the table."""
        name = self.arguments[0]
        if name not in views.NAMES:
            raise self.error(f"there is no view {name!r}; there are {', '.join(views.NAMES)}.")
        path = Path(self.env.srcdir) / RECORD
        self.env.note_dependency(str(path))
        if not path.is_file():
            return [_sentence(MISSING)]
        try:
            record = load(path)
        except RecordError as error:
            raise self.error(str(error)) from error
        if name == "conditions":
            return [_sentence(summary.conditions(record))]
        table = views.table(name, record)
        if table is None:
            return [_sentence(f"Not measured in the run of {record.date[:10]}: {name}.")]
        return [*self._plots(name, record), _table(table)]

    def _plots(self, name: str, record: Record) -> list[nodes.Node]:
        alt = views.alt(name, record)
        found: list[nodes.Node] = []
        for theme in views.THEMES if alt else ():
            place = f"_static/{views.file_name(name, theme)}"
            path = Path(self.env.srcdir) / place
            self.env.note_dependency(str(path))
            if not path.is_file():
                raise self.error(f"{place} is missing; `nox -s bench -- --draw` draws it.")
            found.append(nodes.image(uri=f"/{place}", alt=alt, classes=[f"only-{theme}"]))
        return found


def _sentence(text: str) -> nodes.paragraph:
    """Return a paragraph; what is between backticks is literal."""
    paragraph = nodes.paragraph()
    for index, part in enumerate(re.split("`", text)):
        paragraph += nodes.literal(text=part) if index % 2 else nodes.Text(part)
    return paragraph


def _table(table: Table) -> nodes.container:
    """Return a table with its title, and the notes below it."""
    group = nodes.tgroup("", cols=len(table.head))
    group += [nodes.colspec(colwidth=1) for _ in table.head]
    group += nodes.thead("", _row(table.head))
    group += nodes.tbody("", *map(_row, table.rows))
    whole = nodes.table("", nodes.title(text=table.title), group, classes=["measured"])
    return nodes.container("", whole, *map(_sentence, table.notes), classes=["measured"])


def _row(cells: tuple[str, ...]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph(text=cell)) for cell in cells))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("measured", MeasuredDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
