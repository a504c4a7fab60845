"""The project as a Git repository that lab machines can clone."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
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


def snapshot(root: Path, target: Path) -> Path | None:
    """Make a bare Git repository of the project's files as they are now.

    Returns:
        Its path, or None if the project is not a Git checkout.
    """
    names = files(root)
    if names is None:
        return None
    with tempfile.TemporaryDirectory(prefix="doclab-") as folder:
        tree = Path(folder)
        for name in names:
            copy = tree / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy)
        git = [
            "git",
            "-C",
            str(tree),
            "-c",
            "user.name=doclab",
            "-c",
            "user.email=doclab@localhost",
        ]
        for arguments in (
            ["init", "--quiet", "--initial-branch=main"],
            ["add", "--all"],
            ["commit", "--quiet", "--no-gpg-sign", "--message=Snapshot"],
            ["clone", "--quiet", "--bare", ".", str(target)],
        ):
            done = subprocess.run([*git, *arguments], check=False, capture_output=True, text=True)
            if done.returncode != 0:
                raise DoclabError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return target
