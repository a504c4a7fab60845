# SPDX-License-Identifier: Apache-2.0
"""The directives that a page's author needs besides plain fences."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.directives.code import CodeBlock
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from doclab import block_options, needs
from doclab.model import DoclabError

_LOGGER = logging.getLogger(__name__)

#: Attribute of a literal block that holds the options of its directive.
OPTIONS = "doclab"
#: Attribute of the paragraph that names the pages which come before.
AFTER = "doclab_after"
#: Attribute of the node that says what stays after a page that cleans up.
STAYS = "doclab_stays"
#: Attribute of the paragraph that says what a tab, a section or a page needs.
NEEDS = "doclab_needs"


class RunDirective(CodeBlock):
    """A block that needs to say more than a fence can."""

    option_spec: ClassVar[dict[str, Any]] = {
        **CodeBlock.option_spec,
        **block_options.SPEC,
    }

    def run(self) -> list[nodes.Node]:
        """Return what a code block returns, with our options attached."""
        for name in block_options.doubled(self.block_text):
            _LOGGER.warning(
                "`:%s:` stands twice in the options of {run}; write all of it into one.",
                name,
                location=self.get_location(),
                type="doclab",
            )
        found = super().run()
        own = {key: self.options[key] for key in block_options.SPEC if key in self.options}
        for node in found:
            for block in node.findall(nodes.literal_block):
                block[OPTIONS] = own
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
