# SPDX-License-Identifier: Apache-2.0
"""Who may read files that we make, whatever the umask of the one who runs us."""

from __future__ import annotations

import stat
from pathlib import Path


def for_all(folder: Path) -> None:
    """Let everybody read what is in a directory, and run what its owner can run."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runs else 0o644)
