# SPDX-License-Identifier: Apache-2.0
"""What the copy button puts on the clipboard is, to the byte, what the tests type.

In a real browser, for every block of every page: `nox -s browser`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from browser.served import ADDRESS, PATIENCE, ROOT, Served, answers, build, listen
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from sphinx.util.docutils import docutils_namespace

from doclab.collect import collect
from doclab.model import Block
from doclab.site import Site
from doclab.typed import shown, typed

STALE = "what was on the clipboard before"  # no block types this

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


@pytest.fixture(scope="module", params=["docs", "tests/roots/clipboard"])
def served(request: pytest.FixtureRequest, shared: Path) -> Served:
    """Build a site."""
    return build(request.param, shared)


@pytest.fixture(scope="module")
def site(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return the site as the tests read it."""
    with docutils_namespace():
        return collect(served.docs, root=ROOT, work=tmp_path_factory.mktemp("site"))


@pytest.fixture
def context(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """Open a browser that has never seen the site, and may read its own clipboard."""
    found = browser.new_context(viewport={"width": 1280, "height": 800})
    found.route("**/*", answers(served))
    found.set_default_timeout(PATIENCE)
    found.grant_permissions(["clipboard-read", "clipboard-write"], origin=ADDRESS)
    yield found
    found.close()


def test_every_block(served: Served, site: Site, context: BrowserContext) -> None:
    """Each block has one button, which copies what is typed; there is no other button."""
    problems: list[str] = []
    page = context.new_page()
    copied = 0

    listen(page, problems)
    blocks = {
        f"{item.name}.html": [block for block in item.blocks if typed(block)] for item in site.pages
    }
    files = served.files()
    assert blocks.keys() <= set(files)
    for name in files:
        page.goto(f"{ADDRESS}/{name}", wait_until="networkidle")
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
