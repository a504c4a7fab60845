"""Mutants: one thing broken at a time, in a block or in a file that pages use."""

from __future__ import annotations

import dataclasses
import enum
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from doclab.model import Block, Location, Scenario

#: What starts a comment, by the end of a file's name.
COMMENTS = {
    ".capnp": "#", ".container": "#;", ".network": "#;", ".volume": "#;", ".socket": "#;",
    ".service": "#;", ".timer": "#;", ".js": "//",
}  # fmt: skip
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

    @property
    def name(self) -> str:
        """What stays the same when lines move: for the list of survivors."""
        return f"{self.location.path}: {self.kind.value}: {self.text}"

    def __str__(self) -> str:
        changed = f" → `{self.changed}`" if self.changed else ""
        return f"{self.location}: {self.kind.value}: `{self.text}`{changed}"


def of_block(block: Block) -> Iterator[Mutant]:
    """Yield the mutants of a block that needs a lab, or the output of a run."""
    for kind in (Kind.DROPPED, Kind.TRUE):
        yield Mutant(kind=kind, location=block.location, text=block.title)
    for command in block.commands:
        for line in dict.fromkeys((command.expected or "").split("\n")):
            changed = altered(line)
            if changed is not None:
                place = Location(path=block.location.path, line=command.line)
                yield Mutant(kind=Kind.EXPECTATION, location=place, text=line, changed=changed)


def of_file(path: Path, text: str) -> Iterator[Mutant]:
    """Yield the mutants of a unit, a configuration or a program.

    Lines that say nothing (comments, blank lines, brackets) have none.
    """
    starts = COMMENTS.get(path.suffix)
    if starts is None:
        return
    comment = (starts,) if starts == "//" else tuple(starts)
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        if bare.startswith(comment) or not _TOKEN.search(bare):
            continue
        place = Location(path=path, line=number)
        yield Mutant(kind=Kind.REMOVED, location=place, text=bare)
        changed = altered(bare)
        if changed is not None:
            yield Mutant(kind=Kind.ALTERED, location=place, text=bare, changed=changed)


def altered(line: str) -> str | None:
    """Return the line with its last word or number changed; None if it has none."""
    tokens = list(_TOKEN.finditer(line))
    if not tokens:
        return None
    last = tokens[-1]
    word = last[0]
    opposite = {"true": "false", "false": "true", "yes": "no", "no": "yes"}
    new = str(int(word) + 1) if word.isdecimal() else opposite.get(word, f"{word}x")
    return line[: last.start()] + new + line[last.end() :]


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


def first_page_that_uses(path: Path, blocks: Sequence[Block]) -> str | None:
    """Return the first page whose blocks name a file and its directory."""
    pages: dict[str, str] = {}
    for block in blocks:
        pages[block.page] = pages.get(block.page, "") + block.text
    return next(
        (name for name, text in pages.items() if path.name in text and path.parent.name in text),
        None,
    )
