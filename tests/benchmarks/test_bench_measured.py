# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from claims import plots, views
from claims.record import Record
from records import record
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace


def build(folder: Path, page: str, found: Record | None, *, drawn: bool = True) -> tuple[str, str]:
    """Build a site of one page; return its HTML and what Sphinx warned of."""
    docs = folder / "docs"
    (docs / "_data").mkdir(parents=True)
    (docs / "_static").mkdir()
    (docs / "conf.py").write_text("extensions = ['myst_parser', 'measured']\n")
    (docs / "index.md").write_text(f"# Title\n\n{page}\n")
    if found is not None:
        (docs / "_data" / "bench.json").write_text(found.dump())
        if drawn:
            plots.write(found, docs / "_static")
    warnings = io.StringIO()
    with docutils_namespace():
        app = Sphinx(
            srcdir=docs, confdir=docs, outdir=folder / "out", doctreedir=folder / "trees",
            buildername="html", status=None, warning=warnings,
        )  # fmt: skip
        app.build()
    html = (folder / "out" / "index.html").read_text() if not app.statuscode else ""
    return html, re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue()).replace(f"{folder}/", "")


def page(name: str) -> str:
    return f"```{{measured}} {name}\n```"


def test_a_view_is_two_plots_with_words_and_a_table(tmp_path: Path) -> None:
    html, warnings = build(tmp_path, page("bulk"), record())
    assert not warnings
    assert html.count("<img") == 2
    for theme in views.THEMES:
        assert re.search(rf'<img alt="Dot plot, in GB/s[^"]*" class="only-{theme}"', html)
        assert (tmp_path / "out" / "_images" / f"bench-bulk-{theme}.svg").is_file()
    assert "<table" in html
    assert "not ranked (1 to 2)" in html
    assert "Not measured: slirp4netns, own handler." in html


def test_tables_and_conditions_have_no_plot(tmp_path: Path) -> None:
    names = ("targets", "idle", "conditions")
    html, warnings = build(tmp_path, "\n\n".join(map(page, names)), record())
    assert not warnings
    assert "<img" not in html
    assert html.count("<table") == 2
    assert '<span class="pre">nox</span>' in html


def test_without_a_record_each_view_is_one_sentence_and_the_build_is_green(tmp_path: Path) -> None:
    html, warnings = build(tmp_path, "\n\n".join(map(page, views.NAMES)), None)
    assert not warnings
    assert html.count("Not measured yet:") == len(views.NAMES)


def test_a_view_that_the_record_lacks_is_a_sentence(tmp_path: Path) -> None:
    html, warnings = build(tmp_path, page("proxies"), record())
    assert not warnings
    assert "Not measured in the run of 2026-11-24: proxies." in html


@pytest.mark.parametrize(
    ("name", "found", "drawn", "problem"),
    [
        ("speed", None, False, "there is no view 'speed'; there are bulk, bulk-laptop,"),
        ("bulk", record(), False, "_static/bench-bulk-light.svg is missing; `nox -s bench --"),
    ],
)
def test_mistakes_are_said_with_their_place(
    tmp_path: Path, name: str, found: Record | None, drawn: bool, problem: str
) -> None:
    _, warnings = build(tmp_path, page(name), found, drawn=drawn)
    assert "docs/index.md:3: ERROR" in warnings
    assert problem in warnings


def test_a_record_that_is_none_is_said(tmp_path: Path) -> None:
    broken = record(machine={})
    broken.dump = lambda: "{}"  # type: ignore[method-assign]
    _, warnings = build(tmp_path, page("targets"), broken, drawn=False)
    assert "this is no record of `nox -s bench`" in warnings
