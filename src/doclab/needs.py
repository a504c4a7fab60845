# SPDX-License-Identifier: Apache-2.0
"""What a tab, a section or a page needs of the lab, such as Podman 5.6 or later."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from doclab.model import DoclabError

#: What can be needed, by the keys of Ledger.versions, and its name for people.
PROGRAMS = {"kernel": "Linux", "podman": "Podman", "systemd": "systemd"}
DISTRIBUTION = "distribution"

_NEED = re.compile(r"(?P<name>[a-z]+)(?P<sign>>=|<=|==|=|<|>)(?P<value>[\w.-]+)")
_VERSION = re.compile(r"\d+(?:\.\d+)*")
_COMPARE: dict[str, Callable[[Version, str], bool]] = {
    ">=": lambda found, value: found >= Version(value),
    "<": lambda found, value: found < Version(value),
    "=": lambda found, value: found in SpecifierSet(f"=={value}.*"),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Need:
    """One thing that must be so where a block runs."""

    name: str  # a key of PROGRAMS, or "distribution"
    sign: str  # ">=", "<" or "="; of a distribution always "="
    value: str  # a version, or the name of a distribution in small letters

    def __str__(self) -> str:
        """Say it to people."""
        if self.name == DISTRIBUTION:
            return self.value.capitalize()
        program = PROGRAMS[self.name]
        return {
            ">=": f"{program} {self.value} or later",
            "<": f"{program} older than {self.value}",
            "=": f"{program} {self.value}",
        }[self.sign]

    def is_met(self, fact: str) -> bool:
        """Whether a lab with this version, or of this distribution, will do.

        Raises:
            DoclabError: if the fact has no version in it.
        """
        if self.name == DISTRIBUTION:
            return fact.casefold().split(maxsplit=1)[:1] == [self.value]
        found = _VERSION.search(fact)
        if found is None:
            raise DoclabError(f"the lab says {fact!r} where the version of {self.name} should be.")
        return _COMPARE[self.sign](Version(found.group()), self.value)


def parse(text: str) -> Need:
    """Return what an author wrote, such as `podman>=5.6`.

    Raises:
        DoclabError: with what can be written, if this cannot.
    """
    match = _NEED.fullmatch(text)
    names = f"{', '.join(PROGRAMS)} and {DISTRIBUTION}"
    if match is None:
        raise DoclabError(
            f"the need {text!r} is not of the form NAME>=VERSION, NAME<VERSION, NAME=VERSION"
            f" or {DISTRIBUTION}=NAME; write it without spaces, as in `podman>=5.6`."
        )
    name, sign, value = match.group("name", "sign", "value")
    if name not in PROGRAMS and name != DISTRIBUTION:
        raise DoclabError(f"the need {text!r} is of something unknown; known are {names}.")
    if name == DISTRIBUTION:
        if sign != "=":
            raise DoclabError(
                f"the need {text!r} compares distributions; write {DISTRIBUTION}={value}."
            )
        return Need(name=name, sign=sign, value=value.casefold())
    if sign not in _COMPARE:
        raise DoclabError(
            f"the need {text!r} has the sign `{sign}`; known are {', '.join(_COMPARE)}."
        )
    if not _VERSION.fullmatch(value):
        raise DoclabError(f"the need {text!r}: {value!r} is no version; write one such as 5.6.")
    return Need(name=name, sign=sign, value=value)


def unmet(needs: Iterable[str], facts: Mapping[str, str]) -> str | None:
    """Return why blocks with these needs cannot run in a lab, if so.

    Args:
        needs: as authors write them.
        facts: versions of the lab, as in Ledger.versions; what is not there is
            unknown, and counts as good enough: the run then tells.

    Raises:
        DoclabError: for a need that cannot be parsed, or a fact without a version.
    """
    for need in map(parse, needs):
        fact = facts.get(need.name)
        if fact is not None and not need.is_met(fact):
            return f"needs {need}; this lab has {fact}"
    return None


def sentence(needs: Iterable[str]) -> str:
    """Return the line that readers see.

    Raises:
        DoclabError: for a need that cannot be parsed.
    """
    *others, last = (str(parse(need)) for need in needs)
    return f"Needs {', '.join(others)} and {last}." if others else f"Needs {last}."
