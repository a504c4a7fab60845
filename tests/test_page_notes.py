# SPDX-License-Identifier: Apache-2.0
"""Each page says what the last run says of it, and nothing where there was none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from conftest import Sites, Snapshot

from doclab import ledger
from doclab.model import BlockResult, Fate, Ledger

VERSIONS = {"workerd": "1.0", "podman": "5.4.2", "distribution": "Debian GNU/Linux 13 (trixie)"}
TWO = "# T\n\n```console\nadmin@server$ echo a\na\n```\n\n```bash\necho b\n```\n"
TESTED_WITH = "\n```{tested-with}\n```\n"
Change = Callable[[BlockResult], BlockResult]


def passed(result: BlockResult) -> BlockResult:
    """Leave the result alone."""
    return result


def b_fails(result: BlockResult) -> BlockResult:
    """Let the block `echo b` fail."""
    if result.block.text != "echo b":
        return result
    return dataclasses.replace(result, fate=Fate.FAILED, reason="its status is 1.")


def run(sites: Sites, change: Change = passed, *, complete: bool = True) -> None:
    """Write the ledger of a run of the site in which all passed, but for a change."""
    results = [
        BlockResult(
            block=block,
            scenario="all",
            variant="only",
            fate=Fate.PASSED,
            reason="",
            seconds=1.0,
            user="admin",
        )
        for page in sites.collect().pages
        for block in page.blocks
    ]
    whole = Ledger(
        results=tuple(map(change, results)),
        versions=VERSIONS,
        complete=complete,
        started="2026-11-24T06:00:00+00:00",
    )
    write(sites, ledger.dump(whole))


def write(sites: Sites, text: str, name: str = "ledger.json") -> None:
    """Write a file of a run."""
    folder = sites.root / "build" / "doctest"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def says(sites: Sites, page: str = "index.html") -> tuple[list[str], list[str]]:
    """Write the site without a warning; return a page's notes and marks."""
    assert sites.html() == ""
    return sites.paragraphs("note", page), sites.paragraphs("unverified", page)


def test_notes(sites: Sites) -> None:
    """The note has the number, the day and the versions; a block has its mark."""
    sites.write(index=TWO)
    run(sites, b_fails)
    wanted = (
        "1 of 2 command blocks on this page passed in the last run, on 24 November 2026 with"
        " Podman 5.4.2 and workerd 1.0 on Debian GNU/Linux 13 (trixie); the others are marked."
    )
    assert says(sites) == ([wanted], ["Not verified in the last run: failed: its status is 1."])
    text = (sites.root / "html" / "index.html").read_text(encoding="utf-8")
    order = ["<h1>", "doclab-note", "<pre>", "doclab-label", "doclab-unverified"]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert places[-1] < text.rindex("<pre>")


def test_another_ledger_is_noticed(sites: Sites) -> None:
    """Pages that did not change are written again; without a ledger they say nothing."""
    sites.write(index=f"{TWO}{TESTED_WITH}")
    index = sites.root / "html" / "index.html"
    assert says(sites) == ([], [])
    assert "doclab-tested-with" not in index.read_text(encoding="utf-8")
    run(sites)
    assert says(sites)[0][0].startswith("All 2")
    assert "doclab-tested-with" in index.read_text(encoding="utf-8")
    run(sites, b_fails)
    assert says(sites)[0][0].startswith("1 of 2")
    run(sites, complete=False)
    assert says(sites) == ([], [])


def test_a_page_that_changed(sites: Sites) -> None:
    """Only the block that is another one is not verified, also if its user is inferred."""
    sites.write(index=TWO)
    run(sites)
    sites.write(index=TWO.replace("\na\n", "\nc\n"))
    notes, marks = says(sites)
    assert marks == ["Not verified in the last run: new, or changed since."]
    assert notes[0].startswith("1 of 2")
    sites.write(index=TWO.replace("admin@", "root@"))
    assert len(says(sites)[1]) == 2


def test_the_report(sites: Sites) -> None:
    """It is copied and linked where there is one, from pages in folders too."""
    docs = sites.write(index="# I\n\n```{toctree}\na/b\n```\n")
    (docs / "a").mkdir()
    (docs / "a" / "b.md").write_text(TWO, encoding="utf-8")
    run(sites)
    write(sites, "<p>", "report.html")
    assert says(sites, "a/b.html")[0][0].endswith("(trixie). Test report")
    assert sites.paragraphs("note") == []  # the first page has no blocks
    copy = sites.root / "html" / "doctest.html"
    assert copy.read_text(encoding="utf-8") == "<p>"
    page = (sites.root / "html" / "a" / "b.html").read_text(encoding="utf-8")
    assert 'href="../doctest.html#a/b"' in page
    (sites.root / "build" / "doctest" / "report.html").unlink()
    assert says(sites, "a/b.html")[0][0].endswith("(trixie).")
    assert not copy.exists()


def test_a_page_with_the_name_of_the_report(sites: Sites) -> None:
    """The page stays, and no link claims that it is the report."""
    sites.write(index=f"{TWO}\n```{{toctree}}\ndoctest\n```\n", doctest="# Mine\n")
    run(sites)
    write(sites, "<p>", "report.html")
    assert says(sites)[0][0].endswith("(trixie).")
    assert "Mine" in (sites.root / "html" / "doctest.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="no-json"),
        pytest.param('{"format": 0}', id="another-format"),
        pytest.param(
            '{"format": 1, "results": [], "versions": {}, "complete": true}', id="no-time"
        ),
    ],
)
def test_a_ledger_that_cannot_be_read(text: str, sites: Sites, snapshot: Snapshot) -> None:
    """It is a warning; the run, which writes a new one, does not mind."""
    sites.write(index=TWO)
    write(sites, text)
    snapshot(sites.html())
    assert sites.paragraphs("note") == []
    assert len(sites.collect().pages) == 1


def test_tested_with(sites: Sites, snapshot: Snapshot) -> None:
    """The table has all versions of the run."""
    sites.write(index=f"{TWO}{TESTED_WITH}")
    run(sites)
    assert sites.html("text") == ""
    snapshot((sites.root / "text" / "index.txt").read_text(encoding="utf-8").rstrip())


def test_a_mistake_in_conf(sites: Sites) -> None:
    """It is said once, and the pages are written without labels."""
    docs = sites.write(index=TWO, other=TWO)
    with (docs / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write("doclab_judges = {'*.js': ''}\n")
    assert sites.html().count("doclab_judges has no command for '*.js'") == 1
    assert (sites.root / "html" / "index.html").is_file()


def test_conf_elsewhere(sites: Sites) -> None:
    """As in `sphinx-build -c conf docs out`; or there is none at all."""
    docs = sites.write(index=TWO)
    (sites.root / "conf").mkdir()
    (docs / "conf.py").rename(sites.root / "conf" / "conf.py")
    assert sites.html(conf="conf") == ""
    extensions = ["myst_parser", "sphinx_tabs.tabs", "doclab"]
    assert sites.html("dirhtml", conf=None, given={"extensions": extensions}) == ""
    assert "sphinx-tabs" not in (sites.root / "dirhtml" / "index.html").read_text(encoding="utf-8")


TABS = "# T\n\n`````{tabs}\n````{tab} A\n```bash\necho a\n```\n````\n`````\n"


@pytest.mark.filterwarnings("ignore:'sphinxcontrib.serializinghtml")
@pytest.mark.parametrize("builder", ["json", "dirhtml"])
def test_tabs_for_other_builders(builder: str, sites: Sites) -> None:
    """Where sphinx-tabs puts tabs one below another, nothing is wrong with the page."""
    sites.write(index=TABS)
    assert sites.html(builder) == ""


def test_an_extension_that_takes_blocks_away(sites: Sites) -> None:
    """It may come later in conf.py: what no reader sees gets no complaint."""
    docs = sites.write(index=f"{TWO}\n````{{ifconfig}} False\n```zsh\necho c\n```\n````\n")
    with (docs / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write("extensions = sorted([*extensions, 'sphinx.ext.ifconfig'])\n")
    assert sites.html() == ""


def test_a_translation(sites: Sites) -> None:
    """The line of prerequisites is the same in each language: it names pages."""
    docs = sites.write(
        index=f"# Title\n\n```{{toctree}}\nother\n```\n\nText.\n\n{TWO[5:]}",
        other=f"# Other\n\n```{{prerequisites}} index\n```\n\n{TWO[5:]}",
    )
    sites.html("gettext")
    found = (sites.root / "gettext" / "other.pot").read_text(encoding="utf-8")
    assert "Other" in found
    assert "Do first" not in found
    folder = docs / "locales" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    for name, english, german in (
        ("other", "Do first: index", "Zuerst"),
        ("index", "Text.", "Deutsch."),
    ):
        (folder / f"{name}.po").write_text(
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
            f'msgid "{english}"\nmsgstr "{german}"\n',
            encoding="utf-8",
        )
    assert sites.html(language="de") == ""
    assert "Deutsch." in (sites.root / "html" / "index.html").read_text(encoding="utf-8")
    assert 'href="index.html"' in (sites.root / "html" / "other.html").read_text(encoding="utf-8")
