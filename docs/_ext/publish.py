# SPDX-License-Identifier: Apache-2.0
"""What a published site has beside its pages: cards for links to it, a map, and moved pages.

A map has whole addresses, so there is one as soon as `html_baseurl` is set.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.errors import ConfigError
from sphinx.util.osutil import relative_uri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

SITEMAP, NAMESPACE = "sitemap.xml", "http://www.sitemaps.org/schemas/sitemap/0.9"
TEMPLATE = "moved.html"


def summary(doctree: nodes.document) -> str:
    """Return the first sentence of a page, in one line; empty if it has no text."""
    section = next(doctree.findall(nodes.section), doctree)
    for child in section.children:
        if isinstance(child, nodes.paragraph) and not child["classes"]:
            text = " ".join(child.astext().split())
            return text.split(". ")[0].removesuffix(".") + "."
    return ""


def add_card(
    app: Sphinx, name: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Tell other sites what a link to a page shows there (OpenGraph)."""
    if doctree is None or not is_site(app):
        return
    title = nodes.Text(app.env.titles[name].astext()) if name in app.env.titles else name
    card = {
        "og:type": "article",
        "og:site_name": app.config.html_title,
        "og:title": title,
        "og:description": summary(doctree),
    }
    if app.config.html_baseurl:
        card["og:url"] = address(app, name)
    context["metatags"] += "".join(
        f'<meta property="{key}" content="{html.escape(value)}">\n' for key, value in card.items()
    )
    context["metatags"] += f'<meta name="description" content="{html.escape(summary(doctree))}">\n'


def address(app: Sphinx, name: str) -> str:
    """Return the address of a page: whole, or from the start of the site."""
    base = app.config.html_baseurl
    return (f"{base.rstrip('/')}/" if base else "") + quote(app.builder.get_target_uri(name))


def moved(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Return a page for each place that a page has left, which leads to the new one."""
    for old, new in app.config.publish_moved.items():
        if new not in app.env.found_docs or old in app.env.found_docs:
            raise ConfigError(
                f"publish_moved: {old!r} is said to have moved to {new!r}; the first must be no"
                " page any more, and the second must be one."
            )
        uri = relative_uri(app.builder.get_target_uri(old), app.builder.get_target_uri(new))
        title = app.env.titles[new].astext()
        yield old, {"title": f"Moved: {title}", "moved_to": uri, "moved_title": title}, TEMPLATE


def is_site(app: Sphinx) -> bool:
    """Whether a site is built: pages for the web, and no book of them."""
    return isinstance(app.builder, StandaloneHTMLBuilder) and app.builder.name != "epub"


def write_map(app: Sphinx, exception: Exception | None) -> None:
    """Write the map, if it is known where the site will be."""
    if exception is not None or not is_site(app):
        return
    target = Path(app.outdir, SITEMAP)
    if not app.config.html_baseurl:
        target.unlink(missing_ok=True)
        return
    places = (html.escape(address(app, name)) for name in sorted(app.env.found_docs))
    lines = "\n".join(f"<url><loc>{place}</loc></url>" for place in places)
    target.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="{NAMESPACE}">\n{lines}\n</urlset>\n',
        encoding="utf-8",
    )


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect what is added to pages, and what is written behind them."""
    app.add_config_value("publish_moved", {}, "html", dict)
    app.connect("html-page-context", add_card)
    app.connect("html-collect-pages", moved)
    app.connect("build-finished", write_map)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
