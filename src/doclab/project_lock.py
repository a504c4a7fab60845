# SPDX-License-Identifier: Apache-2.0
"""A lock on what the runs of a project share, between all of them on this computer.

Runs of one checkout share snapshots: while one of them restores a snapshot, another must
not remove it. They share what Sphinx keeps of the pages, too, which is for one at a time.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ProjectLock:
    """Many may hold it to use what the project's runs share, or one to change it."""

    def __init__(self, directory: Path) -> None:
        """Take the directory that is locked, which is there already; see flock(2)."""
        self._directory = directory

    @contextmanager
    def to_use(self) -> Iterator[None]:
        """Wait until nobody changes anything; nobody does before this ends."""
        with self._held(fcntl.LOCK_SH):
            yield

    @contextmanager
    def to_change(self) -> Iterator[None]:
        """Wait until nobody uses or changes anything; nobody does before this ends."""
        with self._held(fcntl.LOCK_EX):
            yield

    @contextmanager
    def _held(self, how: int) -> Iterator[None]:
        # Opened anew each time: so the threads of one process lock each other out too.
        descriptor = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)  # which unlocks it
