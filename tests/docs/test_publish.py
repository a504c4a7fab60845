# SPDX-License-Identifier: Apache-2.0
"""What is beside the pages of a site: cards, a map, moved pages, and its plain text."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Sites
from sphinx.errors import ConfigError

EXTENSIONS = Path(__file__).resolve().parents[2] / "docs"
INDEX = """# A site

It shows \\<this> & more. And a second sentence.

```{toctree}
:caption: How to

page
```
"""
PAGE = """# A page

What it does
is told in two lines.

```{literalinclude} file.txt
:caption: file.txt
```

````{tabs}
```{group-tab} One
first way
```
```{group-tab} Other
second way
```
````
"""


@pytest.fixture
def site(sites: Sites) -> Sites:
    """Return a site with our extensions, before it is built."""
    sites.write(index=INDEX, page=PAGE)
    (sites.docs / "file.txt").write_text("in the file\n")
    _configure(sites, f'templates_path = ["{EXTENSIONS / "_templates"}"]', 'html_title = "Site"')
    return sites


def _configure(site: Sites, *lines: str) -> None:
    path = site.docs / "conf.py"
    text = path.read_text(encoding="utf-8")
    if "publish" not in text:
        text += '\nextensions = [*extensions, "plain", "publish"]\nhtml_theme = "furo"\n'
    path.write_text(text + "\n".join(lines) + "\n", encoding="utf-8")


def test_a_card(site: Sites) -> None:
    assert site.html() == ""
    head = (site.root / "html" / "index.html").read_text(encoding="utf-8")
    assert '<meta property="og:title" content="A site">' in head
    assert '"og:description" content="It shows &lt;this&gt; &amp; more.">' in head
    assert "og:url" not in head
    assert not (site.root / "html" / "sitemap.xml").exists()


def test_a_map(site: Sites) -> None:
    _configure(site, 'html_baseurl = "https://docs.example.org/it/"')
    assert site.html() == ""
    text = (site.root / "html" / "sitemap.xml").read_text(encoding="utf-8")
    assert "<loc>https://docs.example.org/it/page.html</loc>" in text
    head = (site.root / "html" / "page.html").read_text(encoding="utf-8")
    assert '"og:url" content="https://docs.example.org/it/page.html">' in head


def test_a_moved_page(site: Sites) -> None:
    _configure(site, 'publish_moved = {"old/place": "page"}')
    assert site.html() == ""
    text = (site.root / "html" / "old" / "place.html").read_text(encoding="utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../page.html">' in text
    assert '<a href="../page.html">A page</a>' in text


@pytest.mark.parametrize("moved", ['{"old": "nowhere"}', '{"index": "page"}'])
def test_a_page_that_cannot_have_moved(site: Sites, moved: str) -> None:
    _configure(site, f"publish_moved = {moved}")
    with pytest.raises(ConfigError, match="is said to have moved"):
        site.html()


def test_plain_text(site: Sites) -> None:
    assert site.html() == ""
    html = site.root / "html"
    assert (html / "llms.txt").read_text(encoding="utf-8") == (
        "# Site\n\n> It shows <this> & more.\n\n## How to\n\n"
        "- [A page](page.txt): What it does is told in two lines.\n"
    )
    text = (html / "page.txt").read_text(encoding="utf-8")
    assert "   in the file\n" in text
    assert text.index("**Either: One**") < text.index("first way")
    assert text.index("**Either: Other**") < text.index("second way")
    full = (html / "llms-full.txt").read_text(encoding="utf-8")
    assert full.startswith("A site\n")
    assert full.endswith(text)
