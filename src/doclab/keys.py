# SPDX-License-Identifier: Apache-2.0
"""Keys of snapshots: digests of all that leads to a state of a lab."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from doclab.model import Block, Location


def base(parts: Iterable[str], files: Mapping[str, bytes]) -> str:
    """Digest what a lab is made of besides blocks.

    Args:
        parts: references of images, versions.
        files: contents of the project's files that pages could use, by name.
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{part}\0".encode())
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


def key(below: str, blocks: Sequence[Block]) -> str:
    """Digest blocks and what they run on; where they are in their files is left out."""
    digest = hashlib.sha256(below.encode())
    for block in blocks:
        digest.update(repr(without_place(block)).encode())
    return digest.hexdigest()[:24]


def without_place(block: Block) -> Block:
    """Return a block as if it stood at the top of its file, in a page without a name."""
    return dataclasses.replace(
        block,
        location=Location(path=Path(), line=0),
        headings=(),
        commands=tuple(dataclasses.replace(command, line=0) for command in block.commands),
    )
