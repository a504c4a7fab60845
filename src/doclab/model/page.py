# SPDX-License-Identifier: Apache-2.0
"""A page, and what is said on it besides its blocks."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from doclab.model.block import Block, Location


@dataclasses.dataclass(frozen=True, kw_only=True)
class CleanUp:
    """A page's promise that its machines are as they were before the first block."""

    location: Location
    stays: dict[str, str]  # from "KIND NAME", with `*`, to the reason


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mention:
    """Inline code on a page, such as the name of a unit."""

    text: str  # in one line
    location: Location


@dataclasses.dataclass(frozen=True, kw_only=True)
class ShownFile:
    """A file that a page shows, in whole or in part, or offers for download."""

    path: Path  # relative to the root of the project
    location: Location  # where the page does so


@dataclasses.dataclass(frozen=True, kw_only=True)
class Page:
    """One document of the site."""

    name: str
    path: Path
    title: str
    after: tuple[str, ...]  # pages that a reader has done before
    blocks: tuple[Block, ...]
    clean_up: CleanUp | None = None  # what must hold when its last block has passed
    after_at: Location | None = None  # where it names the pages to do before
    mentions: tuple[Mention, ...] = ()  # inline code, in order
    shown: tuple[ShownFile, ...] = ()  # files that it shows, in order
