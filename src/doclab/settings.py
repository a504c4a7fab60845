# SPDX-License-Identifier: Apache-2.0
"""What the site's conf.py says about the lab."""

from __future__ import annotations

import dataclasses
import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from doclab.model import DoclabError

if TYPE_CHECKING:
    from sphinx.config import Config  # only a type: a lab can begin before Sphinx is there

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123, in small letters
_USER = re.compile(r"[a-z][a-z0-9_-]{0,31}")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """What the site's conf.py says about the lab."""

    machines: tuple[str, ...]  # the first is where blocks without a prompt run
    user: str  # who logs in on a machine at the start of a page
    recipe: Path  # directory of the lab's images
    repository: str  # address from which pages clone this project
    versions: dict[str, str]  # for the ledger, of what no machine can tell
    deadline: float  # seconds for each scenario
    survivors: Path  # file that lists mutants which survive, with reasons
    judges: dict[str, str]  # from patterns of files to the command that judges their mutants
    examples: Path | None  # directory whose files the pages show or run
    words: dict[str, str]  # inline code that is nowhere in the examples, and why
    prose_exceptions: dict[str, str]  # pages whose inline code is not checked, and why
    example_exceptions: dict[str, str]  # files of examples that no page shows, and why
    labs: dict[str, str]  # base image of each lab by its name; the first is the default

    def lab(self, name: str | None) -> str:
        """Return the name of a lab that there is; None means the default.

        Raises:
            DoclabError: if there is none of this name.
        """
        if name is None and self.labs:
            return next(iter(self.labs))
        if name not in self.labs:
            raise DoclabError(
                f"there is no lab {name!r}; there are {', '.join(self.labs)}."
                if self.labs
                else "doclab_labs in conf.py names no lab; leave it out, or name one."
            )
        return name


def read(config: Config, docs: Path, *, root: Path) -> Settings:
    """Return the settings of a site.

    Args:
        config: what Sphinx read from conf.py.
        docs: directory of conf.py.
        root: directory to which places in messages are relative.

    Raises:
        DoclabError: for a machine or a user that no lab can have.
    """
    place = partial(conf_place, docs, root=root)
    if isinstance(config.doclab_machines, str):  # Sphinx warns, and goes on
        raise DoclabError(
            f"{place('doclab_machines')}: doclab_machines is a text; write a list, even for one"
            " machine."
        )
    machines = [str(name) for name in config.doclab_machines]
    if not machines:
        raise DoclabError(
            f"{place('doclab_machines')}: doclab_machines is empty; name at least one machine."
        )
    for name in machines:
        if not _HOST.fullmatch(name):
            raise DoclabError(
                f"{place('doclab_machines')}: the machine {name!r} cannot have this name; use up"
                " to 63 small letters, digits and hyphens, with no hyphen at the ends."
            )
        if machines.count(name) > 1:
            raise DoclabError(
                f"{place('doclab_machines')}: there are two machines {name!r}; rename one."
            )
    if not _USER.fullmatch(config.doclab_user):
        raise DoclabError(
            f"{place('doclab_user')}: no user can have the name {config.doclab_user!r}; start with"
            " a small letter, and use small letters, digits, `_` and `-`."
        )
    for pattern, command in config.doclab_judges.items():
        if not isinstance(command, str) or not command.strip():
            raise DoclabError(
                f"{place('doclab_judges')}: doclab_judges has no command for {pattern!r}; write"
                " one that ends with status 1 if such a file is wrong."
            )
    return Settings(
        machines=tuple(machines),
        user=config.doclab_user,
        recipe=(docs / config.doclab_recipe).resolve(),
        repository=config.doclab_repository,
        versions=dict(config.doclab_versions),
        deadline=_deadline(config.doclab_deadline, place("doclab_deadline")),
        survivors=(docs / config.doclab_survivors).resolve(),
        judges=dict(config.doclab_judges),
        examples=(docs / config.doclab_examples).resolve() if config.doclab_examples else None,
        words=dict(config.doclab_words),
        prose_exceptions=dict(config.doclab_prose_exceptions),
        example_exceptions=dict(config.doclab_example_exceptions),
        labs=dict(config.doclab_labs),
    )


def conf_place(docs: Path, name: str, *, root: Path) -> str:
    """Return where a site's conf.py sets a value, as messages say it."""
    conf = docs / "conf.py"
    lines = conf.read_text(encoding="utf-8").split("\n")
    setting = re.compile(rf"\s*{re.escape(name)}\b")
    number = next((n for n, line in enumerate(lines, 1) if setting.match(line)), None)
    return os.path.relpath(conf, root) + (f":{number}" if number else "")


def _deadline(value: object, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise DoclabError(
            f"{place}: doclab_deadline is a number of seconds greater than 0, not {value!r}."
        )
    return float(value)


def check_recipe(settings: Settings, docs: Path, *, root: Path) -> None:
    """Look whether the lab's recipe is there, which only a run needs.

    Raises:
        DoclabError: if it is not.
    """
    if not (settings.recipe / "machine" / "Containerfile").is_file():
        recipe = os.path.relpath(settings.recipe, root)
        raise DoclabError(
            f"{conf_place(docs, 'doclab_recipe', root=root)}: there is no file"
            f" {recipe}/machine/Containerfile to make the lab of; name the directory of the"
            " lab's recipe with doclab_recipe."
        )
