# SPDX-License-Identifier: Apache-2.0
"""Every page is fit for everyone: in any width and light, by keyboard, without JavaScript.

In a real browser: `nox -s browser`. It keeps a picture of each page in build/screenshots.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urldefrag

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from browser.served import ADDRESS, PATIENCE, ROOT, Served, answers, build, listen
from playwright.sync_api import Browser, Page, Response

PICTURES = ROOT / "build" / "screenshots"
NARROW, WIDE = 360, 1920  # a small telephone and a large screen, in CSS pixels
# What axe looks at: all that WCAG 2.2 AA asks, or the colors, which take it longest.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLORS = ["color-contrast", "link-in-text-block"]
ALL = (":root", {"runOnly": TAGS, "rules": {name: {"enabled": False} for name in COLORS}})
COLORED = ({"include": ":root", "exclude": "[data-like-another]"}, {"runOnly": COLORS})
# The colors of code, of which there is most, are the same in any width.
AROUND = ({"include": ":root", "exclude": ".highlight"}, {"runOnly": COLORS})
LOOKS: tuple[tuple[int, Literal["light", "dark"], object], ...] = (  # width, light, and at what
    (NARROW, "light", AROUND),
    (NARROW, "dark", AROUND),
    (NARROW, "dark", ALL),
    (WIDE, "dark", COLORED),
    (WIDE, "light", COLORED),
    (WIDE, "light", ALL),
)
HEAVY = 300_000  # bytes of a page before its images
# A slow telephone network, as Lighthouse has it ("slow 4G", 1.6 Mbit/s and 150 ms).
SLOW_RATE = 200_000  # bytes/s
ROUND_TRIP = 0.15  # seconds
# To connect, to agree on keys, to ask for the page, and for what it cannot be shown without.
ROUND_TRIPS = 4
PATIENT = 1.0  # seconds until a page can be read there
# Pages that Sphinx writes, and no source has.
WRITTEN = ("404", "genindex", "search")
SOURCES = [str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")]
NAMES = sorted(
    [*(name.removesuffix(".md") for name in SOURCES if not name.startswith("_")), *WRITTEN]
)

# What axe finds, one line each: rule, place, and what to do.
AXE = """async ([place, options]) => {
    const found = await axe.run(place, {...options, resultTypes: ["violations"]});
    return found.violations.flatMap(rule => rule.nodes.map(node =>
        `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\\s+/g, " ")}`));
}"""
# What is folded away or in a tab that is not open is there for axe, too.
UNFOLD = """() => {
    for (const panel of document.querySelectorAll("[role=tabpanel][hidden]"))
        panel.hidden = false;
    for (const folded of document.querySelectorAll("details")) folded.open = true;
}"""
# A page has thousands of tokens of code, and few kinds of them: one of each kind is looked at.
ALIKE = """() => {
    const known = new Set();
    for (const token of document.querySelectorAll(".highlight span")) {
        const kind = [];
        for (let part = token; !part.matches(".highlight"); part = part.parentElement)
            kind.push(part.localName, part.className);
        kind.push(token.closest(".highlight").parentElement.className);
        if (known.has(kind.join(" "))) token.dataset.likeAnother = "";
        known.add(kind.join(" "));
    }
}"""
# Whether the page itself or a box around the article scrolls, and what sticks out of it. A
# table or code that scrolls in its own box does not count.
SIDEWAYS = """() => {
    const article = document.querySelector("article");
    const boxes = [];
    for (let box = article; box; box = box.parentElement) boxes.push(box);
    const wide = boxes.filter(box => box.scrollWidth > box.clientWidth
        && (box === document.documentElement || getComputedStyle(box).overflowX !== "visible"));
    if (!wide.length) return [];
    const room = document.documentElement.clientWidth;
    const scrolls = element => !boxes.includes(element)
        && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
    const told = element => `<${element.localName} class="${element.className}">`;
    return [...wide.map(told), "for", ...[...article.querySelectorAll("*")]
        .filter(element => element.getBoundingClientRect().right > room)
        .filter(element => !scrolls(element.parentElement)).map(told).slice(0, 5)];
}"""
# What a browser waits for before it shows anything of a page.
BLOCKING = """() => performance.getEntriesByType("resource")
    .filter(file => file.renderBlockingStatus === "blocking").map(file => file.name)"""
LINKS = "() => [...document.querySelectorAll('a[href]')].map(link => link.href)"
HIDDEN = """() => [...document.querySelectorAll("[role=tabpanel]")]
    .filter(panel => panel.getClientRects().length === 0).map(panel => panel.id)"""
MOVING = """() => [...document.querySelectorAll("*")].filter(element => {
    const style = getComputedStyle(element);
    const lasts = times => times.split(",").some(time => parseFloat(time) > 0);
    return lasts(style.transitionDuration) || lasts(style.animationDuration)
        || style.scrollBehavior === "smooth";
}).map(element => `<${element.localName} class="${element.className}">`)"""


@pytest.fixture(scope="session")
def served(shared: Path) -> Served:
    """Build the tutorial."""
    return build("docs", shared)


@pytest.fixture(scope="session")
def anchors(served: Served) -> dict[str, set[str]]:
    """Return the anchors of each page."""
    found = {}
    for name in served.files():
        parser = _Anchors()
        parser.feed((served.html / name).read_text(encoding="utf-8"))
        found[name] = parser.names
    return found


class _Anchors(HTMLParser):
    """Gathers what a link into a page can name."""

    def __init__(self) -> None:
        super().__init__()
        self.names = {""}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {value for name, value in attrs if name == "id" and value}


def _open(browser: Browser, served: Served, **settings: Any) -> Page:
    page = browser.new_page(**settings)
    page.set_default_timeout(PATIENCE)
    page.route("**/*", answers(served))
    return page


def test_no_page_is_left_out(served: Served) -> None:
    """The tests below open every page that there is."""
    files = set(served.files()) - {"doctest.html"}  # the report of the last run of doclab
    assert {f"{name}.html" for name in NAMES} == files


@pytest.mark.parametrize("name", NAMES)
def test_accessible(name: str, served: Served, browser: Browser) -> None:
    """axe-core finds nothing, in any light and width; and there is a picture of each."""
    page = _open(browser, served, reduced_motion="reduce")  # what fades is not judged half way
    page.goto(f"{ADDRESS}/{name}.html")
    page.evaluate(AXE_SCRIPT)
    page.evaluate(UNFOLD)
    page.evaluate(ALIKE)
    problems = [f"it moves, though asked not to: {what}" for what in page.evaluate(MOVING)]
    for width, light, looked_at in LOOKS:
        page.set_viewport_size({"width": width, "height": 1000})
        page.emulate_media(color_scheme=light)
        found = page.evaluate(AXE, looked_at)
        problems += [f"{width} px, {light}: {problem}" for problem in found]
        if looked_at is ALL:
            picture = PICTURES / str(width) / f"{name}.jpeg"
            page.screenshot(path=picture, full_page=True, type="jpeg", quality=50)
    page.close()
    _judge(name, problems)


@pytest.mark.parametrize("name", NAMES)
def test_sound(name: str, served: Served, browser: Browser, anchors: dict[str, set[str]]) -> None:
    """No error, nothing from elsewhere, no dead link, not too heavy or slow, nothing sticks out."""
    problems: list[str] = []
    got: list[Response] = []
    page = _open(browser, served, viewport={"width": NARROW, "height": 640})
    listen(page, problems)
    page.on("response", lambda answer: got.append(answer))  # noqa: PLW0108 - Playwright looks into it
    page.goto(f"{ADDRESS}/{name}.html", wait_until="networkidle")
    weight = sum(len(answer.body()) for answer in got if answer.request.resource_type != "image")
    if weight > HEAVY:
        problems.append(f"{weight} bytes before its images; at most {HEAVY} is quick to read")
    problems += _slow(page, {answer.url: answer.body() for answer in got})
    problems += _dead(page, served, anchors)
    problems += _sideways(page)
    page.close()
    _judge(name, problems)


def _slow(page: Page, bodies: dict[str, bytes]) -> Iterator[str]:
    """Tell if a page takes too long on a slow network: reckoned, since a clock would waver."""
    first = [page.url, *page.evaluate(BLOCKING)]
    size = sum(len(gzip.compress(bodies[url])) for url in first)  # as web servers send text
    seconds = ROUND_TRIPS * ROUND_TRIP + size / SLOW_RATE
    if seconds > PATIENT:
        yield f"on a slow network it can be read after {seconds:.2f} s, for {size} bytes come first"


def _dead(page: Page, served: Served, anchors: dict[str, set[str]]) -> Iterator[str]:
    """Return the links of a page that lead nowhere on this site."""
    for link in sorted(set(page.evaluate(LINKS))):
        if not link.startswith(f"{ADDRESS}/"):
            continue
        place, anchor = urldefrag(link.removeprefix(f"{ADDRESS}/"))
        path = unquote(place.partition("?")[0]) or "index.html"
        if path in anchors:
            if unquote(anchor) not in anchors[path]:
                yield f"there is no #{anchor} in {path}"
        elif not (served.html / path).is_file():
            yield f"there is no {path}"


def _sideways(page: Page) -> Iterator[str]:
    """Return what makes the page scroll sideways: on a telephone, and at 200 % zoom."""
    # Zoom makes CSS pixels larger, so that fewer of them fit.
    for width, what in ((NARROW, f"{NARROW} px"), (640, "1280 px at 200 % zoom")):
        page.set_viewport_size({"width": width, "height": 400})
        if found := page.evaluate(SIDEWAYS):
            yield f"{what}: it scrolls sideways: {' '.join(found)}"


@pytest.mark.parametrize("name", NAMES)
def test_without_javascript(name: str, served: Served, browser: Browser) -> None:
    """The content of every tab is there for those whose browser runs no JavaScript."""
    problems: list[str] = []
    page = _open(browser, served, java_script_enabled=False)
    listen(page, problems)
    page.goto(f"{ADDRESS}/{name}.html")
    problems += [f"without JavaScript, the tab {tab} is not seen" for tab in page.evaluate(HIDDEN)]
    page.close()
    _judge(name, problems)


def test_not_found(served: Served, browser: Browser, anchors: dict[str, set[str]]) -> None:
    """Who asks for what is not there finds the way back, however deep it would be."""
    problems: list[str] = []
    page = _open(browser, served)
    got = page.goto(f"{ADDRESS}/some/where/else.html")
    assert got is not None
    assert got.status == HTTPStatus.NOT_FOUND
    listen(page, problems)
    page.reload(wait_until="networkidle")
    problems += _dead(page, served, anchors)
    problems = [problem for problem in problems if "where/else.html" not in problem[-20:]]
    assert page.locator(".sidebar-drawer").is_visible()
    page.get_by_role("link", name="Prepare the server").first.click()
    page.wait_for_url(f"{ADDRESS}/tutorial/prepare.html")
    page.close()
    _judge("404", problems)


def test_paper_shows_all_tabs(served: Served, browser: Browser) -> None:
    """Nothing is missing on paper."""
    page = _open(browser, served)
    page.emulate_media(media="print")
    page.goto(f"{ADDRESS}/tutorial/example1.html")
    assert page.evaluate(HIDDEN) == []
    page.close()


def test_tabs_are_remembered(served: Served, browser: Browser) -> None:
    """A choice of tabs holds on other pages, in other windows, and beside other choices."""
    context = browser.new_context()
    context.route("**/*", answers(served))
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{ADDRESS}/tutorial/example1.html")
    chosen = page.get_by_role("tab", name="Use the install command").first
    chosen.click()
    page.evaluate("document.querySelector('.group-tab').setAttribute('name', 'of another set')")
    page.locator(".group-tab").first.click()
    other = context.new_page()
    other.goto(f"{ADDRESS}/tutorial/example2.html")
    found = other.get_by_role("tab", name="Use the install command").first
    assert found.get_attribute("aria-selected") == "true"
    problems: list[str] = []
    listen(other, problems)
    other.goto(f"{ADDRESS}/tutorial/prepare.html")  # it has no tabs
    context.close()
    _judge("tutorial/prepare", problems)


def _judge(name: str, problems: list[str]) -> None:
    if problems:
        pytest.fail("\n".join([f"{name}.html:", *problems]), pytrace=False)
