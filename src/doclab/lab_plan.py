# SPDX-License-Identifier: Apache-2.0
"""What a lab is made of."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from doclab.images import Images


@dataclasses.dataclass(frozen=True, kw_only=True)
class LabPlan:
    """What a lab is made of."""

    machines: tuple[str, ...]
    user: str  # who logs in
    images: Images
    repository: str  # address from which pages clone the project
    snapshot: Path | None  # a bare Git repository that answers for it
    record: bool = False  # whether the state of a new machine is recorded
