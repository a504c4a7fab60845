# SPDX-License-Identifier: Apache-2.0
"""A book of the site is whole: its files are well-formed, and no link leads out of it."""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path
from urllib.parse import urldefrag, urlsplit
from xml.etree import ElementTree as ET

import pytest
from conftest import Sites

PAGE = """# A page

```{archive} one
```

````{tabs}
```{group-tab} First
first way
```
```{group-tab} Other
other way
```
````

```bash
echo a
```
"""
CONFIGURATION = """
extensions = [*extensions, "archive", "book", "everyone", "page_script", "plain", "publish"]
sphinx_tabs_valid_builders = ["epub"]
doclab_examples = "../examples"
version = project_copyright = "1"
"""


@pytest.fixture
def book(sites: Sites) -> dict[str, str]:
    """Return the pages of a small book, by name."""
    sites.write(index=PAGE)
    (sites.root / "examples" / "one").mkdir(parents=True)
    (sites.root / "examples" / "one" / "file").write_text("text\n")
    path = sites.docs / "conf.py"
    path.write_text(path.read_text(encoding="utf-8") + CONFIGURATION, encoding="utf-8")
    assert sites.html("epub") == ""
    with zipfile.ZipFile(next(Path(sites.root / "epub").glob("*.epub"))) as packed:
        names = packed.namelist()
        pages = {n: packed.read(n).decode() for n in names if n.endswith(".xhtml")}
    return {**dict.fromkeys(names, ""), **pages}


def test_all_links_lead_into_the_book(book: dict[str, str]) -> None:
    pages = {name: text for name, text in book.items() if text}
    assert "index.xhtml" in pages
    for name, text in pages.items():
        for element in ET.fromstring(text).iter():
            for link in filter(None, (element.get("href"), element.get("src"))):
                path = urldefrag(link).url
                if path and not urlsplit(path).scheme:
                    place = posixpath.join(posixpath.dirname(name), path)
                    assert posixpath.normpath(place) in book


def test_all_tabs_are_open(book: dict[str, str]) -> None:
    page = book["index.xhtml"]
    assert page.index("Either: First") < page.index("first way") < page.index("Either: Other")
    assert "other way" in page
    assert "hidden" not in page
    assert "tablist" not in page


def test_what_is_for_the_web_alone_is_not_in_it(book: dict[str, str]) -> None:
    assert not [name for name in book if name.endswith((".txt", ".sh", ".gz"))]
    assert "og:title" not in book["index.xhtml"]
