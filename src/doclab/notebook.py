# SPDX-License-Identifier: Apache-2.0
"""Verdicts written down as they come, so that a run which was cut off can go on."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

from doclab.mutants import By, Mutant, Verdict


class Notebook:
    """A file of verdicts, each with a digest of all that it depends on."""

    def __init__(self, path: Path) -> None:
        """Read what is there.

        A line that was cut off, even within a character, is no verdict.
        """
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, tuple[By, str]] = {}
        if path.is_file():
            for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
                try:
                    noted = json.loads(line)
                    self._known[noted["key"]] = By[noted["by"]], noted["killed_by"]
                except (ValueError, KeyError, TypeError):
                    continue

    def find(self, mutant: Mutant, *conditions: str) -> Verdict | None:
        """Return the verdict on a mutant, if it was noted under the same conditions."""
        noted = self._known.get(_key(mutant, conditions))
        return Verdict(mutant=mutant, by=noted[0], killed_by=noted[1]) if noted else None

    def note(self, verdict: Verdict, *conditions: str) -> None:
        """Write a verdict down.

        Args:
            verdict: to be kept.
            conditions: all that it depends on, besides the mutant.
        """
        key = _key(verdict.mutant, conditions)
        noted = {
            "mutant": str(verdict.mutant),
            "by": verdict.by.name,
            "killed_by": verdict.killed_by,
            "key": key,
        }
        with self._lock:
            self._known[key] = verdict.by, verdict.killed_by
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # A newline first: the line before it may have been cut off.
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"\n{json.dumps(noted, ensure_ascii=False)}\n")


def _key(mutant: Mutant, conditions: tuple[str, ...]) -> str:
    return hashlib.sha256(repr((mutant, conditions)).encode()).hexdigest()[:24]
