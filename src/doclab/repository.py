# SPDX-License-Identifier: Apache-2.0
"""The project as a Git repository that lab machines can clone."""

from __future__ import annotations

import shutil
import stat
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from doclab.model import DoclabError


def files(root: Path) -> list[str] | None:
    """Return the names of the project's files, those that Git does not ignore.

    Returns:
        None if the project is not a Git checkout.
    """
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=False,
        capture_output=True,
    )
    if listed.returncode != 0:
        return None
    names = filter(None, listed.stdout.decode().split("\0"))
    return [name for name in dict.fromkeys(names) if (root / name).is_file()]


def copy_files(root: Path, names: Iterable[str], target: Path) -> None:
    """Copy files of the project into another directory, below the same names."""
    for name in names:
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, copy)


def snapshot(root: Path, target: Path) -> Path | None:
    """Make a bare Git repository of the project's files as they are now.

    All objects go into one pack, so that the repository can be copied fast.

    Returns:
        Its path, or None if the project is not a Git checkout.

    Raises:
        DoclabError: if Git fails.
    """
    names = files(root)
    if names is None:
        return None
    _git("init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(target))
    arguments = ["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet"]
    _git("-C", str(target), *arguments, stdin=b"".join(_commit(root, names)))
    return target


def _commit(root: Path, names: Iterable[str]) -> Iterator[bytes]:
    """Yield a commit with these files as `git fast-import` wants it."""
    yield b"commit refs/heads/main\n"
    yield f"committer doclab <doclab@localhost> {int(time.time())} +0000\n".encode()
    yield b"data 8\nSnapshot\n"
    for name in names:
        path = root / name
        content = path.read_bytes()
        mode = 100755 if path.stat().st_mode & stat.S_IXUSR else 100644
        quoted = name.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
        yield f'M {mode} inline "{quoted}"\ndata {len(content)}\n'.encode()
        yield content + b"\n"


def _git(*arguments: str, stdin: bytes = b"") -> None:
    done = subprocess.run(["git", *arguments], check=False, capture_output=True, input=stdin)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise DoclabError(f"git {' '.join(arguments)} failed: {said}")
