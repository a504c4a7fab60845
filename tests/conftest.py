# SPDX-License-Identifier: Apache-2.0
"""What several test modules share: snapshots, local terminals, small sites."""

from __future__ import annotations

import html
import io
import logging
import os
import re
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from doclab.collect import collect
from doclab.engine import Engine
from doclab.images import Images
from doclab.lab import Lab
from doclab.lab_plan import LabPlan
from doclab.model import Block, Command, Location, Page, Placeholder, Scenario, Tab
from doclab.outcome import Outcome
from doclab.screen import clean
from doclab.site import Site
from doclab.terminal import Terminal

TESTS = Path(__file__).resolve().parent
ROOTS = TESTS / "roots"
SNAPSHOTS = TESTS / "snapshots"
INTEGRATION = TESTS.parent / "lab" / "machine" / "integration.bash"
NONCE = "0123456789abcdef"
PATIENCE = 20.0  # seconds until a test gives up waiting

# How long an example takes says more about the machine than about the code.
settings.register_profile("doclab", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("doclab")

# Each start of Sphinx logs hundreds of lines that no test reads.
logging.disable(logging.DEBUG)

Snapshot = Callable[[str], None]
Open = Callable[[], Terminal]


def pytest_configure(config: pytest.Config) -> None:
    """Let pass what other projects' Sphinx extensions use that Sphinx 11 removes."""
    config.addinivalue_line(
        "filterwarnings", r"ignore:'(myst_parser|sphinx_tabs|sphinx.environment)[.].* is deprecated"
    )


def pytest_xdist_auto_num_workers() -> int:
    """Return more workers than processors: many tests wait for what a shell prints."""
    return len(os.sched_getaffinity(0)) + 2


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Put back what a test has done with signals: programs inherit what is ignored."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    if before[signal.SIGINT] is signal.SIG_IGN:  # as in a background job of a script
        before[signal.SIGINT] = signal.default_int_handler
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def _not_on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the verdicts of runs that tests make out of the summary of the job that tests."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def interrupt_after() -> Iterator[Callable[[Path], None]]:
    """Return a function that presses Ctrl-C, for this process alone, once a file is there."""
    before = signal.getsignal(signal.SIGALRM)

    def begin(path: Path) -> None:
        def look(*_arguments: object) -> None:
            if path.exists():
                signal.setitimer(signal.ITIMER_REAL, 0)
                raise KeyboardInterrupt

        signal.signal(signal.SIGALRM, look)
        signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)

    yield begin
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """Compare a text with a committed one; UPDATE_SNAPSHOTS=1 writes it instead."""
    folder = SNAPSHOTS / request.path.stem.removeprefix("test_")
    name = request.node.name.removeprefix("test_").replace("[", "-").removesuffix("]")
    path = folder / f"{re.sub('[^A-Za-z0-9.-]+', '-', name)}.txt"

    def check(text: str) -> None:
        if os.environ.get("UPDATE_SNAPSHOTS"):
            folder.mkdir(exist_ok=True)
            path.write_text(f"{text}\n", encoding="utf-8")
        assert path.is_file(), f"{path} is not there; UPDATE_SNAPSHOTS=1 writes it."
        assert f"{text}\n" == path.read_text(encoding="utf-8")

    return check


def shell(home: Path, nonce: str = NONCE) -> list[str]:
    """Return the command line of a local shell with the lab's integration."""
    return [
        "env",
        "--ignore-environment",
        "--default-signal=PIPE",  # Python ignores it, and a login shell does not
        f"--chdir={home}",
        f"HOME={home}",
        f"PATH={os.environ['PATH']}",
        "LANG=C.UTF-8",
        f"DOCLAB_NONCE={nonce}",
        "bash",
        "--rcfile",
        str(INTEGRATION),
        "-i",
    ]


class LocalLab(Lab):
    """A lab whose machines are shells on this computer, each in a directory."""

    def __init__(self, home: Path, stop: threading.Event | None = None) -> None:
        """Prepare; no container engine is ever called."""
        engine = Engine(command=("false",), run_flags=(), build_flags=(), version="0")
        images = Images(machine="", registry="")
        plan = LabPlan(
            machines=("server", "laptop"), user="admin", images=images, repository="", snapshot=None
        )
        self.stop = stop or threading.Event()
        super().__init__(engine, plan, stop=self.stop, nonce=NONCE)
        self.home = home
        self.logins: list[str] = []

    def login(self, machine: str) -> list[str]:
        """Open a shell here."""
        self.logins.append(machine)
        home = self.home / machine
        home.mkdir(exist_ok=True)
        return shell(home)

    def journal(self, first: str, since: float) -> str:
        """Return a line that a test can recognise."""
        return f"journal of {first}"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LocalLab]:
    """Return a lab of local shells."""
    found = LocalLab(tmp_path)
    yield found
    found.close_terminals()


@pytest.fixture
def open_terminal(tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens a terminal which is at its prompt."""
    opened: list[Terminal] = []

    def start() -> Terminal:
        terminal = Terminal(shell(tmp_path), nonce=NONCE, stop=threading.Event())
        opened.append(terminal)
        assert first(terminal).problem is None
        return terminal

    yield start
    for terminal in opened:
        terminal.close()


def first(terminal: Terminal) -> Outcome:
    """Wait for the first prompt of a terminal."""
    outcome = terminal.wait_for_prompt(PATIENCE)
    assert outcome is not None
    return outcome


@pytest.fixture
def terminal(open_terminal: Open) -> Terminal:
    """Return a terminal that is at its prompt."""
    return open_terminal()


class Sites:
    """Makes small sites in a directory, and collects them."""

    def __init__(self, root: Path) -> None:
        """Take the directory that stands for the project."""
        self.root = root
        self.docs = root / "docs"

    def copy(self, name: str) -> Path:
        """Copy a site of tests/roots; return the directory of its conf.py."""
        shutil.copytree(ROOTS / name, self.docs)
        return self.docs

    def write(self, **pages: str) -> Path:
        """Write a site with these pages; return the directory of its conf.py."""
        self.docs.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOTS / "plain" / "conf.py", self.docs)
        for name, text in pages.items():
            (self.docs / f"{name}.md").write_text(text, encoding="utf-8")
        return self.docs

    def collect(self) -> Site:
        """Collect the site."""
        return collect(self.docs, root=self.root, work=self.root / "work")

    def html(
        self,
        builder: str = "html",
        *,
        conf: str | None = "docs",
        given: dict[str, object] | None = None,
        language: str = "en",
    ) -> str:
        """Write the site to root/html; return the warnings, without colors.

        Args:
            builder: what writes it, into a directory of this name.
            conf: directory of conf.py below the root; None if there is none.
            given: what the command line sets.
            language: that of the site.
        """
        overrides = {"language": language, **(given or {})}
        warnings = io.StringIO()
        with docutils_namespace():
            app = Sphinx(
                srcdir=self.docs,
                confdir=None if conf is None else self.root / conf,
                confoverrides=overrides,
                outdir=self.root / builder,
                doctreedir=self.root / f"{builder}-doctrees",
                buildername=builder,
                status=None,
                warning=warnings,
            )
            app.build()
        return clean(warnings.getvalue()).replace(str(self.root), "ROOT").strip()

    def paragraphs(self, kind: str, page: str = "index.html") -> list[str]:
        """Return the texts of the paragraphs of a class that we gave them."""
        text = (self.root / "html" / page).read_text(encoding="utf-8")
        found = re.findall(rf'<p class="doclab-{kind}">(.*?)</p>', text, flags=re.DOTALL)
        return [html.unescape(re.sub("<[^>]*>", "", inner)).strip() for inner in found]


@pytest.fixture
def sites(tmp_path: Path) -> Sites:
    """Return a maker of small sites."""
    return Sites(tmp_path.resolve())


def block(
    text: str = "true",
    *,
    page: str = "page",
    line: int = 1,
    expected: str | None = None,
    machine: str = "server",
    user: str | None = None,
    tabs: tuple[Tab, ...] = (),
    headings: tuple[str, ...] = ("Title",),
    placeholders: tuple[Placeholder, ...] = (),
    deadline: float = PATIENCE,
    status: int = 0,
    background: bool = False,
    skip: str | None = None,
    commands: tuple[Command, ...] | None = None,
) -> Block:
    """Return a block with one command, unless told otherwise."""
    command = Command(text=text, line=line + 1, user=user, expected=expected)
    return Block(
        page=page,
        location=Location(path=Path(f"docs/{page}.md"), line=line),
        headings=headings,
        tabs=tabs,
        language="console",
        machine=machine,
        user=user,
        text=text,
        commands=commands or (command,),
        placeholders=placeholders,
        deadline=deadline,
        status=status,
        background=background,
        skip=skip,
    )


def page(name: str, *blocks: Block, after: tuple[str, ...] = ()) -> Page:
    """Return a page."""
    return Page(
        name=name, path=Path(f"docs/{name}.md"), title=name.title(), after=after, blocks=blocks
    )


def scenario(*blocks: Block, name: str = "page") -> Scenario:
    """Return a scenario of these blocks."""
    pages = tuple(dict.fromkeys(item.page for item in blocks))
    return Scenario(name=name, pages=pages, variant=(), blocks=blocks)
