# SPDX-License-Identifier: Apache-2.0
"""The list of mutants that survive, each with its reason, and what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from doclab.model import DoclabError
from doclab.mutants import By, Mutant, Verdict


def read(path: Path) -> dict[str, str]:
    """Read the list of survivors: from the name of a mutant to the reason.

    Raises:
        DoclabError: if it is not of the form that is described in the file.
    """
    if not path.is_file():
        return {}
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", [])
    except tomllib.TOMLDecodeError as error:
        raise DoclabError(f"{path}: this is not TOML: {error}.") from error
    found: dict[str, str] = {}
    for item in listed if isinstance(listed, list) else [listed]:
        names, reason = _entry(item)
        if not names or not reason:
            raise DoclabError(
                f"{path}: each [[survivor]] has a `mutant`, as the session prints it, or a list"
                " `mutants` of them, and one `reason`."
            )
        for name in names:
            if name in found:
                raise DoclabError(f"{path}: {name!r} is listed twice; keep one of the reasons.")
            found[name] = reason
    return found


def _entry(item: object) -> tuple[list[str], str]:
    """Return the mutants of an entry and their reason; nothing if it has another form."""
    if not isinstance(item, dict):
        return [], ""
    reason = item.get("reason")
    names = item.get("mutants", [item.get("mutant")])
    if set(item) not in ({"mutant", "reason"}, {"mutants", "reason"}):
        return [], ""
    if not isinstance(reason, str) or not isinstance(names, list):
        return [], ""
    if not all(isinstance(name, str) for name in names):
        return [], ""
    return names, reason.strip()


def judge(
    verdicts: Sequence[Verdict], listed: dict[str, str], every: Iterable[Mutant]
) -> tuple[list[str], float]:
    """Return what is wrong, and the share of mutants that were found out.

    Args:
        verdicts: of the mutants that were tried.
        listed: survivors with their reasons.
        every: all mutants that there are.
    """
    alive = [verdict for verdict in verdicts if not verdict.killed_by]
    dead = {verdict.mutant.name for verdict in verdicts if verdict.killed_by}
    problems = [
        f"{verdict.mutant}: nothing turned red. Make a page show the difference, or list"
        f' mutant = "{verdict.mutant.name}" with its reason.'
        for verdict in alive
        if verdict.mutant.name not in listed
    ]
    survived = {verdict.mutant.name for verdict in alive}
    problems += unknown(listed, every)
    problems += [
        f"the list of survivors names one that was found out: {name!r}."
        for name in listed
        if name in dead - survived
    ]
    return problems, share(verdicts)


def unknown(listed: Iterable[str], every: Iterable[Mutant]) -> list[str]:
    """Return what is wrong with a list that names mutants which do not exist."""
    names = {mutant.name for mutant in every}
    return [
        f"the list of survivors names a mutant that is not there: {name!r}; take its new name, or"
        " remove the entry."
        for name in listed
        if name not in names
    ]


def share(verdicts: Iterable[Verdict]) -> float:
    """Return the share of mutants that were found out.

    Blocks that are dropped do not count: the ledger misses each of them, whatever it does.
    """
    counted = [verdict for verdict in verdicts if verdict.by is not By.LEDGER]
    return sum(bool(verdict.killed_by) for verdict in counted) / len(counted) if counted else 0.0
