# SPDX-License-Identifier: Apache-2.0
"""A table, before it is HTML or text."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of texts."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]  # as many cells each as the head has
    notes: tuple[str, ...] = ()  # sentences below
