# SPDX-License-Identifier: Apache-2.0
"""A reader sees of each block where and as whom it runs, and copies only the commands."""

from __future__ import annotations

import dataclasses
import re

import pytest
from conftest import Sites, block

from doclab.labels import labels
from doclab.model import Block, Command

BASH = "```bash\necho a\n```\n"
WITHOUT = block(user="test")
WITH = block(user="test", commands=(Command(text="true", line=2, user="test", machine="server"),))


def named(made: Block, terminal: str, machine: str = "server") -> Block:
    """Return a block in a terminal with a name."""
    return dataclasses.replace(made, terminal=terminal, machine=machine)


def test_labels() -> None:
    """Only what the text of the block does not say is said above it."""
    blocks = [WITHOUT, WITH, named(WITHOUT, "logs", "laptop"), named(WITH, "logs")]
    assert labels(blocks) == (
        ("test@server", ""),
        ("", ""),
        ("test@laptop", "second terminal: logs"),
        ("", "second terminal: logs"),
    )


def test_one_prompt_is_enough() -> None:
    """A reader who sees one prompt with names knows where the block runs."""
    unnamed = Command(text="true", line=1, user="test")
    mixed = dataclasses.replace(WITH, commands=(unnamed, *WITH.commands))
    assert labels([mixed]) == (("", ""),)


def test_names_of_terminals() -> None:
    """Each machine has its own second terminal, and they are counted as they come."""
    names = ["logs", "more", "logs", *(f"t{number}" for number in range(7))]
    found = [label[1] for label in labels([named(WITH, name) for name in names])]
    assert found[:3] == [
        "second terminal: logs",
        "third terminal: more",
        "second terminal: logs",
    ]
    assert found[-2:] == ["ninth terminal: t5", "terminal: t6"]


def test_a_name_that_only_counts_is_not_said_twice() -> None:
    found = [label[1] for label in labels([named(WITH, "second"), named(WITH, "third")])]
    assert found == ["second terminal", "third terminal"]


def test_labels_of_a_page(sites: Sites) -> None:
    """Labels stand above the code; what a copy button takes has nothing of them in it."""
    blocks = [
        BASH,
        "```console\ntest@server$ true\n```\n",
        "```text\nshown\n```\n",
        "1. In a list:\n\n   ```bash\n   echo b\n   ```\n",
        "```{run} bash\n:skip: no printer\n:as: me\n:on: laptop\n\necho c\n```\n",
        "```{run} bash\n:terminal: logs\n\necho d\n```\n",
        "```{code-block} bash\n:caption: A caption\n\necho e\n```\n",
    ]
    sites.write(index="\n".join(["# T\n", *blocks]))
    assert sites.html() == ""
    assert sites.paragraphs("label") == [
        "Runs as admin@server",
        "Runs as test@server",
        "Runs as me@laptop",
        "Runs as admin@server, second terminal: logs",
        "Runs as test@server",
    ]
    text = (sites.root / "html" / "index.html").read_text(encoding="utf-8")
    pattern = r'<div class="typed highlight-bash[^"]*"><div[^>]*><pre>(.*?)</pre>'
    code = [re.sub("<[^>]*>", "", item) for item in re.findall(pattern, text, re.DOTALL)]
    assert code == [f"echo {x}\n" for x in "abcde"]
    label, caption, last = (text.rindex(x) for x in ("doclab-label", "A caption", "<pre>"))
    assert label < caption < last
    assert "_static/doclab.css" in text
    stylesheet = sites.root / "html" / "_static" / "doclab.css"
    assert ".doclab-label" in stylesheet.read_text(encoding="utf-8")


def test_collecting_sees_no_labels(sites: Sites) -> None:
    """Writing the site changes nothing for the run."""
    sites.copy("site")
    before = sites.collect()
    assert sites.html() == ""
    assert sites.collect() == before


@pytest.mark.parametrize("builder", ["dirhtml", "singlehtml", "text", "latex"])
def test_other_builders(builder: str, sites: Sites) -> None:
    """They write the site too; only pages of HTML have labels."""
    sites.write(index=f"# T\n\n{BASH}\n```{{tested-with}}\n```\n")
    assert sites.html(builder) == ""
    written = [
        path.read_text(encoding="utf-8")
        for path in (sites.root / builder).iterdir()
        if path.suffix in (".html", ".txt", ".tex")
    ]
    assert any("Runs as" in text for text in written) == (builder == "dirhtml")


def test_mistakes_are_warnings(sites: Sites) -> None:
    """A page that cannot be run is not written in silence."""
    sites.write(index="# T\n\n```console\n$ true\na@b$ true\n```\n")
    assert "there is no machine 'b' in the lab" in sites.html()
