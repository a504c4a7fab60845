# SPDX-License-Identifier: Apache-2.0
"""Sites that a browser can open: built once for all tests, and served without a server."""

from __future__ import annotations

import dataclasses
import fcntl
import subprocess
import sys
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Route

ROOT = Path(__file__).resolve().parents[2]
# On the loopback, a page may use the clipboard. Nothing listens there.
ADDRESS = "http://127.0.0.1:1"
PATIENCE = 30_000  # milliseconds for each thing that the browser is asked to do
# What Sphinx only copies is no page: example 3's own documents are among the downloads.
COPIED = ("_static/", "_downloads/")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Served:
    """A site that a browser can open."""

    docs: Path  # directory of its conf.py
    html: Path  # directory with the built pages

    def files(self) -> list[str]:
        """Return the site's pages, as paths below its address."""
        found = (str(path.relative_to(self.html)) for path in self.html.rglob("*.html"))
        return sorted(name for name in found if not name.startswith(COPIED))


def answers(served: Served) -> Callable[[Route], None]:
    """Return what answers the requests of a page from the directory, as a web server would.

    None is needed, then: a browser gives up what it loads from one whenever a lab
    beside it makes or removes a network.
    """

    def answer(route: Route) -> None:
        path = unquote(urlsplit(route.request.url).path).lstrip("/")
        file = served.html / (f"{path}index.html" if path.endswith("/") or not path else path)
        if not route.request.url.startswith(f"{ADDRESS}/"):
            route.abort("blockedbyclient")
        elif path == "favicon.ico":  # a browser looks for it by itself
            route.fulfill(status=HTTPStatus.NO_CONTENT)
        elif file.is_file():
            route.fulfill(path=file)
        else:
            lost = served.html / "404.html"  # the tutorial has one
            text = lost.read_text(encoding="utf-8") if lost.is_file() else ""
            route.fulfill(status=HTTPStatus.NOT_FOUND, content_type="text/html", body=text)

    return answer


def build(docs: str, work: Path) -> Served:
    """Build a site.

    Args:
        docs: the directory of its conf.py, relative to the project.
        work: a directory that all workers of this run share; the first of them builds.
    """
    place = work / docs.replace("/", "-")
    place.mkdir(exist_ok=True)
    html, built = place / "html", place / "built"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            sphinx = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "--keep-going"]
            folders = ["-d", str(place / "doctrees"), str(ROOT / docs), str(html)]
            subprocess.run([*sphinx, "-b", "html", *folders], check=True)
            built.touch()
    return Served(docs=ROOT / docs, html=html)


def listen(page: Page, problems: list[str]) -> None:
    """Note what a page must not do: complain, fail, or ask another host for something."""

    def note(problem: str) -> None:
        problems.append(f"{page.url}: {problem}")

    def said(message: ConsoleMessage) -> None:
        note(f"{message.text} ({message.location['url']})")

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{ADDRESS}/", "data:")):
            note(f"it asks for {request.url}, which is not of this site")

    page.on("console", said)
    page.on("pageerror", lambda error: note(str(error)))
    page.on("request", asked)
