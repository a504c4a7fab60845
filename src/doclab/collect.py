# SPDX-License-Identifier: Apache-2.0
"""Collect pages and their blocks from the doctrees that Sphinx builds.

What a reader sees is what is collected: inclusions, tabs, notes and lists are
already resolved. Nothing is run here.
"""

from __future__ import annotations

import io
import os
import traceback
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders.dummy import DummyBuilder
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace

from doclab import expectation_lint, memory, settings
from doclab.complaints import broken_conf, complaints
from doclab.model import DoclabError
from doclab.page_reader import PageReader
from doclab.project_lock import ProjectLock
from doclab.screen import clean
from doclab.site import Site
from doclab.sources import Sources


class CollectBuilder(DummyBuilder):
    """A builder that reads the pages as the HTML builder does, and writes nothing."""

    name = "doclab"
    epilog = ""

    def __init__(self, app: Sphinx, env: BuildEnvironment) -> None:
        """See with `only` what a reader of the HTML sees."""
        super().__init__(app, env)
        for tag in (self.name, f"builder_{self.name}", "format_"):
            self.tags.remove(tag)
        for tag in ("html", "builder_html", "format_html"):
            self.tags.add(tag)


def keep_tabs(_app: Sphinx, config: Config) -> None:
    """Let sphinx-tabs keep tabs as tabs for our builder; it would put them one below another."""
    name = "sphinx_tabs_valid_builders"
    if name in config:  # else the site has no sphinx-tabs
        config[name] = [*config[name], CollectBuilder.name]


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
        shown = os.path.relpath(docs, root)
        raise DoclabError(f"{shown}: there is no conf.py here; name the directory of the pages.")
    work.mkdir(parents=True, exist_ok=True)
    with ProjectLock(work).to_change():  # another run of this project may read it now
        return _collect(docs, root=root, work=work)


def _collect(docs: Path, *, root: Path, work: Path) -> Site:
    """Read a Sphinx project, with a work directory of one's own."""
    before, messages = memory.world(root), io.StringIO()
    # Sphinx tells of most mistakes when it reads a page, and reads it only once: what
    # it keeps is of use only if the last reading came to its end without a mistake.
    unfinished = work / "unfinished"
    fresh = unfinished.exists()
    unfinished.touch()
    with docutils_namespace():  # so that another site can be read after this one
        try:
            app = _sphinx(docs, work, messages, fresh=fresh)
        except SphinxError as error:
            raise DoclabError(broken_conf(str(error), docs=docs, root=root)) from error
        _build(app, root)
        found = settings.read(app.config, docs, root=root)
        pages, mistakes = [], []
        for name in sorted(app.env.found_docs):
            doctree = app.env.get_and_resolve_doctree(name, app.builder, tags=app.tags)
            path = Path(app.env.doc2path(name))
            reader = PageReader(doctree, name=name, path=path, root=root, settings=found)
            pages.append(reader.page())
            mistakes += reader.errors
        errors = complaints(clean(messages.getvalue()), docs=docs, root=root) + mistakes
    names = {page.name for page in pages}
    for page in pages:
        errors += [
            f"{page.after_at or page.path}: there is no page {after!r} to do first."
            for after in page.after
            if after not in names and not any(f"no page {after!r}" in said for said in errors)
        ]
    errors += expectation_lint.clashes(pages)
    if errors:
        raise DoclabError("\n".join(dict.fromkeys(errors)))
    unfinished.unlink()
    if not any(page.blocks for page in pages):
        shown = os.path.relpath(docs, root)
        raise DoclabError(f"{shown}: no page has a block to run; there is nothing to test.")
    site = Site(root=root, docs=docs, settings=found, pages=tuple(pages))
    included = {
        name: [docs / other for other in app.env.dependencies.get(name, ())]
        for name in app.env.found_docs
    }
    memory.note(site, included=included, before=before, work=work)
    return site


def _build(app: Sphinx, root: Path) -> None:
    """Read the pages, which for Sphinx is a build."""
    try:
        app.build()
    except SphinxError as error:
        place = os.path.relpath(app.confdir, root)
        raise DoclabError(f"{place}: Sphinx cannot read this site: {error}") from error
    except (KeyError, IndexError) as error:
        # sphinx-tabs stops in this way where there is no set around a tab.
        if "sphinx_tabs" not in "".join(traceback.format_exception(error)[-3:]):
            raise
        page = Path(app.env.doc2path(app.env.current_document.docname))
        raise DoclabError(
            f"{Sources(root, page).lonely_tab()}: a tab stands outside of a set of tabs; put"
            " `{tabs}` around it."
        ) from error


def _sphinx(docs: Path, work: Path, messages: io.StringIO, *, fresh: bool) -> Sphinx:
    return Sphinx(
        srcdir=docs,
        confdir=docs,
        outdir=work / "out",
        doctreedir=work / "doctrees",
        buildername="doclab",
        status=None,
        warning=messages,
        freshenv=fresh,
        keep_going=True,
        tags=["html"],  # for conf.py; the builder adds others
    )
