# SPDX-License-Identifier: Apache-2.0
"""The directives that a page's author needs besides plain fences."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.addnodes import pending_xref
from sphinx.directives.code import CodeBlock
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from doclab import needs
from doclab.kinds import parse_placeholder
from doclab.model import Command, DoclabError

_LOGGER = logging.getLogger(__name__)

#: Attribute of a literal block that holds the options of its directive.
OPTIONS = "doclab"
#: Attribute of the paragraph that names the pages which come before.
AFTER = "doclab_after"
#: Attribute of the node that says what stays after a page that cleans up.
STAYS = "doclab_stays"
#: Attribute of the paragraph that says what a tab, a section or a page needs.
NEEDS = "doclab_needs"
#: What each option of {run} takes, for messages about one that it cannot take.
TAKES = {
    "on": "the name of a machine, such as `:on: laptop`",
    "as": "the name of a user, such as `:as: admin`",
    "terminal": "the name of another terminal, such as `:terminal: second`",
    "deadline": "a number of seconds, above 0 and up to 3600, such as `:deadline: 120`",
    "status": "an exit status from 0 on, such as `:status: 2`",
    "vary": "parts of the output, each as TEXT=KIND or TEXT=KIND:NAME",
    "wait": "a number of seconds, above 0 and up to 3600, such as `:wait: 30`",
    "steady": "a number of times from 1 on, such as `:steady: 3`",
    "answer": "questions with what to type, each as QUESTION=TEXT",
    "secret": "questions with what to type, each as QUESTION=TEXT",
    "skip": "the reason why the block is not run",
    "untried": "the reason why a skipped block must not be tried",
    "same": "the reason why a command prints what the one before it does",
}


def _seconds(argument: str | None) -> float:
    value = float(directives.unchanged_required(argument or ""))
    if not 0 < value <= 3600:
        raise ValueError("a deadline is a number of seconds from 0 to 3600")
    return value


def _placeholders(argument: str | None) -> list[str]:
    declarations = shlex.split(directives.unchanged_required(argument or ""))
    try:
        for declaration in declarations:
            parse_placeholder(declaration)
    except DoclabError as error:
        raise ValueError(str(error)) from error
    return declarations


def _answers(argument: str | None) -> list[tuple[str, str]]:
    found = []
    for declaration in shlex.split(directives.unchanged_required(argument or "")):
        question, equals, text = declaration.rpartition("=")
        if not equals or not question.strip():
            raise ValueError(f"the answer {declaration!r} is not of the form QUESTION=TEXT.")
        found.append((question, text))
    return found


def option_mistakes(
    options: Mapping[str, object], parsed: Sequence[Command], *, session: bool
) -> Iterator[str]:
    """Yield what is wrong with the options of a block taken together.

    Args:
        options: of the directive.
        parsed: commands of the block.
        session: whether the block shows what its commands print.
    """
    stays = "running" in options or "continues" in options
    interrupts = any(command.interrupt for command in parsed)
    if "steady" in options and "wait" not in options:
        yield "`:steady:` counts the tries of `:wait: SECONDS`; add that, or remove it."
    if "untried" in options and "skip" not in options:
        yield (
            "`:untried:` says why a block with `:skip: REASON` must not be tried; add that, or"
            " remove it."
        )
    if stays and "wait" in options:
        yield (
            "a command that runs on is typed once, and what it prints is waited for in any"
            " case; remove `:wait:` (`:deadline:` says for how long)."
        )
    if stays and not session:
        yield (
            "what a command that runs on prints says when to go on, so `:running:` and"
            " `:continues:` need a session; write {run} console."
        )
    if "running" in options and parsed[-1].interrupt:
        yield "`^C` ends the last command, so it is not `:running:`; remove one of them."
    if "json" in options and (stays or interrupts):
        yield (
            "the output of a command that runs on is compared as it comes, line by line;"
            " remove `:json:`."
        )


class RunDirective(CodeBlock):
    """A block that needs to say more than a fence can."""

    option_spec: ClassVar[dict[str, Any]] = {
        **CodeBlock.option_spec,
        "on": directives.unchanged_required,  # machine, for blocks without prompts
        "as": directives.unchanged_required,  # user, for blocks without prompts
        "terminal": directives.unchanged_required,  # name of another terminal
        "deadline": _seconds,  # for each command
        "status": directives.nonnegative_int,  # that the last command has
        "vary": _placeholders,  # parts of the output that may differ
        "wait": _seconds,  # repeat each command until it is right
        "steady": directives.positive_int,  # times in a row that it must be right
        "json": directives.flag,  # compare as JSON, by shape
        "answer": _answers,  # what to type when a command asks
        "secret": _answers,  # the same, where the screen does not show it
        "running": directives.flag,  # the last command goes on after the block
        "continues": directives.flag,  # shows what such a command prints later
        "background": directives.flag,  # may leave jobs running
        "restart": directives.flag,  # restarts its machine
        "skip": directives.unchanged_required,  # why it is not run
        "untried": directives.unchanged_required,  # why nobody tries it
        "same": directives.unchanged_required,  # why its output is that of the one before
    }
    own: ClassVar[frozenset[str]] = frozenset(option_spec) - frozenset(CodeBlock.option_spec)

    def run(self) -> list[nodes.Node]:
        """Return what a code block returns, with our options attached."""
        found = super().run()
        options = {key: self.options[key] for key in self.own if key in self.options}
        for node in found:
            for block in node.findall(nodes.literal_block):
                block[OPTIONS] = options
        return found


class PrerequisitesDirective(SphinxDirective):
    """The pages that a reader has done before this one, for readers and tests."""

    has_content = False
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return a line of links, which also carries the names for the planner."""
        names = self.arguments[0].split()
        paragraph = nodes.paragraph(classes=["prerequisites"], translatable=False)
        paragraph[AFTER] = names
        paragraph += nodes.strong(text="Do first:")
        for number, name in enumerate(names):
            paragraph += nodes.Text(", " if number else " ")
            link = pending_xref(
                refdomain="std",
                reftype="doc",
                reftarget=f"/{name}",
                refexplicit=False,
                refwarn=True,
                refdoc=self.env.docname,
            )
            link += nodes.inline(text=name)
            paragraph += link
        self.set_source_info(paragraph)
        return [paragraph]


class CleanedUpDirective(SphinxDirective):
    """After this page the machines are as they were before the first block.

    Each line of the content is an exception: `KIND NAME: reason`.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return a sentence for readers, which carries the exceptions for the tests."""
        stays: dict[str, str] = {}
        for line in filter(str.strip, self.content):
            thing, colon, reason = line.partition(": ")
            if not colon or not reason.strip() or len(thing.split()) < 2:
                raise self.error(
                    f"what stays is written as `KIND NAME: reason`, and not as {line.strip()!r}."
                )
            stays[thing.strip()] = reason.strip()
        container = nodes.container(classes=["doclab-cleaned-up"])
        container[STAYS] = stays
        container += nodes.paragraph(
            text="Tested: users, units, containers, networks, images, volumes, open ports, files"
            " below /home, /root and /etc, and kernel settings are now as they were before"
            " the first command" + (", but for:" if stays else ".")
        )
        if stays:
            items = nodes.bullet_list()
            for thing, reason in stays.items():
                item = nodes.paragraph()
                item += nodes.literal(text=thing)
                item += nodes.Text(f": {reason}")
                items += nodes.list_item("", item)
            container += items
        self.set_source_info(container)
        return [container]


class NeedsDirective(SphinxDirective):
    """What a tab, a section or a page needs of the computer, for readers and tests."""

    has_content = False
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return a line that says it, which also carries the needs for the planner."""
        wanted = self.arguments[0].split()
        try:
            text = needs.sentence(wanted)
        except DoclabError as error:
            _LOGGER.warning(str(error), location=self.get_location(), type="doclab")
            return []
        paragraph = nodes.paragraph(text=text, classes=["needs"])
        paragraph[NEEDS] = wanted
        self.set_source_info(paragraph)
        return [paragraph]
