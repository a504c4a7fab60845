# SPDX-License-Identifier: Apache-2.0
"""Reject expectations that check nothing, and placeholders that stand nowhere.

An expectation must be able to fail: not with any output, but with the two that
a broken page shows most often, nothing at all and what the command before it
printed. A command that must print nothing says so by what it shows: nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from doclab import captures, expect, shape
from doclab.captures import shown_at
from doclab.model import Block, Command, Location, Page, Placeholder, exclude_each_other
from doclab.tokens import split


def mistakes(block: Block) -> list[str]:
    """Return what is wrong with a block's expectations, whatever stands around it."""
    found = []
    texts = Counter(item.text for item in block.placeholders)
    lines = [line for command in block.commands for line in (command.expected or "").split("\n")]
    used = {item for line in lines for item in _placeholders(line, block)}
    for item in block.placeholders:
        if texts[item.text] > 1:
            found.append(
                f"{block.location}: `:vary:` has {item.text!r} twice; the text of a placeholder"
                " says which one is meant, so show another value for one of them."
            )
        elif item not in used:
            found.append(
                f"{block.location}: `:vary:` has {item.text!r}, which is no whole token of what"
                " the block shows as output; remove it, or write it as the output shows it."
            )
    for command in block.commands if block.json else ():
        try:
            if command.expected:
                shape.read(command.expected)
        except shape.NoJsonError as error:
            found.append(
                f"{shown_at(block, command)}: what the page shows is no JSON: {error}; mend it,"
                ' or remove `:json:`. What is left out is `"...": "..."` in an object, and'
                ' `"..."` in a list.'
            )
    return list(dict.fromkeys(found))


def clashes(pages: Sequence[Page]) -> list[str]:
    """Return the names of placeholders that stand for two kinds."""
    first: dict[str, tuple[Placeholder, Location]] = {}
    found = []
    for page in pages:
        for block in page.blocks:
            for item in block.placeholders:
                if item.name is None:
                    continue
                other, place = first.setdefault(item.name, (item, block.location))
                if other.kind != item.kind:
                    found.append(
                        f"{block.location}: the name {item.name!r} is of the kind {item.kind}"
                        f" here, and {other.kind} in {place}; one name has one value, so give"
                        " one of them another name."
                    )
    return found


def lint(pages: Sequence[Page]) -> list[str]:
    """Return what is wrong with the expectations of all pages, with place and remedy."""
    found = captures.check(pages)
    examples = {page.name: _examples(page.blocks) for page in pages}
    after = {page.name: page.after for page in pages}
    for page in pages:
        known: dict[str, str] = {}
        for name in _closure(page.name, after):
            known.update(examples[name])
        done: list[Block] = []
        for block in page.blocks:
            if block.skip is None:
                found += _lint_block(block, done, known)
                known.update(_examples([block]))
                done.append(block)
    return found


def _lint_block(block: Block, done: Sequence[Block], known: Mapping[str, str]) -> Iterator[str]:
    shown = [
        (before.commands[-1], output)
        for before in _before(block, done)
        for output in {_shown(before.commands[-1:]), _shown(before.commands)}
    ]
    needed = False
    for command in block.commands:
        if command.expected:
            place = shown_at(block, command)
            nothing = ("{}", "[]") if block.json else ("",)
            if any(
                _matches(command, block, output, known)
                for output in nothing
                if "".join(command.expected.split()) != output
            ):
                yield (
                    f"{place}: this would also match if the command printed nothing, or JSON"
                    " with nothing in it; show a line that matters."
                )
            elif _is_vague(command.expected, block, known):
                yield (
                    f"{place}: this would match any word; show a line that says more, or a"
                    " placeholder of a narrower kind."
                )
            same = next(
                (
                    other
                    for other, output in shown
                    if output and other.text != command.text
                    if _matches(command, block, output, known)
                ),
                None,
            )
            needed = needed or same is not None
            if same is not None and block.same is None:
                yield (
                    f"{place}: what the page shows for the command before it, `{same.text}`,"
                    " would match too; show what differs, or say in a {run} block with"
                    " `:same: REASON` why both print the same."
                )
        shown = [(command, _shown([command]))]
        known = {**known, **_examples_of(command, block)}
    if block.same is not None and not needed:
        yield (
            f"{block.location}: `:same:` is stale: no command of the block shows what the one"
            " before it does; remove the option."
        )


def _before(block: Block, done: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks that may be the last one before this in its terminal."""
    found: list[Block] = []
    for other in reversed(done):
        same_terminal = (other.machine, other.terminal) == (block.machine, block.terminal)
        if not same_terminal or exclude_each_other(block.tabs, other.tabs):
            continue
        if any(set(later.tabs) <= set(other.tabs) for later in found):
            continue
        found.append(other)
        yield other
        if set(other.tabs) <= set(block.tabs):
            return


def _shown(commands: Sequence[Command]) -> str:
    """Return the output that the page shows for some commands."""
    lines = "\n".join(command.expected for command in commands if command.expected).split("\n")
    return "\n".join(line for line in lines if not expect.is_any(line))


def _matches(command: Command, block: Block, output: str, known: Mapping[str, str]) -> bool:
    found = expect.compare(
        command.expected or "",
        output,
        json=block.json,
        placeholders=block.placeholders,
        captured=known,
    )
    return found.values is not None


def _is_vague(expected: str, block: Block, known: Mapping[str, str]) -> bool:
    """Whether an expectation is nothing but dots and words that were not seen before."""
    for line in expected.split("\n"):
        if expect.is_any(line):
            continue
        for piece in split(line, block.placeholders):
            if isinstance(piece, str):
                if piece.strip():
                    return False
            elif piece.kind != "word" or piece.name in known:
                return False
    return True


def _closure(name: str, after: Mapping[str, Sequence[str]]) -> list[str]:
    """Return all pages that come before a page."""
    found: list[str] = []
    left = list(after.get(name, ()))
    while left:
        other = left.pop()
        if other not in found and other in after and other != name:
            found.append(other)
            left += after[other]
    return found


def _examples(blocks: Sequence[Block]) -> dict[str, str]:
    """Return the values of named placeholders as the page shows them."""
    found: dict[str, str] = {}
    for block in blocks:
        for command in block.commands:
            found.update(_examples_of(command, block))
    return found


def _examples_of(command: Command, block: Block) -> dict[str, str]:
    return {item.name or "": item.text for item in captures.names(command, block)}


def _placeholders(line: str, block: Block) -> list[Placeholder]:
    return [piece for piece in split(line, block.placeholders) if isinstance(piece, Placeholder)]
