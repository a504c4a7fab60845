# SPDX-License-Identifier: Apache-2.0
"""The nouns of doclab: frozen data that the stages hand to each other.

A page holds blocks, a block holds commands, a scenario is an ordered list of
blocks that run in one fresh lab, and the ledger says what became of each.
"""

from doclab.model.block import (
    Answer,
    Block,
    Command,
    DoclabError,
    Location,
    Placeholder,
    Tab,
    TabSet,
    exclude_each_other,
)
from doclab.model.ledger import Ledger, PageSummary
from doclab.model.page import CleanUp, Mention, Page, ShownFile
from doclab.model.result import BlockResult, CommandResult, Failure, Fate
from doclab.model.scenario import Scenario

__all__ = [
    "Answer",
    "Block",
    "BlockResult",
    "CleanUp",
    "Command",
    "CommandResult",
    "DoclabError",
    "Failure",
    "Fate",
    "Ledger",
    "Location",
    "Mention",
    "Page",
    "PageSummary",
    "Placeholder",
    "Scenario",
    "ShownFile",
    "Tab",
    "TabSet",
    "exclude_each_other",
]
