# SPDX-License-Identifier: Apache-2.0
"""Put a drawing into the page itself, so that it has the colours of the theme."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

FOLDER = Path(__file__).parent.parent / "_pictures"


class Picture(SphinxDirective):
    """`{picture} NAME`: the drawing of this name, with the words for those who do not see it."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], str]] | None] = {
        "alt": directives.unchanged_required
    }

    def run(self) -> list[nodes.Node]:
        """Return the drawing, which is for HTML alone.

        Raises:
            ExtensionError: see `SphinxDirective.error`.
        """
        name = self.arguments[0]
        path = FOLDER / f"{name}.svg"
        if not path.is_file():
            raise self.error(f"there is no picture {name!r} in {FOLDER.name}; draw it there.")
        if not self.options.get("alt"):
            raise self.error(f"the picture {name!r} has no :alt:; say what it shows.")
        self.env.note_dependency(str(path))
        words = self.options["alt"]
        svg = re.sub(
            "<svg ",
            f'<svg role="img" aria-label="{html.escape(words)}" ',
            path.read_text(encoding="utf-8"),
            count=1,
        )
        figure = nodes.container(classes=["picture-box"], alt=words)
        figure += nodes.raw("", svg, format="html")
        return [figure]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Make the directive known."""
    app.add_directive("picture", Picture)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
