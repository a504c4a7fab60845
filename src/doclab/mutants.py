# SPDX-License-Identifier: Apache-2.0
"""Mutants: one thing broken at a time, in a block or in a file that pages use."""

from __future__ import annotations

import collections
import dataclasses
import enum
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from doclab.model import Block, Command, Location, Placeholder, Scenario
from doclab.tokens import split

#: Ends of the names of files of which each line can be broken, and how comments start there.
COMMENTS = {
    ".capnp": "#", ".js": "//", ".mjs": "//",
    # Quadlets (podman-systemd.unit(5)).
    ".container": "#;", ".network": "#;", ".volume": "#;", ".kube": "#;", ".pod": "#;",
    ".image": "#;", ".build": "#;",
    # Units (systemd.unit(5)), and what is added to them.
    ".socket": "#;", ".service": "#;", ".timer": "#;", ".path": "#;", ".target": "#;",
    ".mount": "#;", ".slice": "#;", ".conf": "#;",
}  # fmt: skip
#: Settings of units that people read and nothing acts on (systemd.unit(5)).
_FOR_PEOPLE = ("Description=", "Documentation=")
_TOKEN = re.compile(r"[A-Za-z0-9]+")


class Kind(enum.Enum):
    """How a thing is broken."""

    DROPPED = "block dropped"
    TRUE = "block replaced by `true`"
    EXPECTATION = "expectation changed"
    REMOVED = "line removed"
    ALTERED = "line altered"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change that must turn a run red."""

    kind: Kind
    location: Location
    text: str  # the block's first line, or the line, as it is
    changed: str = ""  # the line as the mutant has it
    copies: tuple[Path, ...] = ()  # other files with the same content, which change as well
    last: int = 0  # the last line that it is about, if not just one
    nth: int = 1  # which it is of those that would have the same name

    @property
    def name(self) -> str:
        """What stays the same when lines move: for the list of survivors."""
        count = f" ({self.nth})" if self.nth > 1 else ""
        return f"{self.location.path}: {self.kind.value}: {self.text}{count}"

    def __str__(self) -> str:
        changed = f" → `{self.changed}`" if self.changed else ""
        return f"{self.location}: {self.kind.value}: `{self.text}`{changed}"

    @property
    def files(self) -> tuple[Path, ...]:
        """The file, and its copies."""
        return (self.location.path, *self.copies)

    @property
    def of_block(self) -> bool:
        """Whether a block is missing in it, or as good as missing."""
        return self.kind in (Kind.DROPPED, Kind.TRUE)

    def touches(self, lines: Container[tuple[str, int]]) -> bool:
        """Whether it is about one of these lines, each given as path and number."""
        numbers = range(self.location.line, max(self.location.line, self.last) + 1)
        return any((str(path), number) in lines for path in self.files for number in numbers)


class By(enum.Enum):
    """Who judges a mutant."""

    OUTPUT = "what the last run printed"
    LEDGER = "the ledger, which misses a block that was not run"
    TESTS = "tests"
    LAB = "the blocks in a lab"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of a mutant."""

    mutant: Mutant
    by: By
    killed_by: str  # what turned red; empty: nothing

    def __str__(self) -> str:
        fate = f"red at {self.killed_by}" if self.killed_by else "SURVIVED"
        return f"{fate:40} {self.mutant}"


def sure(judge: Callable[[Mutant], Verdict], mutant: Mutant) -> Verdict:
    """Judge a mutant; find it out only if it is so twice.

    On a computer that has much to do, a test or a block may fail by chance.
    """
    verdict = judge(mutant)
    return judge(mutant) if verdict.killed_by else verdict


def of_block(block: Block) -> Iterator[Mutant]:
    """Yield the mutants of a block that needs a lab, or the output of a run."""
    last = max((_last_line(command) for command in block.commands), default=0)
    for kind in (Kind.DROPPED, Kind.TRUE):
        yield Mutant(kind=kind, location=block.location, text=block.title, last=last)
    for command in block.commands:
        for line in dict.fromkeys((command.expected or "").split("\n")):
            changed = altered(line, block.placeholders)
            if changed is not None:
                yield Mutant(
                    kind=Kind.EXPECTATION,
                    location=Location(path=block.location.path, line=command.line),
                    text=line,
                    changed=changed,
                    last=_last_line(command),
                )


def _last_line(command: Command) -> int:
    printed = command.expected.count("\n") + 1 if command.expected else 0
    return command.line + command.text.count("\n") + printed


def of_file(path: Path, text: str, copies: tuple[Path, ...] = ()) -> Iterator[Mutant]:
    """Yield the mutants of a unit, a configuration or a program.

    Lines that say nothing (comments, descriptions, blank lines, brackets) have none.

    Args:
        path: of the file.
        text: its content.
        copies: other files with this content. A mutant breaks all of them at once: two
            copies of a line would only be judged twice.
    """
    starts = COMMENTS.get(path.suffix)
    if starts is None:
        return
    comment = (starts,) if starts == "//" else tuple(starts)
    if starts == "#;":
        comment += _FOR_PEOPLE
    within = False  # a comment of several lines
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        within = starts == "//" and (within or bare.startswith("/*"))
        if within:
            within = "*/" not in bare
            continue
        if bare.startswith(comment) or not _TOKEN.search(bare):
            continue
        place = Location(path=path, line=number)
        yield Mutant(kind=Kind.REMOVED, location=place, text=bare, copies=copies)
        code = _code(bare, starts)
        changed = altered(code)
        if changed is not None:
            changed += bare[len(code) :]
            yield Mutant(
                kind=Kind.ALTERED, location=place, text=bare, changed=changed, copies=copies
            )


def _code(line: str, starts: str) -> str:
    """Return a line without the comment at its end, which units do not have."""
    return line if starts == "#;" else re.split(rf"\s+{starts}(?:\s|$)", line)[0]


def of_files(texts: Mapping[Path, str]) -> Iterator[Mutant]:
    """Yield the mutants of several files; copies of one count once, under the first name."""
    same: dict[tuple[str, str], list[Path]] = {}
    for path, text in texts.items():
        same.setdefault((path.suffix, text), []).append(path)
    for (_, text), (path, *copies) in same.items():
        yield from of_file(path, text, tuple(copies))


def numbered(found: Iterable[Mutant]) -> list[Mutant]:
    """Return mutants so that no two have the same name."""
    count: collections.Counter[str] = collections.Counter()
    numbered = []
    for mutant in found:
        count[mutant.name] += 1
        numbered.append(dataclasses.replace(mutant, nth=count[mutant.name]))
    return numbered


def altered(line: str, placeholders: Sequence[Placeholder] = ()) -> str | None:
    """Return the line with its last word or number changed; None if it has none.

    Args:
        line: as it is.
        placeholders: whose examples may be any other value: a part of one becomes what is none,
            since another lab may print the next number, and nothing becomes another example.
    """
    tokens = list(_TOKEN.finditer(line))
    if not tokens:
        return None
    last = tokens[-1]
    word = last[0]
    opposite = {"true": "false", "false": "true", "yes": "no", "no": "yes"}
    new = str(int(word) + 1) if word.isdecimal() else opposite.get(word, f"{word}x")
    if _in_example(line, last.end(), placeholders):
        new = f"{word}x"
    before, after = line[: last.start()], line[last.end() :]
    while _in_example(f"{before}{new}{after}", len(before + new), placeholders):
        new = f"{new}x"
    return f"{before}{new}{after}"


def _in_example(line: str, end: int, placeholders: Sequence[Placeholder]) -> bool:
    """Whether what ends there is a part of a placeholder's example."""
    start = 0
    for piece in split(line, placeholders):
        length = len(piece.text if isinstance(piece, Placeholder) else piece)
        if start < end <= start + length:
            return isinstance(piece, Placeholder)
        start += length
    return False


def broken_text(mutant: Mutant, text: str) -> str:
    """Return the text of a file as its mutant has it."""
    lines = text.split("\n")
    line = lines[mutant.location.line - 1]
    if mutant.kind is Kind.REMOVED:
        del lines[mutant.location.line - 1]
    else:
        indent = line[: len(line) - len(line.lstrip())]
        lines[mutant.location.line - 1] = indent + mutant.changed
    return "\n".join(lines)


def without(scenario: Scenario, mutant: Mutant) -> Scenario:
    """Return the scenario without the block that a mutant drops."""
    blocks = tuple(b for b in scenario.blocks if b.location != mutant.location)
    return dataclasses.replace(scenario, blocks=blocks)
