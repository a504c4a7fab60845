"""A lock on a project, between all runs of it on this computer.

Runs of one checkout share snapshots: while one of them restores a snapshot, another must
not remove it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ProjectLock:
    """Many may hold it to use what the project's runs share, or one to remove some of it."""

    def __init__(self, project: Path) -> None:
        """Take the directory of the project, which is what is locked; see flock(2)."""
        self._project = project

    @contextmanager
    def to_use(self) -> Iterator[None]:
        """Wait until nobody removes anything; nobody does before this ends."""
        with self._held(fcntl.LOCK_SH):
            yield

    @contextmanager
    def to_remove(self) -> Iterator[None]:
        """Wait until nobody uses anything; nobody does before this ends."""
        with self._held(fcntl.LOCK_EX):
            yield

    @contextmanager
    def _held(self, how: int) -> Iterator[None]:
        # Opened anew each time: so the threads of one process lock each other out too.
        descriptor = os.open(self._project, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)  # which unlocks it
