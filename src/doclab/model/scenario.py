# SPDX-License-Identifier: Apache-2.0
"""A scenario: blocks that run in one lab."""

from __future__ import annotations

import dataclasses
import functools

from doclab.model.block import Block, Tab


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scenario:
    """An ordered list of blocks, run in one fresh lab."""

    name: str  # unique in a run
    pages: tuple[str, ...]  # in order
    variant: tuple[Tab, ...]  # one choice for each set of tabs
    blocks: tuple[Block, ...]  # in order
    ends_page: bool = False  # whether it stops between two pages, for somebody to go on
    cut: bool = False  # whether blocks at its end were left out, so that pages do not end

    @functools.cached_property
    def variant_label(self) -> str:
        """The choices of tabs, for people."""
        return ", ".join(tab.label for tab in self.variant) or "only"
