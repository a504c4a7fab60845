# SPDX-License-Identifier: Apache-2.0
"""Each mistake that an author can make has its own message, with place and remedy."""

from __future__ import annotations

import argparse

import pytest
from conftest import SNAPSHOTS, Sites, Snapshot

from doclab import captures, expectation_lint, selection, settings
from doclab.model import DoclabError
from doclab.places import page_of
from doclab.plan import plan

BLOCK = "```bash\ntrue\n```\n"
TAB = f"````{{tab}} A\n{BLOCK}````\n"


def tabs(*parts: str) -> str:
    """Return a set of tabs, or of what should be tabs."""
    return f"`````{{tabs}}\n\n{''.join(parts)}\n`````\n"


PAGES = {
    "option-unknown": "```{run} bash\n:dedline: 3\n\ntrue\n```\n",
    "option-of-another-directive": f"```{{include}} x.md\n:lines: 3\n```\n\n{BLOCK}",
    "option-without-value": "```{run} bash\n:on:\n\ntrue\n```\n",
    "option-second": "```{run} bash\n:background:\n:status: x\n\ntrue\n```\n",
    "option-twice": "```{run} bash\n:answer: a=b\n:answer: c=d\n\ntrue\n```\n",
    "option-twice-in-yaml": "```{run} bash\n---\nwait: 3\nskip: no\nwait: 4\n---\ntrue\n```\n",
    "option-of-blanks": '```{run} bash\n:skip: " "\n\ntrue\n```\n',
    "flag-with-value": "```{run} bash\n:background: no\n\ntrue\n```\n",
    "status-too-large": "```{run} bash\n:status: 256\n\nfalse\n```\n",
    "user": "```{run} bash\n:as: the admin\n\ntrue\n```\n",
    "vary-nothing": "```{run} console\n:vary:\n\n$ echo a\na\n```\n",
    "option-answer": "```{run} bash\n:answer: yes\n\ntrue\n```\n",
    "run-without-language": "```{run}\n\ntrue\n```\n",
    "run-empty": "```{run} bash\n```\n",
    "output-without-command": "```console\nonly output\n```\n",
    "prompt-without-command": "```console\n$ \noutput\n```\n",
    "language": "```zsh\ntrue\n```\n",
    "language-with-a-slip": "```bahs\ntrue\n```\n",
    "language-with-a-quote": f"```bash'\ntrue\n```\n\n{BLOCK}",
    "language-that-nobody-knows": f"```qwertz\nx\n```\n\n{BLOCK}",
    "tab-without-label": tabs(f"````{{tab}}\n\n{BLOCK}````\n"),
    "group-tab-without-label": tabs(TAB, f"````{{group-tab}}\n\n{BLOCK}````\n"),
    "tab-in-a-tab": f"``````{{tabs}}\n`````{{tab}} B\n{BLOCK}{TAB}`````\n``````\n",
    "tab-empty": tabs(TAB, "````{tab} B\n````\n"),
    "tab-twice": tabs(TAB, TAB),
    "tabs-empty": tabs(),
    "tabs-without-tab": tabs(BLOCK),
    "tab-alone": f"{tabs(TAB)}\n{TAB}",
    "same-without-reason": "```{run} bash\n:same:\n\ntrue\n```\n",
    "stays-without-reason": f"{BLOCK}\n```{{cleaned-up}}\nfile /home/admin/a:\n```\n",
    "stays-without-name": f"{BLOCK}\n```{{cleaned-up}}\nfile: the pager makes it\n```\n",
    "cleaned-up-without-blocks": "```{cleaned-up}\n```\n",
    "language-in-capitals": "```Zsh\ntrue\n```\n",
    "prerequisites-empty": f"```{{prerequisites}}\n```\n\n{BLOCK}",
    "needs-with-content": f"```{{needs}} podman>=5.6\nWe need this.\n```\n\n{BLOCK}",
    "run-two-languages": "```{run} bash console\n\ntrue\n```\n",
    "line-across-at-the-end": f"{BLOCK}\n---\n",
    "include-missing": f"```{{include}} nowhere.md\n```\n\n{BLOCK}",
    "shown-file-missing": f"```{{literalinclude}} ../nowhere.sh\n```\n\n{BLOCK}",
    "shown-lines": f"```{{literalinclude}} conf.py\n:lines: 999\n```\n\n{BLOCK}",
    "shown-no-lines": f"```{{literalinclude}} conf.py\n:lines: all\n```\n\n{BLOCK}",
    "shown-start": f"```{{literalinclude}} conf.py\n:start-after: nowhere\n```\n\n{BLOCK}",
    "shown-object": f"```{{literalinclude}} conf.py\n:pyobject: nowhere\n```\n\n{BLOCK}",
    "emphasized-lines": "```{run} bash\n:emphasize-lines: 9\n\ntrue\n```\n",
    "fence-in-a-fence": "```{note}\n```bash\ntrue\n```\n```\n",
    "download-missing": f"{{download}}`this <nowhere.sh>`\n\n{BLOCK}",
    "image-missing": f"![alt](nowhere.png)\n\n{BLOCK}",
    "link-to-heading": f"[a](#nothing)\n\n{BLOCK}",
    "label-unknown": f"{{ref}}`nowhere`\n\n{BLOCK}",
    "document-unknown": f"{{doc}}`nowhere`\n\n{BLOCK}",
    "toctree-unknown": f"```{{toctree}}\nnowhere\n```\n\n{BLOCK}",
    "directive-unknown": f"```{{runn}} bash\ntrue\n```\n\n{BLOCK}",
    "role-unknown": f"{{fil}}`x`\n\n{BLOCK}",
    "heading-left-out": f"### Third\n\n{BLOCK}",
    "prompt-after-comment": "```text\n# as root\n$ rm --recursive /srv\n```\n",
    "label-twice": f"(a)=\n## A\n\n(a)=\n## B\n\n{BLOCK}",
}


def message(sites: Sites) -> str:
    """Return what collecting the site, and planning it, says."""
    with pytest.raises(DoclabError) as caught:
        plan(sites.collect().pages)
    said = str(caught.value)
    assert str(sites.root) not in said, "an absolute path"
    return said


@pytest.mark.parametrize("name", PAGES)
def test_page(name: str, sites: Sites, snapshot: Snapshot) -> None:
    """One page, one mistake; the place is the line of the mistake."""
    sites.write(index=f"# Title\n\n{PAGES[name]}")
    snapshot(message(sites))


def test_a_page_without_a_title(sites: Sites, snapshot: Snapshot) -> None:
    """It begins with a heading of another level."""
    sites.write(index=f"## Second\n\n{BLOCK}")
    snapshot(message(sites))


@pytest.mark.parametrize("name", ["option-unknown", "include-missing", "label-twice"])
def test_a_mistake_stays(name: str, sites: Sites) -> None:
    """A second run says the same, though Sphinx reads only what has changed."""
    sites.write(index=f"# Title\n\n{PAGES[name]}")
    assert message(sites) == message(sites)
    sites.write(index=f"# Title\n\n{BLOCK}")
    sites.collect()


CONFS = {
    "syntax": "project = \n",
    "exception": "import json\njson.loads('{')\n",
    "extension": "extensions = ['no_such_extension']\n",
    "machines-empty": "doclab_machines = []\n",
    "machines-text": "doclab_machines = 'server'\n",
    "machine-underscore": "doclab_machines = ['server', 'my_laptop']\n",
    "machine-hyphen": "doclab_machines = ['server-']\n",
    "machine-capital": "doclab_machines = ['Server']\n",
    "machine-twice": "doclab_machines = ['server', 'server']\n",
    "machines-none": "doclab_machines = None\n",
    "machine-registry": "doclab_machines = ['server', 'registry']\n",
    "user": "doclab_user = 'John Doe'\n",
    "user-number": "doclab_user = 5\n",
    "recipe-none": "doclab_recipe = None\n",
    "examples-missing": "doclab_examples = '../exmaples'\n",
    "words-list": "doclab_words = ['abc']\n",
    "words-none": "doclab_words = {'x': None}\n",
    "labs-list": "doclab_labs = ['debian:trixie-slim']\n",
    "lab-name": "doclab_labs = {'Debian 13': 'debian:trixie-slim'}\n",
    "lab-base": "doclab_labs = {'trixie': ''}\n",
    "judges-list": "doclab_judges = []\n",
    "judge-without-command": "doclab_judges = {'*.js': ' '}\n",
    "judge-files-text": "doclab_judge_files = 'examples/*'\n",
    "judge-files-number": "doclab_judge_files = [5]\n",
}


@pytest.mark.parametrize("name", CONFS)
def test_conf(name: str, sites: Sites, snapshot: Snapshot) -> None:
    """A mistake in conf.py has its line there."""
    docs = sites.write(index=f"# Title\n\n{BLOCK}")
    with (docs / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write(CONFS[name])
    snapshot(message(sites))


def test_no_conf(sites: Sites, snapshot: Snapshot) -> None:
    """A directory without conf.py is no site."""
    snapshot(message(sites))


def test_no_blocks(sites: Sites, snapshot: Snapshot) -> None:
    """A site in which nothing runs proves nothing."""
    sites.write(index="# Title\n\nText.\n")
    snapshot(message(sites))


def test_page_in_no_toctree(sites: Sites, snapshot: Snapshot) -> None:
    """Nobody would find it."""
    sites.write(index=f"# Title\n\n{BLOCK}", other="# Other\n")
    snapshot(message(sites))


def test_two_files_of_one_page(sites: Sites, snapshot: Snapshot) -> None:
    """Sphinx would take one of them and drop the other."""
    docs = sites.write(index=f"# Title\n\n{BLOCK}")
    (docs / "index.rst").write_text("Title\n=====\n", encoding="utf-8")
    snapshot(message(sites))


def test_circle(sites: Sites, snapshot: Snapshot) -> None:
    """Two pages each of which is to be done first."""
    first = "```{{prerequisites}} {}\n```\n\n"
    sites.write(
        index=f"# Title\n\n```{{toctree}}\nother\n```\n\n{first.format('other')}{BLOCK}",
        other=f"# Other\n\n{first.format('index')}{BLOCK}",
    )
    snapshot(message(sites))


COMMAND_LINES = {
    "page-unknown": "docs/nowhere.md",
    "line-no-number": "docs/index.md:x",
    "line-beyond-the-end": "docs/index.md:1000",
}


@pytest.mark.parametrize("name", COMMAND_LINES)
def test_page_on_the_command_line(name: str, sites: Sites, snapshot: Snapshot,
                                  monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Which pages and lines there are is said."""
    sites.write(index=f"# Title\n\n{BLOCK}")
    monkeypatch.chdir(sites.root)
    site = sites.collect()
    with pytest.raises(DoclabError) as caught:
        page_of(COMMAND_LINES[name], site.pages, site.root)
    snapshot(str(caught.value))


def options(**given: object) -> argparse.Namespace:
    """Return what the command line gives to a run."""
    return argparse.Namespace(
        **{"pages": [], "word": None, "variant": None, "first": None, "twice": False, **given}
    )


SELECTIONS = {
    "tab-unknown": options(variant="B"),
    "word-unknown": options(word="nothing like this"),
    "two-lines": options(pages=["docs/index.md:3", "docs/index.md:4"]),
}


@pytest.mark.parametrize("name", SELECTIONS)
def test_selection(name: str, sites: Sites, snapshot: Snapshot,
                   monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """What can be selected is said."""
    sites.write(index=f"# Title\n\n{tabs(TAB)}")
    monkeypatch.chdir(sites.root)
    with pytest.raises(DoclabError) as caught:
        selection.select(sites.collect(), SELECTIONS[name], facts={})
    snapshot(str(caught.value))


def shows(name: str, options: str = "") -> str:
    """Return a block that captures a value, or compares one that was captured."""
    return (
        f"```{{run}} console\n:vary: 10.0.0.1=ipv4:{name}\n{options}\n"
        f"$ echo 10.0.0.1 of {name}\n10.0.0.1 of {name}\n```\n\n"
    )


IN_TABS = tabs(f"````{{tab}} A\n{shows('server')}````\n", f"````{{tab}} B\n{BLOCK}````\n")
CAPTURES = {
    "typo": shows("server") + shows("server") + shows("servre"),
    "nowhere-else": shows("server"),
    "in-another-tab": IN_TABS + shows("server"),
    "skipped": shows("server", ":skip: there is no address\n") + shows("server"),
}


@pytest.mark.parametrize("name", CAPTURES)
def test_capture_never_made(name: str, sites: Sites, snapshot: Snapshot) -> None:
    """A value that is to come back is compared with nothing, in some scenario."""
    sites.write(index=f"# Title\n\n{CAPTURES[name]}")
    snapshot("\n".join(expectation_lint.lint(sites.collect().pages)))


def test_capture_on_a_page_that_is_not_before(sites: Sites, snapshot: Snapshot) -> None:
    """Two pages have a name, and no reader does both."""
    toctree = "```{toctree}\nother\n```\n\n"
    sites.write(index=f"# Title\n\n{toctree}{shows('a')}", other=f"# Other\n\n{shows('a')}")
    snapshot("\n".join(expectation_lint.lint(sites.collect().pages)))
    first = "```{prerequisites} index\n```\n\n"
    (sites.docs / "other.md").write_text(f"# Other\n\n{first}{shows('a')}", encoding="utf-8")
    assert expectation_lint.lint(sites.collect().pages) == []


def test_capture_that_a_lab_cannot_make(sites: Sites, snapshot: Snapshot) -> None:
    """What is known only when the lab is: the block that captures is skipped there."""
    new = "## New\n\n```{needs} podman>=5.6\n```\n\n"
    sites.write(index=f"# Title\n\n{new}{shows('server')}## All\n\n{shows('server')}")
    pages = sites.collect().pages
    assert expectation_lint.lint(pages) == []
    known = captures.origins(plan(pages))
    snapshot("\n".join(captures.never_made(plan(pages, facts={"podman": "5.4"}), known)))
    assert captures.never_made(plan(pages, facts={"podman": "5.8"}), known) == []


def test_no_recipe(sites: Sites, snapshot: Snapshot) -> None:
    """A lab is made of something."""
    docs = sites.write(index=f"# Title\n\n{BLOCK}")
    site = sites.collect()
    with pytest.raises(DoclabError) as caught:
        settings.check_recipe(site.settings, docs, root=site.root)
    snapshot(str(caught.value))


RECIPES: dict[str, dict[str, str | None]] = {  # files that are missing, or wrong
    "registry": {"registry/Containerfile": None},
    "base": {"registry/Containerfile": "FROM x\n"},
    "reference": {"images/node/reference": None},
    "reference-empty": {"images/node/reference": "\n"},
    "images-file": {"images/notes.txt": "x\n"},
    "package-dots": {"images/node/python-packages": "a.b\n"},
    "package-missing": {"images/node/python-packages": "no_such_package\n"},
    "package-module": {"machine/python-packages": "this\n"},
    "several": {"registry/Containerfile": None, "images/node/Containerfile": None},
}


@pytest.mark.parametrize("name", RECIPES)
def test_recipe(name: str, sites: Sites, snapshot: Snapshot) -> None:
    """All that is missing is said before a lab is made, each with its place."""
    docs = sites.write(index=f"# Title\n\n{BLOCK}")
    files = dict.fromkeys(
        ("machine/Containerfile", "registry/Containerfile", "images/node/Containerfile"),
        "ARG BASE=debian:trixie-slim\nFROM ${BASE}\n",
    )
    files["images/node/reference"] = "node:24\n"
    for path, text in {**files, **RECIPES[name]}.items():
        (sites.root / "lab" / path).parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            (sites.root / "lab" / path).write_text(text, encoding="utf-8")
    site = sites.collect()
    with pytest.raises(DoclabError) as caught:
        settings.check_recipe(site.settings, docs, root=site.root)
    snapshot(str(caught.value))


def test_messages_are_sentences() -> None:
    """None is cut off, and none has a line of Sphinx's in it."""
    for path in (SNAPSHOTS / "mistakes").glob("*.txt"):
        for line in path.read_text(encoding="utf-8").strip().split("\n"):
            assert line.endswith((".", "?")), path.name
            assert "WARNING" not in line, path.name


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("console", "# no prompt\n"),
        ("shell-session", "$ true\n"),
        ("text", "\nadmin@server$ true\n"),
        ("bash", "$ true\n"),
    ],
    ids=["console", "shell-session", "text", "bash"],
)
def test_a_session_that_is_included(
    sites: Sites, snapshot: Snapshot, language: str, text: str
) -> None:
    """Nobody would run it, so it is refused."""
    include = f"```{{literalinclude}} session.txt\n:language: {language}\n```\n"
    docs = sites.write(index=f"# Title\n\n{BLOCK}\n{include}")
    (docs / "session.txt").write_text(text, encoding="utf-8")
    snapshot(message(sites))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("bash", "#!/bin/sh\n# $ install\ntrue\n"),
        ("ini", "[Service]\nExecStart=echo $ x\n"),
        ("md", "$ true\n"),
    ],
)
def test_other_files_that_are_included(sites: Sites, language: str, text: str) -> None:
    """Programs, configurations and sources of pages are no sessions."""
    include = f"```{{literalinclude}} file.txt\n:language: {language}\n```\n"
    docs = sites.write(index=f"# Title\n\n{BLOCK}\n{include}")
    (docs / "file.txt").write_text(text, encoding="utf-8")
    (page,) = sites.collect().pages
    assert len(page.blocks) == 1


def test_a_page_that_quotes_a_block(sites: Sites) -> None:
    """What looks like a prompt is a part of the quotation."""
    sites.write(index=f"# Title\n\n{BLOCK}\n````md\n```console\n$ true\n```\n````\n")
    (page,) = sites.collect().pages
    assert len(page.blocks) == 1
