# SPDX-License-Identifier: Apache-2.0
"""What of a block is typed: by the tests into a terminal, by a reader through a copy button.

In HTML, each block that is run has the class `typed`, and what nobody types in it
(prompts, output) stands in spans of the class `untyped`. A copy button that leaves
these out, and changes nothing else, copies what the tests type.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import ClassVar

from docutils import nodes
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from doclab.model import Block, Command

TYPED, UNTYPED = "typed", "untyped"  # classes in HTML
_LINE_NUMBERS = "linenos"  # class that Pygments gives to what is no part of the text
_COMMANDS, _FIRST = "doclab_commands", "doclab_first"  # attributes of a typed block

_log = logging.getLogger(__name__)


def typed(block: Block) -> str:
    """Return what a run feeds to the terminal, without the last newline.

    Answers to questions and Ctrl-C are not in it: a person types them in their time.
    It is empty where a block only shows what an earlier command prints.
    """
    return "\n".join(command.text for command in _typed_commands(block))


def _typed_commands(block: Block) -> tuple[Command, ...]:
    return block.commands[1:] if block.continues else block.commands


class TypedBlock(nodes.literal_block):
    """A literal block that is run; HTML tells what of it is typed."""


def tell_typed(node: nodes.literal_block, block: Block, *, first: int) -> nodes.literal_block:
    """Let a page tell what of a block is typed.

    Args:
        node: the block, on a page that is about to be written.
        block: the same, as it is run.
        first: the line of the first line of its text.

    Returns:
        the node that stands on the page in its place.
    """
    if not _typed_commands(block):
        return node
    if node.rawsource != node.astext():  # Sphinx would not highlight it
        _warn_of_difference(node)
        return node
    found = TypedBlock(node.rawsource, "", *node.children, **node.attributes)
    found["classes"] = [*node["classes"], TYPED]
    found[_COMMANDS], found[_FIRST] = _typed_commands(block), first
    found.source, found.line = node.source, node.line
    node.replace_self(found)
    return found


def visit_typed_block(translator: HTML5Translator, node: TypedBlock) -> None:
    """Write a block as Sphinx does, and mark in it what is not typed."""
    try:
        translator.visit_literal_block(node)
    except nodes.SkipNode:  # so Sphinx ends a block that it has highlighted
        found = mark(translator.body[-1], node.astext(), node[_COMMANDS], first=node[_FIRST])
        if found is None:
            _warn_of_difference(node)
        else:
            translator.body[-1] = found
        raise


def mark(written: str, text: str, found: Sequence[Command], *, first: int) -> str | None:
    """Return a block's HTML with spans around what is not typed.

    Args:
        written: its HTML, as Sphinx writes it.
        text: the block's text.
        found: its commands.
        first: the line of the text's first line, as the commands count.

    Returns:
        None if the HTML shows something else than the text.
    """
    marker = _Marker(list(_mask(text, found, first)))
    marker.feed(written)
    marker.close()
    return "".join(marker.marked) if "".join(marker.shown) == shown(text) else None


def _warn_of_difference(node: nodes.literal_block) -> None:
    _log.warning(
        "the page shows this block other than it is run, so that a copy button would copy"
        " something else; show it without markup, and without options of the highlighting"
        " that change a text.",
        location=node,
        type="doclab",
        subtype="page",
    )


def shown(text: str) -> str:
    """Return a block's text as Pygments shows it: without blank lines around it."""
    return text.strip("\n") + "\n"


def _mask(text: str, found: Sequence[Command], first: int) -> Iterator[bool]:
    """Tell of each character that is shown whether it is typed."""
    lengths = {
        command.line - first + number: len(line)
        for command in found
        for number, line in enumerate(command.text.split("\n"))
    }
    above = len(text) - len(text.lstrip("\n"))
    for number, line in enumerate(text.strip("\n").split("\n"), start=above):
        prompt = len(line) - lengths.get(number, 0)
        yield from (number in lengths and column >= prompt for column in range(len(line)))
        yield number in lengths  # the newline


class _Marker(HTMLParser):
    """Copies HTML, with a span around each text that is not typed."""

    VOID: ClassVar[frozenset[str]] = frozenset({"br", "hr", "img", "input", "wbr"})

    def __init__(self, mask: Sequence[bool]) -> None:
        super().__init__(convert_charrefs=False)
        self.marked: list[str] = []
        self.shown: list[str] = []  # the text so far
        self._mask = iter(mask)
        self._aside = 0  # how many elements deep in a line number
        self._inside = 0  # and in <pre>

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marked.append(self.get_starttag_text() or "")
        if tag in self.VOID:
            return
        if self._aside or _LINE_NUMBERS in (dict(attrs).get("class") or "").split():
            self._aside += 1
        self._inside += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self.marked.append(f"</{tag}>")
        self._aside -= self._aside > 0
        self._inside -= tag == "pre"

    def handle_data(self, data: str) -> None:
        self._text([(character, character) for character in data])

    def handle_entityref(self, name: str) -> None:
        self._text([(f"&{name};", html.unescape(f"&{name};"))])

    def handle_charref(self, name: str) -> None:
        self.handle_entityref(f"#{name}")

    def _text(self, pairs: list[tuple[str, str]]) -> None:
        """Take text, as pairs of HTML and the character that it stands for."""
        if self._aside or not self._inside:
            self.marked += [written for written, _ in pairs]
            return
        self.shown += [character for _, character in pairs]
        marked = [(next(self._mask, True), written) for written, _ in pairs]
        for is_typed, group in itertools.groupby(marked, key=lambda pair: pair[0]):
            text = "".join(written for _, written in group)
            self.marked.append(text if is_typed else f'<span class="{UNTYPED}">{text}</span>')
