# SPDX-License-Identifier: Apache-2.0
"""What the site's conf.py says about the lab."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from doclab import recipe as recipe_of_lab
from doclab import registry
from doclab.model import DoclabError

if TYPE_CHECKING:
    from sphinx.config import Config  # only a type: a lab can begin before Sphinx is there

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123, in small letters
_USER = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_LAB = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*")  # a part of an image's name
_TEXTS = ("user", "recipe", "repository", "survivors", "examples", "ledger")
_TABLES = ("versions", "judges", "words", "prose_exceptions", "example_exceptions", "labs")


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
    judge_files: tuple[str, ...]  # patterns of the files that these commands get
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
        DoclabError: for a value of a wrong type, and for what no lab can have.
    """
    place = partial(conf_place, docs, root=root)
    _check_types(config, place)
    machines = _machines(config.doclab_machines, place)
    if not _USER.fullmatch(config.doclab_user):
        raise DoclabError(
            f"{place('doclab_user')}: no user can have the name {config.doclab_user!r}; start with"
            " a small letter, and use small letters, digits, `_` and `-`."
        )
    for pattern, command in config.doclab_judges.items():
        if not command.strip():
            raise DoclabError(
                f"{place('doclab_judges')}: doclab_judges has no command for {pattern!r}; write"
                " one that ends with status 1 if such a file is wrong."
            )
    for name, base in config.doclab_labs.items():
        if not _LAB.fullmatch(name) or not base.strip():
            raise DoclabError(
                f"{place('doclab_labs')}: the lab {name!r} of {base!r} cannot be: its name becomes"
                " part of an image's; use small letters, digits and single `.`, `_` and `-` between"
                " them for it, and name the image that its machine is built on."
            )
    examples = (docs / config.doclab_examples).resolve() if config.doclab_examples else None
    if examples is not None and not examples.is_dir():
        raise DoclabError(
            f"{place('doclab_examples')}: there is no directory {os.path.relpath(examples, root)};"
            " correct doclab_examples, whose path starts from the directory of conf.py, or leave"
            " it out."
        )
    return Settings(
        machines=machines,
        user=config.doclab_user,
        recipe=(docs / config.doclab_recipe).resolve(),
        repository=config.doclab_repository,
        versions=dict(config.doclab_versions),
        deadline=_deadline(config.doclab_deadline, place("doclab_deadline")),
        survivors=(docs / config.doclab_survivors).resolve(),
        judges=dict(config.doclab_judges),
        judge_files=_judge_files(config.doclab_judge_files, place("doclab_judge_files")),
        examples=examples,
        words=dict(config.doclab_words),
        prose_exceptions=dict(config.doclab_prose_exceptions),
        example_exceptions=dict(config.doclab_example_exceptions),
        labs=dict(config.doclab_labs),
    )


def _check_types(config: Config, place: Callable[[str], str]) -> None:
    """Refuse values of other types, of which Sphinx warns and goes on."""
    for name in (f"doclab_{short}" for short in _TEXTS):
        value = config[name]
        if not isinstance(value, str):
            raise DoclabError(
                f"{place(name)}: {name} is {value!r}; write a text in quotes, or leave it out."
            )
    for name in (f"doclab_{short}" for short in _TABLES):
        value = config[name]
        if not isinstance(value, dict):
            raise DoclabError(
                f"{place(name)}: {name} is {value!r}; write a dictionary, such as"
                f' `{name} = {{"this": "that"}}`, or leave it out.'
            )
        for key, entry in value.items():
            if not isinstance(key, str) or not isinstance(entry, str):
                raise DoclabError(
                    f"{place(name)}: {name} has {key!r} with {entry!r}; both must be texts in"
                    " quotes."
                )


def _judge_files(patterns: object, place: str) -> tuple[str, ...]:
    if not isinstance(patterns, list | tuple) or not all(isinstance(p, str) for p in patterns):
        raise DoclabError(
            f"{place}: doclab_judge_files is {patterns!r}; write a list of patterns, such as"
            ' `doclab_judge_files = ["examples/*", "tests/*"]`, or leave it out.'
        )
    return tuple(patterns)


def _machines(names: object, place: Callable[[str], str]) -> tuple[str, ...]:
    if not isinstance(names, list | tuple):
        raise DoclabError(
            f"{place('doclab_machines')}: doclab_machines is"
            f" {'a text' if isinstance(names, str) else repr(names)}; write a list, even for one"
            " machine."
        )
    machines = [str(name) for name in names]
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
    if registry.NAME in machines:
        raise DoclabError(
            f"{place('doclab_machines')}: no machine can be called {registry.NAME!r}: the lab's"
            " own registry of images is; give it another name."
        )
    return tuple(machines)


def conf_place(docs: Path, name: str, *, root: Path) -> str:
    """Return where a site's conf.py sets a value, as messages say it."""
    conf = docs / "conf.py"
    lines = conf.read_text(encoding="utf-8").split("\n") if conf.is_file() else []
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
    """Look whether the lab's recipe is there and complete, which only a run needs.

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
    recipe_of_lab.check(settings.recipe, root=root)
