# SPDX-License-Identifier: Apache-2.0
"""The project as a Git repository that lab machines can clone."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from doclab.model import DoclabError

# What `git rev-parse --local-env-vars` names, but for settings. Git sets them for hooks and
# `rebase --exec`; they say where a repository is, and beat `-C`.
_WHERE = {
    "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_NAMESPACE",
}  # fmt: skip


class NoCheckoutError(DoclabError):
    """A directory is no Git checkout."""


def git(root: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """Run Git in a directory; return what it prints.

    Args:
        root: the directory: of a checkout, or a bare repository.
        arguments: of Git.
        stdin: what Git reads.

    Raises:
        NoCheckoutError: if there is no repository.
        DoclabError: if Git is missing, or fails.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _WHERE}
    try:
        # Not a pipe: Python fills one in small pieces, and waits for its other threads at each.
        with tempfile.TemporaryFile() as file:
            file.write(stdin)
            file.seek(0)
            done = subprocess.run(
                ["git", *arguments],
                check=False,
                capture_output=True,
                cwd=root,
                env={**environment, "LC_ALL": "C"},
                stdin=file,
            )
    except FileNotFoundError as error:
        raise DoclabError("git is missing; install it.") from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        kind = NoCheckoutError if "not a git repository" in said else DoclabError
        raise kind(f"{root}: git {arguments[0]}: {said}")
    return done.stdout


def files(root: Path) -> list[str] | None:
    """Return the names of the project's files and symbolic links, unless Git ignores them.

    Returns:
        None if the project is not a Git checkout.

    Raises:
        DoclabError: if Git is missing, or refuses.
    """
    try:
        listed = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    except NoCheckoutError:
        return None
    names = filter(None, os.fsdecode(listed).split("\0"))
    return [name for name in dict.fromkeys(names) if _is_content(root / name)]


def _is_content(path: Path) -> bool:
    return path.is_symlink() or path.is_file()


def content(path: Path) -> bytes:
    """Return what Git keeps of a file: its bytes; of a symbolic link, where it leads.

    Raises:
        DoclabError: if it cannot be read.
    """
    try:
        return os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
    except OSError as error:
        raise DoclabError(
            f"{path}: {error.strerror}; to Git, it belongs to the project: make it readable, or"
            " have .gitignore name it."
        ) from error


def mode(path: Path) -> str:
    """Return the mode that Git keeps of a file: a link, a program, or neither."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return "120000"
    return "100755" if status.st_mode & stat.S_IXUSR else "100644"


def contents(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return the modes and contents of the project's files by name.

    The mode comes first: what can no longer be executed is another file.

    Raises:
        DoclabError: if one cannot be read.
    """
    return {name: f"{mode(root / name)}\0".encode() + content(root / name) for name in names}


def copy_files(root: Path, names: Iterable[str], target: Path) -> None:
    """Copy files of the project into another directory, below the same names."""
    for name in names:
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, copy, follow_symlinks=False)


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
    git(root, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(target))
    where = (f"--git-dir={target}", "-c", "fastimport.unpackLimit=1")
    git(target, *where, "fast-import", "--quiet", stdin=b"".join(_commit(root, names)))
    return target


def _commit(root: Path, names: Iterable[str]) -> Iterator[bytes]:
    """Yield a commit with these files as `git fast-import` wants it."""
    yield b"commit refs/heads/main\n"
    yield f"committer doclab <doclab@localhost> {int(time.time())} +0000\n".encode()
    yield b"data 8\nSnapshot\n"
    for name in names:
        found = content(root / name)
        quoted = name.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
        yield os.fsencode(f'M {mode(root / name)} inline "{quoted}"\ndata {len(found)}\n')
        yield found + b"\n"
