# SPDX-License-Identifier: Apache-2.0
"""Blocks are collected as a reader sees them, each with its exact place."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import Sites, Snapshot

from doclab.model import DoclabError, Page, Placeholder, Tab
from doclab.project_lock import ProjectLock
from doclab.site import Site

Row = tuple[str, int, int, str]  # file, line of the fence, of the command, the command


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return the site of tests/roots/site."""
    sites = Sites(tmp_path_factory.mktemp("site").resolve())
    sites.copy("site")
    found: Site = sites.collect()
    return found


def named(site: Site, name: str) -> Page:
    """Return a page."""
    return next(page for page in site.pages if page.name == name)


def rows(page: Page) -> list[Row]:
    """Return where each block and its first command are."""
    return [
        (
            str(block.location.path),
            block.location.line,
            block.commands[0].line,
            block.commands[0].text,
        )
        for block in page.blocks
    ]


def test_pages(site: Site) -> None:
    """Every page is there, in the order of names, with title and path."""
    assert [(page.name, str(page.path), page.title) for page in site.pages] == [
        ("index", "docs/index.md", "Index"),
        ("needs", "docs/needs.md", "Needs"),
        ("options", "docs/options.md", "Options"),
        ("places", "docs/places.md", "Places"),
        ("sub/second", "docs/sub/second.md", "Second page"),
        ("tabs", "docs/tabs.md", "Tabs"),
    ]


def test_places(site: Site) -> None:
    """A block is found wherever it is nested, and what is not run is not there."""
    path = "docs/places.md"
    assert rows(named(site, "places"))[:-2] == [
        (path, 7, 8, "echo plain"),
        (path, 16, 17, "echo list"),
        (path, 23, 24, "echo deeper"),
        (path, 29, 30, "echo tildes"),
        (path, 36, 37, "echo quote"),
        (path, 44, 45, "echo note"),
        (path, 53, 54, "echo colon"),
        (path, 67, 68, "echo nested"),
        (path, 76, 77, "echo twice"),
        (path, 81, 82, "echo twice"),
        ("docs/shared/part.md", 3, 4, "echo included"),
        (path, 93, 97, "echo directive"),
    ]
    assert rows(named(site, "places"))[-1] == (path, 113, 114, "echo html")


def test_lines_are_those_of_the_files(site: Site) -> None:
    """The line of each command is the line on which a reader finds it."""
    for page in site.pages:
        for block in page.blocks:
            lines = (site.root / block.location.path).read_text(encoding="utf-8").split("\n")
            assert set(lines[block.location.line - 1].strip("> ")[:3]) <= {"`", "~", ":"}
            for command in block.commands:
                if command.text.startswith("# a comment\n"):
                    continue  # a block of its own test
                assert command.text.split("\n")[0] in lines[command.line - 1]


def test_blank_first_line(sites: Sites) -> None:
    """A blank line at the start of a directive's content counts as a line."""
    sites.write(index="# T\n\n```{code-block} bash\n\necho a\necho b\n```\n")
    (block,) = sites.collect().pages[0].blocks
    assert (block.location.line, block.commands[0].line) == (3, 5)


def test_headings(site: Site) -> None:
    """The path of headings goes from the title inwards."""
    headings = {block.location.line: block.headings for block in named(site, "places").blocks}
    assert headings[7] == ("Places",)
    assert headings[23] == ("Places", "In a list")
    assert headings[76] == ("Places", "In boxes", "Twice")


def test_tabs(site: Site) -> None:
    """The tabs around a block go from the outside inwards."""
    systems, numbers, ways = ("Debian", "Fedora"), ("One", "Two"), ("In", "Out")
    one = Tab(group=numbers, label="One", own="tabs#1")  # no group-tab: linked with no other
    assert [(block.location.line, block.tabs) for block in named(site, "tabs").blocks] == [
        (7, (Tab(group=systems, label="Debian"),)),
        (20, (Tab(group=systems, label="Fedora"),)),
        (35, (one,)),
        (42, (one, Tab(group=ways, label="In"))),
        (48, (one, Tab(group=ways, label="Out"))),
    ]


def test_all_options(site: Site) -> None:
    """Each option of {run} arrives."""
    block = named(site, "options").blocks[0]
    assert block.placeholders == (
        Placeholder(text="10.0.0.1", kind="ipv4", name="me"),
        Placeholder(text="5 s", kind="duration"),
        Placeholder(text="80", kind="port"),
    )
    assert (block.deadline, block.status, block.background, block.skip) == (2.5, 3, True, None)
    assert (block.location.line, block.commands[0].line) == (8, 14)
    assert (block.machine, block.user) == ("laptop", "test")


def test_options_in_yaml(site: Site) -> None:
    """Options may be written as YAML."""
    block = named(site, "options").blocks[1]
    assert (block.machine, block.skip) == ("laptop", "no such thing in a test")
    assert (block.location.line, block.commands[0].line) == (18, 23)


def test_defaults(site: Site) -> None:
    """A {run} without options is a plain block."""
    block = named(site, "options").blocks[2]
    assert (block.deadline, block.status, block.background, block.skip) == (60.0, 0, False, None)
    assert (block.machine, block.user, block.placeholders) == ("server", "admin", ())


def test_prerequisites(site: Site) -> None:
    """The pages to do first are in the order of the page."""
    assert named(site, "options").after == ("places", "sub/second")
    assert named(site, "places").after == ()


def test_needs(site: Site) -> None:
    """A need holds for the blocks of its tab, of its section, and of what is inside."""
    assert [block.needs for block in named(site, "needs").blocks] == [
        (),
        ("systemd>=256", "podman>=5.6", "distribution=debian"),
        ("systemd>=256",),
    ]


def test_settings(site: Site) -> None:
    """What conf.py says arrives."""
    assert site.settings.machines == ("server", "laptop")
    assert site.settings.user == "admin"
    assert site.settings.recipe == site.root / "lab"


def test_prompts(site: Site) -> None:
    """A block's user is the first whom a prompt names."""
    (block,) = named(site, "sub/second").blocks
    assert block.user == "root"
    assert [(c.user, c.machine, c.expected) for c in block.commands] == [
        ("root", "server", "root"),
        ("admin", "server", ""),
    ]


def test_part_included_twice(sites: Sites) -> None:
    """A file that a page includes twice gives its blocks twice."""
    docs = sites.write(
        index="# T\n\n```{include} part.txt\n```\n\n## Again\n\n```{include} part.txt\n```\n"
    )
    (docs / "part.txt").write_text("a\n\n```console\n$ echo a\na\n```\n", encoding="utf-8")
    (page,) = sites.collect().pages
    assert rows(page) == [("docs/part.txt", 3, 4, "echo a")] * 2
    assert [block.headings for block in page.blocks] == [("T",), ("T", "Again")]


def test_part_included_in_two_pages(sites: Sites) -> None:
    """A file that two pages include gives its blocks to both."""
    include = "```{include} part/a.md\n```\n"
    docs = sites.write(
        index=f"# T\n\n```{{toctree}}\nother\n```\n\n{include}", other=f"# O\n\n{include}"
    )
    with (docs / "conf.py").open("a") as conf:
        conf.write('exclude_patterns = ["part"]\n')
    (docs / "part").mkdir()
    (docs / "part" / "a.md").write_text("- x\n\n  ```sh\n  echo a\n  ```\n", encoding="utf-8")
    for page in sites.collect().pages:
        assert rows(page) == [("docs/part/a.md", 3, 4, "echo a")]


def test_the_same_again(sites: Sites) -> None:
    """A second run, with what the first left, finds the same."""
    docs = sites.copy("site")
    before = sites.collect()
    assert sites.collect() == before
    (docs / "places.md").write_text("# Places\n\n```bash\ntrue\n```\n", encoding="utf-8")
    assert rows(named(sites.collect(), "places")) == [("docs/places.md", 3, 4, "true")]


def test_one_run_at_a_time(sites: Sites) -> None:
    """What Sphinx keeps of the pages is not read by one run while another writes it."""
    work = sites.root / "work"
    work.mkdir()
    sites.write(index="# Title\n\n```bash\ntrue\n```\n")
    with ThreadPoolExecutor(1) as pool:
        with ProjectLock(work).to_change():  # as another run does
            other = pool.submit(sites.collect)
            with pytest.raises(TimeoutError):
                other.result(timeout=1)
            assert not list(work.iterdir())
        assert other.result(timeout=60).pages
    assert not (work / "unfinished").exists()


def test_nothing_is_written_among_the_pages(sites: Sites) -> None:
    """Collecting leaves the sources as they are."""
    docs = sites.copy("site")
    before = sorted(docs.rglob("*"))
    sites.collect()
    assert sorted(docs.rglob("*")) == before


MISTAKES = {
    "unknown-machine": "```console\n$ true\nadmin@elsewhere$ true\n```\n",
    "unknown-machine-option": "```{run} bash\n:on: elsewhere\n\ntrue\n```\n",
    "two-machines": "```console\nadmin@server$ true\nadmin@laptop$ true\n```\n",
    "option-against-prompt": "```{run} console\n:on: laptop\n\nadmin@server$ true\n```\n",
    "user-against-prompt": "```{run} console\n:as: test\n\nadmin@server$ true\n```\n",
    "foreign-language": "```powershell\nGet-Item\n```\n",
    "foreign-prompt": "```fish\n$ true\n```\n",
    "prompt-in-text": "```text\n$ echo a\na\n```\n",
    "prompt-without-language": "```\nadmin@server$ echo a\na\n```\n",
    "prompt-indented": "Text:\n\n    $ echo a\n    a\n",
    "run-in-python": "```{run} python\nprint()\n```\n",
    "unclosed": "```bash\ntrue\n",
    "unclosed-in-list": "- ```bash\n  true\n\ntext\n",
    "unknown-prerequisite": "```{prerequisites} nowhere\n```\n\n```bash\ntrue\n```\n",
    "bad-vary": "```{run} console\n:vary: x=ipv4\n\n$ echo x\nx\n```\n",
    "unknown-kind": "```{run} console\n:vary: x=thing\n\n$ echo x\nx\n```\n",
    "bad-vary-quotes": "```{run} console\n:vary: 'x=word\n\n$ echo x\nx\n```\n",
    "bad-deadline": "```{run} bash\n:deadline: soon\n\ntrue\n```\n",
    "long-deadline": "```{run} bash\n:deadline: 3601\n\ntrue\n```\n",
    "bad-status": "```{run} bash\n:status: -1\n\ntrue\n```\n",
    "skip-without-reason": "```{run} bash\n:skip:\n\ntrue\n```\n",
    "untried-without-reason": "```{run} bash\n:skip: why\n:untried:\n\ntrue\n```\n",
    "untried-without-skip": "```{run} bash\n:untried: why\n\ntrue\n```\n",
    "unknown-option": "```{run} bash\n:retries: 3\n\ntrue\n```\n",
    "steady-without-wait": "```{run} console\n:steady: 3\n\n$ true\n```\n",
    "wait-and-running": "```{run} console\n:wait: 3\n:running:\n\n$ true\n```\n",
    "running-script": "```{run} bash\n:running:\n\ntrue\n```\n",
    "running-and-interrupted": "```{run} console\n:running:\n\n$ true\n^C\n```\n",
    "json-and-interrupted": "```{run} console\n:json:\n\n$ true\n{}\n^C\n```\n",
    "continues-with-prompt": "```{run} console\n:continues:\n\n$ true\n```\n",
    "shown-after-interrupt": "```console\n$ true\na\n^C\nb\n```\n",
    "needs-nonsense": "```{needs} podman>5\n```\n\n```bash\ntrue\n```\n",
    "needs-nothing": "```{needs}\n```\n\n```bash\ntrue\n```\n",
    "needs-below": "```bash\ntrue\n```\n\n```{needs} podman>=5\n```\n",
    "needs-in-list": "- ```{needs} podman>=5\n  ```\n\n  ```bash\n  true\n  ```\n",
    "no-blocks": "Only text.\n\n```text\nno prompt\n```\n",
    "no-command": "```bash\n# nothing\n```\n",
    "several": "```zsh\ntrue\n```\n\n```console\ntrue\n```\n\n```console\na@b$ true\n```\n",
    "broken-link": "[a](nowhere.md)\n\n```bash\ntrue\n```\n",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(name: str, sites: Sites, snapshot: Snapshot) -> None:
    """Each mistake of an author has its message, with the place and the remedy."""
    sites.write(index=f"# Title\n\n{MISTAKES[name]}")
    with pytest.raises(DoclabError) as caught:
        sites.collect()
    snapshot(str(caught.value).replace(str(sites.root), "ROOT"))


@pytest.mark.parametrize("value", ["0", "-1", "'x'", "True", "None"])
def test_bad_deadline_of_scenarios(sites: Sites, value: str) -> None:
    """It is a number of seconds."""
    docs = sites.write(index="# T\n\n```bash\ntrue\n```\n")
    with (docs / "conf.py").open("a") as conf:
        conf.write(f"doclab_deadline = {value}\n")
    with pytest.raises(DoclabError, match="doclab_deadline"):
        sites.collect()


def test_a_continuation(sites: Sites) -> None:
    """It starts with what a command prints; its place is that of its first line."""
    text = "# T\n\n```{run} console\n:continues:\n\na\n^C\nadmin@laptop$ true\n```\n"
    sites.write(index=text)
    (found,) = sites.collect().pages[0].blocks
    assert [(c.text, c.line, c.expected, c.interrupt) for c in found.commands] == [
        ("", 6, "a", True),
        ("true", 8, "", False),
    ]
    assert (found.machine, found.title) == ("laptop", "true")


def test_mistake_on_a_page_of_its_own(sites: Sites) -> None:
    """The mistakes of all pages are in one message."""
    bad = "# T\n\n```zsh\ntrue\n```\n"
    sites.write(index=f"{bad}\n```{{toctree}}\nother\n```\n", other=bad)
    with pytest.raises(DoclabError) as caught:
        sites.collect()
    assert [line.partition(" ")[0] for line in str(caught.value).split("\n")] == [
        "docs/index.md:3:",
        "docs/other.md:3:",
    ]


def test_no_conf(tmp_path: Path, sites: Sites, snapshot: Snapshot) -> None:
    """A directory without conf.py is not a site."""
    with pytest.raises(DoclabError) as caught:
        sites.collect()
    snapshot(str(caught.value).replace(str(sites.root), "ROOT"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("syntax", "project = \n"),
        ("exception", "raise OSError('no')\n"),
        ("extension", "extensions = ['no_such_extension']\n"),
    ],
)
def test_broken_conf(name: str, text: str, sites: Sites) -> None:
    """What Sphinx says of a broken conf.py is a message, not a traceback."""
    docs = sites.write(index="# T\n\n```bash\ntrue\n```\n")
    (docs / "conf.py").write_text(text, encoding="utf-8")
    with pytest.raises(DoclabError, match=r"conf\.py|no_such_extension"):
        sites.collect()


def test_equal_blocks_in_nested_places(sites: Sites) -> None:
    """Blocks with the same text each have a line of their own, however deep they are."""
    fence = "~~~bash\ntrue\n~~~\n"
    listed = "1. a\n\n   ~~~bash\n   true\n   ~~~\n\n   > ~~~bash\n   > true\n   > ~~~\n"
    note = f"````{{note}}\n:class: x\n\n{fence}\n{listed}\n{fence}````\n"
    tabs = "".join(f"`````{{group-tab}} {x}\n{note}\n`````\n\n" for x in "ab")
    sites.write(index=f"# T\n\n{fence}\n``````{{tabs}}\n\n{tabs}``````\n\n{listed}")
    (page,) = sites.collect().pages
    lines = (sites.docs / "index.md").read_text(encoding="utf-8").split("\n")
    wanted = [n for n, line in enumerate(lines, 1) if line.endswith("~~~bash")]
    assert [block.location.line for block in page.blocks] == wanted
    assert [block.commands[0].line for block in page.blocks] == [n + 1 for n in wanted]


@pytest.mark.parametrize(
    ("expression", "seen"),
    [
        ("html", True),
        ("builder_html", True),
        ("format_html", True),
        ("not doclab", True),
        ("not builder_doclab", True),
        ("html and not latex", True),
        ("latex", False),
        ("doclab", False),
        ("not html", False),
    ],
)
def test_only(sites: Sites, expression: str, seen: bool) -> None:
    """What a reader of the HTML sees is what is run, and nothing else."""
    only = f"````{{only}} {expression}\n```bash\necho only\n```\n````\n"
    sites.write(index=f"# Title\n\n```bash\ntrue\n```\n\n{only}")
    (page,) = sites.collect().pages
    assert [block.text for block in page.blocks] == ["true", *(["echo only"] if seen else [])]
    assert sites.html() == ""
    shown = (sites.root / "html" / "index.html").read_text(encoding="utf-8")
    assert ("echo only" in re.sub("<[^>]*>", "", shown)) is seen


@pytest.mark.parametrize(
    ("language", "conf"),
    [
        ("asdf", 'suppress_warnings = ["misc.highlighting_failure"]'),
        ("yxcv", 'setup = lambda app: app.add_lexer("yxcv", pygments.lexers.special.TextLexer)'),
    ],
)
def test_a_language_of_the_project(sites: Sites, language: str, conf: str) -> None:
    """It is known as far as Sphinx is content with it."""
    docs = sites.write(index=f"# T\n\n```{language}\nx\n```\n\n```bash\ntrue\n```\n")
    with pytest.raises(DoclabError, match=f"there is no language '{language}'"):
        sites.collect()
    with (docs / "conf.py").open("a", encoding="utf-8") as file:
        file.write(f"import pygments.lexers.special\n{conf}\n")
    (page,) = sites.collect().pages
    assert [block.text for block in page.blocks] == ["true"]


def test_lines_in_files_with_other_names(sites: Sites) -> None:
    """A page may end in .markdown, and include a text; `{run}` may stand behind a blank."""
    docs = sites.write(index="# T\n\n```{toctree}\nmore\n```\n")
    with (docs / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write("source_suffix = {'.md': 'markdown', '.markdown': 'markdown'}\n")
    run = "``` {run} console\n:deadline: 5\n\n$ echo one\none\n```\n"
    (docs / "more.markdown").write_text(
        f"# More\n\n- ~~~bash\n  echo listed\n  ~~~\n\n{run}\n"
        f":::: {{note}}\n{run}::::\n\n```{{include}} part.txt\n```\n",
        encoding="utf-8",
    )
    (docs / "part.txt").write_text(f"Text.\n\n{run}", encoding="utf-8")
    _, page = sites.collect().pages
    assert rows(page) == [
        ("docs/more.markdown", 3, 4, "echo listed"),
        ("docs/more.markdown", 7, 10, "echo one"),
        ("docs/more.markdown", 15, 18, "echo one"),
        ("docs/part.txt", 3, 6, "echo one"),
    ]


def test_lines_in_restructured_text(sites: Sites) -> None:
    """What such a page includes is no Markdown, and what looks like a fence is none."""
    docs = sites.write(index="# T\n\n```{toctree}\nother\n```\n")
    text = ".. code-block:: bash\n\n   true\n\nA ::\n\n   ```\n"
    (docs / "part.txt").write_text(text, encoding="utf-8")
    text = "Other\n=====\n\n.. include:: part.txt\n"
    (docs / "other.rst").write_text(text, encoding="utf-8")
    _, page = sites.collect().pages
    assert [block.commands[0].text for block in page.blocks] == ["true"]
