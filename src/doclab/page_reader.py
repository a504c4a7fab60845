# SPDX-License-Identifier: Apache-2.0
"""Read one page: its blocks, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from docutils import nodes

from doclab import block_options, commands, expectation_lint, languages, stated_needs, tabs, users
from doclab.directives import AFTER, OPTIONS, STAYS
from doclab.inline import mentions, shown_files
from doclab.kinds import parse_placeholder
from doclab.model import Answer, Block, CleanUp, Command, DoclabError, Location, Page
from doclab.settings import Settings
from doclab.sources import Sources


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
        self.sources = Sources(root, path)
        self.errors: list[str] = []  # mistakes of the page's author
        self.nodes: list[nodes.literal_block] = []  # of the page's blocks, in their order
        self._needs: stated_needs.Known = {}
        self.firsts: list[int] = []  # for each of them, the line of its first line of text

    def page(self) -> Page:
        """Return the page with its blocks; fill `nodes` and `errors`."""
        after: list[str] = []
        first: Location | None = None
        for paragraph in self.doctree.findall(nodes.paragraph):
            if AFTER in paragraph:
                after += paragraph[AFTER]
                first = first or self.sources.place(paragraph)
        title = next(self.doctree.findall(nodes.title), None)
        blocks = users.settle(self._blocks(), self.settings.user)
        self.errors += [
            f"{self.sources.place(node)}: {said}"
            for node, said in stated_needs.mistakes(self.doctree)
        ]
        self.errors += [
            f"{self.sources.tab(node)}: {said}" for node, said in tabs.mistakes(self.doctree)
        ]
        clean_up = self._clean_up()
        if clean_up is not None and not blocks:
            self.errors.append(
                f"{clean_up.location}: {{cleaned-up}} on a page without blocks, after which nothing"
                " is compared; move it to the page that cleans up."
            )
        files = {self.path, *(self.root / block.location.path for block in blocks)}
        self.errors += [
            f"{place}: this fence is never closed; end it with a line of as many characters"
            " as it starts with, and give a fence around others more than they have."
            for place in self.sources.unclosed(files)
        ]
        return Page(
            name=self.name,
            path=self.sources.relative(self.path),
            title=title.astext() if title is not None else self.name,
            after=tuple(after),
            blocks=blocks,
            clean_up=clean_up,
            after_at=first,
            mentions=tuple(mentions(self.doctree, self.sources)),
            shown=tuple(shown_files(self.doctree, self.sources, self._docs())),
        )

    def _docs(self) -> Path:
        """Return the directory of the site's pages."""
        return self.path.parents[self.name.count("/")]

    def _clean_up(self) -> CleanUp | None:
        for node in self.doctree.findall(nodes.container):
            if STAYS in node:
                return CleanUp(location=self.sources.place(node), stays=dict(node[STAYS]))
        return None

    def _blocks(self) -> Iterator[Block]:
        for node in self.doctree.findall(nodes.literal_block):
            language = str(node.get("language", "")).lower()  # Pygments takes any case
            if "source" in node:  # a file that is shown, not something to run
                if said := languages.complaint_about_file(language, node.astext()):
                    self.errors.append(f"{self.sources.place(node)}: {said}")
                continue
            options = node.get(OPTIONS)
            fence = self.sources.locate(node)
            if language not in commands.LANGUAGES:
                run = options is not None
                if said := languages.complaint(language, node.astext(), run=run):
                    self.errors.append(f"{fence[0]}: {said}")
                elif "language" in node:
                    place = f"{self.root / fence[0].path}:{fence[0].line}"
                    languages.look_up(node["language"], node.astext(), location=place)
                continue
            try:
                block = self._block(node, language, options or {}, *fence)
            except DoclabError as error:
                self.errors.append(str(error))
                continue
            self.errors += expectation_lint.mistakes(block)
            self.nodes.append(node)
            self.firsts.append(fence[1].line)
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
        for mistake in block_options.mistakes(options, parsed, session=session):
            raise DoclabError(f"{location}: {mistake}")
        machine = self._machine(parsed, options, location)
        return Block(
            page=self.name,
            location=location,
            headings=_headings(node),
            tabs=tabs.around(node, self.name),
            language=language,
            machine=machine,
            user=_stated_user(parsed, options, location),
            text=text.rstrip("\n"),
            commands=parsed,
            placeholders=tuple(
                parse_placeholder(item) for item in _strings(options.get("vary", []))
            ),
            needs=stated_needs.around(node, self._needs),
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
            untried=_text(options, "untried"),
            same=_text(options, "same"),
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


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _pairs(value: object) -> list[tuple[str, str]]:
    return [(str(a), str(b)) for a, b in value] if isinstance(value, list) else []


def _text(options: dict[str, object], key: str) -> str | None:
    return str(options[key]) if key in options else None


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
