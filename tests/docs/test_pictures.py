# SPDX-License-Identifier: Apache-2.0
"""Drawings are put into the page, with words for those who do not see them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
PICTURES = sorted((DOCS / "_pictures").glob("*.svg"))
CONF = f"""
import sys
sys.path.insert(0, {str(DOCS / "_ext")!r})
extensions = ["myst_parser", "pictures"]
"""


def build(folder: Path, text: str) -> tuple[str, str]:
    """Build a page; return it, and the complaints."""
    source = folder / "source"
    source.mkdir()
    (source / "conf.py").write_text(CONF, encoding="utf-8")
    (source / "index.md").write_text(f"# Title\n\n{text}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", str(source), str(folder / "html")],
        check=False,
        capture_output=True,
        text=True,
    )
    page = folder / "html" / "index.html"
    return page.read_text(encoding="utf-8") if page.is_file() else "", done.stderr


def test_in_the_page(tmp_path: Path) -> None:
    """With its words, in which a quotation mark does no harm."""
    html, errors = build(tmp_path, '```{picture} socket\n:alt: a "socket"\n```')
    assert errors == ""
    assert '<svg role="img" aria-label="a &quot;socket&quot;" ' in html


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("```{picture} nothing\n:alt: words\n```", "there is no picture 'nothing' in _pictures"),
        ("```{picture} socket\n```", "the picture 'socket' has no :alt:"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, complaint: str) -> None:
    """Each is told with its place."""
    _, errors = build(tmp_path, text)
    assert re.search(rf"index\.md:3: .*{re.escape(complaint)}", errors)


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_each_drawing(path: Path) -> None:
    """Has the colours of the theme alone, names of its own, and a page that shows it."""
    root = ET.parse(path).getroot()
    names = [found.attrib["id"] for found in root.iter() if "id" in found.attrib]
    assert all(name.startswith(f"{path.stem}-") for name in names)
    colours = {key for found in root.iter() for key in found.attrib if key in {"fill", "stroke"}}
    assert colours == set()
    shown = [
        page for page in DOCS.rglob("*.md") if f"{{picture}} {path.stem}\n" in page.read_text()
    ]
    assert shown
