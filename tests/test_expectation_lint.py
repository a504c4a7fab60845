# SPDX-License-Identifier: Apache-2.0
"""Expectations that check nothing are refused, with place and remedy."""

from __future__ import annotations

import pytest
from conftest import Sites, Snapshot, block, page

from doclab.expectation_lint import lint
from doclab.model import DoclabError


def run(options: str, *lines: str) -> str:
    """Return a block."""
    content = "\n".join(lines)
    return f"```{{run}} console\n{options}\n\n{content}\n```\n"


MISTAKES = {
    "vary-nowhere": run(":vary: 10.0.0.1=ipv4", "$ echo 110.0.0.1", "110.0.0.1"),
    "vary-in-the-command-only": run(":vary: 80=port", "$ echo 80 | wc -l", "1"),
    "vary-twice": run(":vary: 80=port 80=number:n", "$ echo 80", "80"),
    "no-json": run(":json:", "$ echo", '{"a": 1,', "...", "}"),
    "two-kinds": run(":vary: 80=port:p", "$ a", "80")
    + "\n"
    + run(":vary: 81=number:p", "$ b", "81"),
}
WEAK = {
    "any-word": run(":vary: abc=word de=word", "$ echo abc de", "abc de", "..."),
    "any-json": run(":json:", "$ a", '{"a": 1}', "$ b", '{"...": "..."}'),
    "any-object": run(":json:", "$ a", '{"...": "..."}'),
    "command-before": run(":class: x", "$ a", "on", "$ b", "on"),
    "block-before": run(":class: x", "$ a", "one", "$ b", "two") + "\n"
    + run(":class: x", "$ c", "...", "one", "..."),
    "by-placeholder": run(":vary: 81=port", "$ a", "80", "$ b", "81"),
    "stale-same": run(":same: no reason any more", "$ a", "one", "$ b", "two"),
    "used-once": run(":vary: 80=port:once", "$ a", "80 is it"),
    "one-of-two-tabs": "`````{tabs}\n\n````{group-tab} A\n" + run(":class: x", "$ a", "on")
    + "````\n\n````{group-tab} B\n" + run(":class: x", "$ b", "off") + "````\n\n`````\n\n"
    + run(":class: x", "$ c", "on"),
}  # fmt: skip
STRONG = {
    "same-command": run(":class: x", "$ a", "on", "$ a", "on"),
    "nothing-twice": run(":class: x", "$ a", "$ b"),
    "reason": run(":same: both are on", "$ a", "on", "$ b", "on"),
    "something-between": run(":class: x", "$ a", "on", "$ b", "$ c", "on"),
    "another-machine": run(":class: x", "admin@server$ a", "on") + "\n"
    + run(":class: x", "admin@laptop$ b", "on"),
    "skipped": run(":skip: a reason", "$ a", "on") + "\n" + run(":class: x", "$ b", "on"),
    "other-tab": "`````{tabs}\n\n````{group-tab} A\n" + run(":class: x", "$ a", "on")
    + "````\n\n````{group-tab} B\n" + run(":class: x", "$ b", "on") + "````\n\n`````\n",
    "word-that-comes-back": run(":vary: abc=word:w", "$ a", "abc x", "$ b", "abc"),
    "named-value": run(":vary: 80=port:one 81=port:two", "$ a", "80", "$ b", "81 80 81"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(name: str, sites: Sites, snapshot: Snapshot) -> None:
    """A mistake in a block is an error of the collection."""
    sites.write(index=f"# Title\n\n{MISTAKES[name]}")
    with pytest.raises(DoclabError) as caught:
        sites.collect()
    snapshot(str(caught.value))


@pytest.mark.parametrize("name", WEAK)
def test_weak(name: str, sites: Sites, snapshot: Snapshot) -> None:
    """An expectation that a broken page would meet is refused."""
    sites.write(index=f"# Title\n\n{WEAK[name]}")
    snapshot("\n".join(lint(sites.collect().pages)))


@pytest.mark.parametrize("name", STRONG)
def test_strong(name: str, sites: Sites) -> None:
    """An expectation that is able to fail passes."""
    sites.write(index=f"# Title\n\n{STRONG[name]}")
    assert lint(sites.collect().pages) == []


def test_empty_output(snapshot: Snapshot) -> None:
    """An expectation that no output meets is refused, wherever it comes from."""
    snapshot("\n".join(lint([page("page", block("a", expected="...\n\n..."))])))
