"""What the copy button puts on the clipboard is, to the byte, what the tests type.

In a real browser, for every block of every page: `nox -s browser`.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright
from sphinx.util.docutils import docutils_namespace

from doclab.collect import collect
from doclab.model import Block
from doclab.site import Site
from doclab.typed import shown, typed

ROOT = Path(__file__).resolve().parents[2]
STALE = "what was on the clipboard before"  # no block types this
PATIENCE = 30_000  # milliseconds for each thing that the browser is asked to do

# The text of the code that a button copies, as a reader sees it.
SHOWN = """button => {
    const code = document.querySelector(button.dataset.clipboardTarget).cloneNode(true);
    code.querySelectorAll(".linenos").forEach(number => number.remove());
    return code.textContent;
}"""
# From the outermost panel of tabs to the innermost: the tab that opens it, and its label.
TABS = """button => {
    const found = [];
    for (let at = button; (at = at.parentElement?.closest("[role=tabpanel]"));) {
        const id = at.getAttribute("aria-labelledby");
        found.unshift([id, document.getElementById(id).textContent.trim()]);
    }
    return found;
}"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Served:
    """A site that a browser can open."""

    site: Site  # as the tests read it
    html: Path  # directory with the built pages
    address: str  # where they are served, without the last slash


@pytest.fixture(scope="module", params=["docs", "tests/roots/clipboard"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Build a site, and serve it on the loopback, where a page may use the clipboard."""
    docs, work = ROOT / request.param, tmp_path_factory.mktemp("site")
    html = work / "html"
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "--keep-going", "-b", "html"]
    subprocess.run([*sphinx, "-d", str(work / "doctrees"), str(docs), str(html)], check=True)
    handler = functools.partial(_Handler, directory=str(html))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with docutils_namespace():
        site = collect(docs, root=ROOT, work=work / "doclab")
    yield Served(site=site, html=html, address=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer; for the icon that a browser looks for by itself, there is none."""
        if self.path == "/favicon.ico":
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium; none is downloaded."""
    if "CHROMIUM" not in os.environ:
        pytest.fail("CHROMIUM is not set; `nox -s browser` sets it to the program's path.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"])
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """Open a browser that has never seen the site, and may read its own clipboard."""
    found = browser.new_context(viewport={"width": 1280, "height": 800})
    found.set_default_timeout(PATIENCE)
    found.grant_permissions(["clipboard-read", "clipboard-write"], origin=served.address)
    yield found
    found.close()


def test_every_block(served: Served, context: BrowserContext) -> None:
    """Each block has one button, which copies what is typed; there is no other button."""
    problems: list[str] = []
    page = context.new_page()
    copied = 0

    def note(problem: str) -> None:
        problems.append(f"{page.url}: {problem}")

    def foreign(url: str) -> None:
        if not url.startswith((f"{served.address}/", "data:")):
            note(f"it asks for {url}, which is not of this site")

    page.on("console", lambda said: note(f"{said.text} ({said.location['url']})"))
    page.on("pageerror", lambda error: note(str(error)))
    page.on("request", lambda request: foreign(request.url))
    blocks = {
        f"{item.name}.html": [block for block in item.blocks if typed(block)]
        for item in served.site.pages
    }
    files = {str(path.relative_to(served.html)) for path in served.html.rglob("*.html")}
    # What Sphinx only copies is no page: example 3's own documents are among the downloads.
    files = {name for name in files if not name.startswith(("_static/", "_downloads/"))}
    assert blocks.keys() <= files
    for name in sorted(files):
        page.goto(f"{served.address}/{name}", wait_until="networkidle")
        for block, button in _paired(page, name, blocks.get(name, ()), problems):
            copied += 1
            if (problem := _difference(page, block, button)) is not None:
                problems.append(f"{block.location}: {problem}")
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)
    assert copied == sum(map(len, blocks.values())) > 0


def _paired(
    page: Page, name: str, blocks: Sequence[Block], problems: list[str]
) -> list[tuple[Block, Locator]]:
    """Match the blocks of a page with its buttons, in order, by what they show."""
    # Every block ends up with a button, or in the list of problems.
    every = page.locator("button.copybtn").all()
    wanted = [shown(block.text) for block in blocks]
    there = [str(button.evaluate(SHOWN)) for button in every]
    pairs: list[tuple[Block, Locator]] = []
    matcher = difflib.SequenceMatcher(a=wanted, b=there, autojunk=False)
    for kind, a, a_end, b, b_end in matcher.get_opcodes():
        if kind == "equal":
            pairs += zip(blocks[a:a_end], every[b:b_end], strict=True)
            continue
        problems += [f"{block.location}: no copy button" for block in blocks[a:a_end]]
        problems += [f"{name}: a copy button on what is no block: {x!r}" for x in there[b:b_end]]
    return pairs


def _difference(page: Page, block: Block, button: Locator) -> str | None:
    """Open the block's tab, click, and compare; say what is wrong."""
    tabs: list[list[str]] = button.evaluate(TABS)
    labels = [tab.label for tab in block.tabs]
    if [label for _, label in tabs] != labels:
        return f"it is in the tabs {labels}, its copy button in {[label for _, label in tabs]}"
    for identifier, _ in tabs:
        page.locator(f"[id='{identifier}']").click()
    page.evaluate("text => navigator.clipboard.writeText(text)", STALE)
    button.click()
    page.wait_for_function(
        "button => button.dataset.tooltip !== 'Copy'", arg=button.element_handle()
    )
    copied = str(page.evaluate("() => navigator.clipboard.readText()"))
    if copied.encode() == typed(block).encode():
        return None
    lines = difflib.ndiff(typed(block).split("\n"), copied.split("\n"))
    return "\n  ".join(["the copy button copies (+) what is not typed (-):", *lines])
