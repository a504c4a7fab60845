"""Collect pages and their blocks from the doctrees that Sphinx builds.

What a reader sees is what is collected: inclusions, tabs, notes and lists are
already resolved. Nothing is run here.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.dummy import DummyBuilder
from sphinx.errors import SphinxError

from doclab import commands, fences, users
from doclab.directives import AFTER, OPTIONS, STAYS, option_mistakes
from doclab.expect import parse_placeholder
from doclab.limits import SCENARIO
from doclab.model import Answer, Block, CleanUp, Command, DoclabError, Location, Page, Tab
from doclab.screen import clean


class CollectBuilder(DummyBuilder):
    """A builder that reads the pages as the HTML builder does, and writes nothing."""

    name = "doclab"
    epilog = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """What the site's conf.py says about the lab."""

    machines: tuple[str, ...]  # the first is where blocks without a prompt run
    user: str  # who logs in on a machine at the start of a page
    recipe: Path  # directory of the lab's images
    repository: str  # address from which pages clone this project
    versions: dict[str, str]  # for the ledger, of what no machine can tell
    deadline: float = SCENARIO  # seconds for each scenario
    #: base image of each lab by its name; the first is the default
    labs: dict[str, str] = dataclasses.field(default_factory=dict)

    def lab(self, name: str | None) -> str:
        """Return the name of a lab that there is; None means the default.

        Raises:
            DoclabError: if there is none of this name.
        """
        if name is None and self.labs:
            return next(iter(self.labs))
        if name not in self.labs:
            raise DoclabError(
                f"there is no lab {name!r}; there are {', '.join(self.labs)}."
                if self.labs
                else "doclab_labs in conf.py names no lab; leave it out, or name one."
            )
        return name


@dataclasses.dataclass(frozen=True, kw_only=True)
class Site:
    """All that was collected."""

    root: Path  # of the project; locations are relative to it
    settings: Settings
    pages: tuple[Page, ...]  # in the order of their names


def collect(docs: Path, *, root: Path, work: Path) -> Site:
    """Read a Sphinx project.

    Args:
        docs: directory with conf.py.
        root: directory to which locations are relative.
        work: directory for Sphinx's own files, not shared with other builders.

    Raises:
        DoclabError: for each mistake of a page's author, all in one message.
    """
    if not (docs / "conf.py").is_file():
        raise DoclabError(f"{docs}: there is no conf.py here; name the directory of the pages.")
    messages = io.StringIO()
    try:
        app = Sphinx(
            srcdir=docs,
            confdir=docs,
            outdir=work / "out",
            doctreedir=work / "doctrees",
            buildername="doclab",
            status=None,
            warning=messages,
            keep_going=True,
            tags=["html"],  # what is `only` for HTML is read, and so is run
        )
        app.build()
    except SphinxError as error:
        raise DoclabError(f"{docs}/conf.py: Sphinx cannot read this site: {error}") from error
    settings = settings_of(app)
    errors = [line for line in clean(messages.getvalue()).split("\n") if line.strip()]
    pages = []
    for name in sorted(app.env.found_docs):
        doctree = app.env.get_and_resolve_doctree(name, app.builder, tags=app.tags)
        path = Path(app.env.doc2path(name))
        reader = PageReader(doctree, name=name, path=path, root=root, settings=settings)
        pages.append(reader.page())
        errors += reader.errors
    names = {page.name for page in pages}
    for page in pages:
        errors += [
            f"{page.path}: the page names {after!r} as one to do first, and there is no such page."
            for after in page.after
            if after not in names
        ]
    if errors:
        raise DoclabError("\n".join(dict.fromkeys(errors)))
    if not any(page.blocks for page in pages):
        raise DoclabError(f"{docs}: no page has a block to run; there is nothing to test.")
    return Site(root=root, settings=settings, pages=tuple(pages))


def settings_of(app: Sphinx) -> Settings:
    """Return what the site's conf.py says."""
    return Settings(
        machines=tuple(app.config.doclab_machines),
        user=app.config.doclab_user,
        recipe=(app.srcdir / app.config.doclab_recipe).resolve(),
        repository=app.config.doclab_repository,
        versions=dict(app.config.doclab_versions),
        labs=dict(app.config.doclab_labs),
        deadline=_deadline(app.config.doclab_deadline, Path(app.srcdir)),
    )


class PageReader:
    """Reads one page, noting each mistake and going on."""

    def __init__(
        self, doctree: nodes.document, *, name: str, path: Path, root: Path, settings: Settings
    ) -> None:
        """Take a page whose references are resolved.

        Args:
            doctree: the page, as a builder for HTML gets it.
            name: Sphinx's name of the page.
            path: its file.
            root: directory to which locations are relative.
            settings: what the site's conf.py says.
        """
        self.doctree = doctree
        self.name = name
        self.path = path
        self.root = root
        self.settings = settings
        self.errors: list[str] = []  # mistakes of the page's author
        self.nodes: list[nodes.literal_block] = []  # of the page's blocks, in their order
        self._fences: dict[Path, fences.Fences] = {}
        self._sets: dict[nodes.Element, dict[str, str]] = {}  # labels of tabs, by id of the tab

    def page(self) -> Page:
        """Return the page with its blocks; fill `nodes` and `errors`."""
        after: list[str] = []
        for paragraph in self.doctree.findall(nodes.paragraph):
            after += paragraph.get(AFTER, [])
        title = next(self.doctree.findall(nodes.title), None)
        blocks = users.settle(self._blocks(), self.settings.user)
        for path in {self.path, *(self.root / block.location.path for block in blocks)}:
            self.errors += [
                f"{self._relative(path)}:{fence.line}: this fence is never closed;"
                " end it with a line of as many characters as it starts with."
                for fence in self._fences_of(path).unclosed
            ]
        return Page(
            name=self.name,
            path=self._relative(self.path),
            title=title.astext() if title is not None else self.name,
            after=tuple(after),
            blocks=blocks,
            clean_up=self._clean_up(),
        )

    def _clean_up(self) -> CleanUp | None:
        for node in self.doctree.findall(nodes.container):
            if STAYS in node:
                source = self._relative(Path(node.source or self.path))
                place = Location(path=source, line=node.line or 1)
                return CleanUp(location=place, stays=dict(node[STAYS]))
        return None

    def _blocks(self) -> Iterator[Block]:
        for node in self.doctree.findall(nodes.literal_block):
            if "source" in node:  # a file that is shown, not something to run
                continue
            language = str(node.get("language", ""))
            options = node.get(OPTIONS)
            fence = self._locate(node)
            if language not in commands.LANGUAGES:
                self._complain_about_language(node, language, fence[0], options)
                continue
            try:
                block = self._block(node, language, options or {}, *fence)
            except DoclabError as error:
                self.errors.append(str(error))
                continue
            self.nodes.append(node)
            yield block

    def _block(
        self,
        node: nodes.literal_block,
        language: str,
        options: dict[str, object],
        location: Location,
        first: Location,
    ) -> Block:
        text = node.astext()
        parsed = commands.parse(
            text, language=language, first=first, continues="continues" in options
        )
        session = commands.is_session(text, language)
        for mistake in option_mistakes(options, parsed, session=session):
            raise DoclabError(f"{location}: {mistake}")
        machine = self._machine(parsed, options, location)
        return Block(
            page=self.name,
            location=location,
            headings=_headings(node),
            tabs=_tabs(node, self._sets),
            language=language,
            machine=machine,
            user=_stated_user(parsed, options, location),
            text=text.rstrip("\n"),
            commands=parsed,
            placeholders=tuple(
                parse_placeholder(item) for item in _strings(options.get("vary", []))
            ),
            terminal=_text(options, "terminal") or "",
            deadline=float(str(options.get("deadline", 60.0))),
            status=int(str(options.get("status", 0))),
            wait=float(str(options.get("wait", 0.0))),
            steady=int(str(options.get("steady", 1))),
            json="json" in options,
            answers=tuple(
                Answer(question=question, text=answer, shown=shown)
                for key, shown in (("answer", True), ("secret", False))
                for question, answer in _pairs(options.get(key, []))
            ),
            running="running" in options,
            continues="continues" in options,
            background="background" in options,
            restart="restart" in options,
            skip=_text(options, "skip"),
        )

    def _machine(
        self,
        parsed: Sequence[Command],
        options: dict[str, object],
        location: Location,
    ) -> str:
        named = {command.machine: command.line for command in reversed(parsed) if command.machine}
        if "on" in options:
            named[str(options["on"])] = location.line
        for machine, line in named.items():
            if machine not in self.settings.machines:
                raise DoclabError(
                    f"{location.path}:{line}: there is no machine {machine!r} in the lab;"
                    f" it has {', '.join(self.settings.machines)}."
                )
        if len(named) > 1:
            raise DoclabError(
                f"{location}: the block runs on {' and '.join(sorted(named))};"
                " make it a block for each machine."
            )
        return next(iter(named), self.settings.machines[0])

    def _complain_about_language(
        self, node: nodes.literal_block, language: str, location: Location, options: object
    ) -> None:
        if language in commands.FOREIGN_LANGUAGES or options is not None:
            self.errors.append(
                f"{location}: a block in {language!r}, which nobody runs; write it as"
                f" {', '.join(sorted(commands.LANGUAGES))}, or as `text` if it is no command."
            )
        elif commands.looks_like_session(node.astext()):
            self.errors.append(
                f"{location}: this block starts with a prompt, but its language is"
                f" {language!r}, which nobody runs; write ```console."
            )

    def _locate(self, node: nodes.literal_block) -> tuple[Location, Location]:
        """Return where the fence is, and where its content starts."""
        source = Path(node.source or self.path)
        hint = node.line or 1
        fence = self._fences_of(source).take(node.astext(), hint)
        relative = self._relative(source)
        if fence is None:
            return Location(path=relative, line=hint), Location(path=relative, line=hint + 1)
        return Location(path=relative, line=fence.line), Location(path=relative, line=fence.first)

    def _fences_of(self, path: Path) -> fences.Fences:
        if path not in self._fences:
            markdown = path.is_file() and path.suffix == ".md"
            self._fences[path] = fences.Fences(fences.find(path) if markdown else [])
        return self._fences[path]

    def _relative(self, path: Path) -> Path:
        resolved = path.resolve()
        return resolved.relative_to(self.root) if resolved.is_relative_to(self.root) else resolved


def _deadline(value: object, docs: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise DoclabError(
            f"{docs}/conf.py: doclab_deadline is a number of seconds greater than 0, not {value!r}."
        )
    return float(value)


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _pairs(value: object) -> list[tuple[str, str]]:
    return [(str(a), str(b)) for a, b in value] if isinstance(value, list) else []


def _text(options: dict[str, object], key: str) -> str | None:
    return str(options[key]).strip() if key in options else None


def _stated_user(
    parsed: Sequence[Command], options: dict[str, object], location: Location
) -> str | None:
    """Return the user that `:as:` names; `users` finds the others."""
    named = next((command.user for command in parsed if command.user), None)
    stated = _text(options, "as")
    if stated and named:
        raise DoclabError(
            f"{location}: `:as: {stated}` is for a block without prompts, and this one"
            f" has the prompt of {named}; leave the option out."
        )
    return stated


def _headings(node: nodes.Node) -> tuple[str, ...]:
    found = []
    parent = node.parent
    while parent is not None:
        if isinstance(parent, nodes.section):
            found.append(parent[0].astext())
        parent = parent.parent
    return tuple(reversed(found))


def _tabs(node: nodes.Node, sets: dict[nodes.Element, dict[str, str]]) -> tuple[Tab, ...]:
    """Return the tabs around a block, from sphinx-tabs' nodes.

    Args:
        node: the block.
        sets: the sets of tabs that were read before; new ones are added.
    """
    found: list[Tab] = []
    panel = node.parent
    while panel is not None:
        if isinstance(panel, nodes.Element) and "sphinx-tabs-panel" in panel.get("classes", ()):
            tabs = panel.parent
            if tabs not in sets:
                sets[tabs] = {
                    child["ids"][0]: child.astext().strip()
                    for child in tabs.findall(nodes.Element)
                    if child.get("role") == "tab" and _nearest_set(child) is tabs
                }
            label = sets[tabs][panel["aria-labelledby"]]
            found.append(Tab(group=tuple(sets[tabs].values()), label=label))
        panel = panel.parent
    return tuple(reversed(found))


def _nearest_set(node: nodes.Node) -> nodes.Node | None:
    parent = node.parent
    while parent is not None and "sphinx-tabs" not in parent.get("classes", ()):
        parent = parent.parent
    return parent
