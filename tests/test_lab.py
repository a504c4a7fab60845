# SPDX-License-Identifier: Apache-2.0
"""What of a lab can be tested without an engine."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from doclab import journal, repository


def entry(message: str, **fields: str) -> str:
    """Return a line of the journal as JSON."""
    return json.dumps({"MESSAGE": message, **fields})


def test_journal_of_services_only() -> None:
    """Logins and the machine's own services are not the reader's concern."""
    text = "\n".join(
        [
            entry("opened", _SYSTEMD_UNIT="session-c1.scope"),
            entry("Started", UNIT="user@1001.service"),
            entry("kernel says"),
            entry(
                "Failed to listen", USER_UNIT="workerd.socket", _SYSTEMD_UNIT="user@1001.service"
            ),
            entry("502 GET", _SYSTEMD_USER_UNIT="workerd.service"),
        ]
    )
    assert journal.service_lines(text) == [
        "workerd.socket: Failed to listen",
        "workerd.service: 502 GET",
    ]


def git(root: Path, *arguments: str) -> str:
    """Run Git in a directory."""
    return subprocess.run(
        ["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True
    ).stdout


def test_snapshot_is_the_work_tree(tmp_path: Path) -> None:
    """Changes that are not committed are there, and ignored files are not."""
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "--quiet")
    (root / ".gitignore").write_text("ignored\n", encoding="utf-8")
    (root / "new").write_text("changed\n", encoding="utf-8")
    (root / "ignored").write_text("x\n", encoding="utf-8")
    script = root / "script"
    script.write_text("#!/bin/sh\n", encoding="utf-8")
    script.chmod(0o755)
    copy = tmp_path / "copy.git"
    assert repository.snapshot(root, copy) == copy
    git(tmp_path, "clone", "--quiet", str(copy), "clone")
    clone = tmp_path / "clone"
    assert sorted(p.name for p in clone.iterdir() if p.name != ".git") == [
        ".gitignore",
        "new",
        "script",
    ]
    assert os.access(clone / "script", os.X_OK)


def test_no_checkout_no_snapshot(tmp_path: Path) -> None:
    """A release archive has no Git directory."""
    assert repository.snapshot(tmp_path, tmp_path / "copy.git") is None
