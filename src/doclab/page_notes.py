# SPDX-License-Identifier: Apache-2.0
"""What the site says of itself: a label and a mark at each block, a note on each page.

It also tells what of a block is typed, for the copy button.

All of it is added to a page that is about to be written. What Sphinx has read is
left alone, so the builder that collects the blocks never sees it.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.builders.singlehtml import SingleFileHTMLBuilder
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from doclab import ledger as ledger_file
from doclab import settings, tabs, verdicts
from doclab.collect import CollectBuilder
from doclab.labels import decorate, labels
from doclab.model import DoclabError, Ledger
from doclab.page_reader import PageReader
from doclab.typed import tell_typed

PAGE = "doctest"  # the report's place in the site, if there is no page of that name
REPORT = f"{PAGE}.html"
STYLESHEET = "doclab.css"
_logger = logging.getLogger(__name__)


class tested_with(nodes.General, nodes.Element):  # noqa: N801 - as docutils names nodes
    """The place of the table of versions."""


class TestedWithDirective(SphinxDirective):
    """The versions of the last run, as a table; nothing if there was none."""

    def run(self) -> list[nodes.Node]:
        """Return the place; what stands there is known when the page is written."""
        return [tested_with()]


class PageNotes:
    """The ledger of the last run, and what the pages say of it."""

    def __init__(self) -> None:
        """Know of no run yet."""
        self.ledger: Ledger | None = None
        self.report: Path | None = None
        self.settings: settings.Settings | None = None  # None: conf.py has a mistake

    def note_changes(self, app: Sphinx, config: Config) -> None:
        """Let Sphinx write all pages again when the ledger is another one."""
        path = _ledger_path(app)
        digest = hashlib.sha256()
        if path.is_file():
            digest.update(path.read_bytes())
            digest.update(str(_report_path(path).is_file()).encode())
        config.doclab_ledger_digest = digest.hexdigest()

    def load(self, app: Sphinx) -> None:
        """Read the settings, and the ledger if there is one and it is of the whole site."""
        self.ledger = self.report = self.settings = None
        if _has_pages(app):
            try:
                self.settings = settings.read(app.config, Path(app.confdir), root=Path.cwd())
            except DoclabError as error:
                _logger.warning("%s", error, type="doclab", subtype="conf")
        path = _ledger_path(app)
        # A run must start, whatever the one before left behind.
        if app.builder.name == CollectBuilder.name or not path.is_file():
            return
        try:
            found = ledger_file.read(path)
            if not found.complete:
                return
            _check_times(found, path)
        except (DoclabError, OSError) as error:
            _logger.warning("%s", error, type="doclab", subtype="ledger")
            return
        self.ledger = found
        if _report_path(path).is_file() and _has_pages(app):
            self.report = _report_path(path)

    def write(self, app: Sphinx, doctree: nodes.document, name: str) -> None:
        """Say on a page what there is to say."""
        for table in list(doctree.findall(tested_with)):
            table.replace_self(self._table(app, name))
        if self.settings is None or tabs.flattened(doctree):
            return
        reader = PageReader(
            doctree,
            name=name,
            path=Path(app.env.doc2path(name)),
            root=Path.cwd(),
            settings=self.settings,
        )
        page = reader.page()
        for mistake in reader.errors:
            _logger.warning("%s", mistake, type="doclab", subtype="page")
        found = verdicts.judge(page, self.ledger) if self.ledger is not None else ()
        marks = [verdict.reason for verdict in found] or [""] * len(page.blocks)
        said = zip(labels(page.blocks), marks, strict=True)
        read = zip(reader.nodes, page.blocks, reader.firsts, strict=True)
        for (node, block, first), (label, mark) in zip(read, said, strict=True):
            decorate(tell_typed(node, block, first=first), *label, mark)
        if self.ledger is not None and found:
            text = verdicts.sentence(found, self.ledger.versions)
            place = f"#{quote(name, safe='/:')}"  # as the report calls the page
            _after_title(doctree, self._paragraph(app, name, text, "note", place))

    def copy_report(self, app: Sphinx, exception: Exception | None) -> None:
        """Put the report into the site."""
        if exception is not None or not _has_pages(app) or PAGE in app.project.docnames:
            return
        target = Path(app.outdir) / REPORT
        if self.report is not None:
            shutil.copyfile(self.report, target)
        else:
            target.unlink(missing_ok=True)

    def _table(self, app: Sphinx, name: str) -> list[nodes.Node]:
        if self.ledger is None:
            return []
        rows = [("Tested with", "Version"), *verdicts.named_versions(self.ledger.versions)]
        group = nodes.tgroup(cols=2)
        group += [nodes.colspec(colwidth=50) for _ in range(2)]
        lines = [
            nodes.row("", *(nodes.entry("", nodes.paragraph(text=cell)) for cell in row))
            for row in rows
        ]
        group += nodes.thead("", lines[0])
        group += nodes.tbody("", *lines[1:])
        table = nodes.table("", group, classes=["doclab-tested-with"])
        return [self._paragraph(app, name, verdicts.closing(self.ledger), "last-run"), table]

    def _paragraph(
        self, app: Sphinx, name: str, text: str, kind: str, place: str = ""
    ) -> nodes.paragraph:
        """Return a text with a link to the report."""
        paragraph = nodes.paragraph(text=text, classes=[f"doclab-{kind}"])
        if self.report is not None and PAGE not in app.project.docnames:
            uri = relative_uri(app.builder.get_target_uri(name), REPORT) + place
            paragraph += nodes.Text(" ")
            paragraph += nodes.reference(text="Test report", refuri=uri, internal=True)
        return paragraph


def add_stylesheet(app: Sphinx) -> None:
    """Let Sphinx copy our stylesheet; the site's own come after it."""
    folder = Path(__file__).parent / "static"
    app.config.html_static_path = [str(folder), *app.config.html_static_path]


def _check_times(found: Ledger, path: Path) -> None:
    for time in (found.started, *(r.restored for r in found.results if r.restored)):
        try:
            verdicts.day(time)
        except ValueError as error:
            raise DoclabError(
                f"{path}: no ledger: the time {time!r} is not in ISO 8601; {ledger_file.REMEDY}."
            ) from error


def _after_title(doctree: nodes.document, note: nodes.paragraph) -> None:
    section = next(doctree.findall(nodes.section), None)
    if section is not None:
        section.insert(1, note)  # behind its title
    else:
        doctree.insert(0, note)


def _has_pages(app: Sphinx) -> bool:
    """Whether each page of the site becomes a page of HTML, beside which files can be."""
    builder = app.builder
    return (
        isinstance(builder, StandaloneHTMLBuilder)
        and not isinstance(builder, SingleFileHTMLBuilder)
        and builder.name != "epub"
    )


def _ledger_path(app: Sphinx) -> Path:
    return Path(app.confdir, str(app.config.doclab_ledger)).resolve()


def _report_path(ledger: Path) -> Path:
    return ledger.with_name("report.html")
