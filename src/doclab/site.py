# SPDX-License-Identifier: Apache-2.0
"""All that was collected from a Sphinx project."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from doclab.model import Page
from doclab.settings import Settings


@dataclasses.dataclass(frozen=True, kw_only=True)
class Site:
    """All that was collected."""

    root: Path  # of the project; locations are relative to it
    docs: Path  # directory of conf.py
    settings: Settings
    pages: tuple[Page, ...]  # in the order of their names

    @property
    def records(self) -> bool:
        """Whether the state of a new machine is recorded, to be compared at the end."""
        return any(page.clean_up is not None for page in self.pages)
