# SPDX-License-Identifier: Apache-2.0
"""Propose placeholders: what differed between several runs of the same pages."""

from __future__ import annotations

import dataclasses
import re
import shlex
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from doclab import expect, shape
from doclab.kinds import KINDS
from doclab.merge import align
from doclab.model import Location, Placeholder
from doclab.samples import Run, Sample, in_one_form
from doclab.tokens import LinePattern, split

# In which order values are looked for: what could be a part of another comes later.
_LOOKED_FOR = ("ipv4", "ipv6", "time", "id", "version", "duration", "size", "number")
# The narrowest first; `size` and `version` hold numbers too.
_NARROW = ("ipv4", "ipv6", "time", "number", "duration", "size", "id", "version", "word")
_MARK = "\0"
_NO_FORM = (
    "has not in each run the same number of lines and words; show what stays, with a line `...`"
    " for the rest."
)
_NO_JSON_FORM = (
    "has not in each run the same keys, and values of the same form; show what stays, with"
    ' `"...": "..."` for other keys of an object, and `"..."` for other items of a list.'
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Proposal:
    """What an author may add to a block."""

    fence: Location  # of the block
    placeholders: tuple[Placeholder, ...] = ()
    problem: str = ""  # why there is none for some output

    def __str__(self) -> str:
        if self.problem:
            return f"{self.fence}: {self.problem}"
        items = (
            f"{item.text}={item.kind}{f':{item.name}' if item.name else ''}"
            for item in self.placeholders
        )
        return f"{self.fence}: add `:vary: {' '.join(map(shlex.quote, items))}`"


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Varies:
    """A token that differs between runs."""

    text: str  # as the page shows it
    kind: str
    values: tuple[str, ...]  # one for each output
    runs: tuple[Run, ...] = ()


def propose(found: Sequence[Sample], *, taken: Collection[str] = ()) -> list[Proposal]:
    """Propose the narrowest placeholders that cover what differs between runs.

    Values that vary alike in several places get one name. Output that is always the same, and
    not what the page shows, is no matter of placeholders; it is a problem.

    Args:
        found: what commands printed.
        taken: names that pages have given to values already.
    """
    proposals: list[Proposal] = []
    varies: dict[Location, list[_Varies]] = {}
    for printed in found:
        output = f"the output of the command in line {printed.location.line}"
        try:
            sample = in_one_form(printed)
        except shape.NoJsonError as error:
            problem = f"{output} is not JSON in each run: {error}; see why, or remove `:json:`."
            proposals.append(Proposal(fence=printed.fence, problem=problem))
            continue
        different = set(map(expect.tidy, sample.outputs))
        if different == {expect.tidy(sample.expected)}:
            continue
        if len(different) == 1:
            problem = (
                f"{output} is the same in each run, and not what the page shows; if it is right,"
                " `--update` writes it."
            )
            proposals.append(Proposal(fence=sample.fence, problem=problem))
            continue
        tokens = _varying(sample)
        if tokens is None:
            problem = f"{output} {_NO_JSON_FORM if sample.json else _NO_FORM}"
            proposals.append(Proposal(fence=sample.fence, problem=problem))
        else:
            varies.setdefault(sample.fence, []).extend(
                dataclasses.replace(token, runs=sample.runs) for token in tokens
            )
    names = _names([token for tokens in varies.values() for token in tokens], taken)
    for fence, tokens in varies.items():
        kinds: dict[str, Counter[str]] = {}
        for token in tokens:
            kinds.setdefault(token.text, Counter())[token.kind] += 1
        values = Counter(text for text, _ in {(token.text, token.values) for token in tokens})
        items = {
            token.text: Placeholder(
                text=token.text,
                kind=max(kinds[token.text], key=_NARROW.index),
                name=names.get(token) if values[token.text] == 1 else None,
            )
            for token in tokens
        }
        if items:
            proposals.append(Proposal(fence=fence, placeholders=tuple(items.values())))
    return sorted(dict.fromkeys(proposals), key=lambda proposal: proposal.fence)


def _names(tokens: Sequence[_Varies], taken: Collection[str]) -> Mapping[_Varies, str]:
    """Return a name for each value that varies like others, in the runs that they share."""
    alike: list[tuple[dict[Run, str], list[_Varies]]] = []
    for token in tokens:
        values = dict(zip(token.runs, token.values, strict=True))
        for known, group in alike:
            shared = known.keys() & values.keys()
            if len(shared) > 1 and all(known[run] == values[run] for run in shared):
                known.update(values)
                group.append(token)
                break
        else:
            alike.append((values, [token]))
    found: dict[_Varies, str] = {}
    numbers: Counter[str] = Counter()
    for _, group in alike:
        if len(group) > 1:
            kind = group[-1].kind
            numbers[kind] += 1
            while f"{kind}-{numbers[kind]}" in taken:
                numbers[kind] += 1
            found |= dict.fromkeys(group, f"{kind}-{numbers[kind]}")
    return found


def _varying(sample: Sample) -> list[_Varies] | None:
    """Return what varies in the output of a command, or None if it has no fixed form."""
    old = expect.tidy(sample.expected).split("\n")
    unnamed = [dataclasses.replace(item, name=None) for item in sample.placeholders]
    runs: list[dict[int, str]] = []
    for output in sample.outputs:
        new = expect.tidy(output).split("\n")
        pairs = align(old, new, unnamed, {})
        if any((i is None) is not (j is None) for i, j in pairs if i is None or old[i] != "..."):
            return None
        runs.append({i: new[j] for i, j in pairs if i is not None and j is not None})
    found: list[_Varies] = []
    for number, line in enumerate(old):
        if expect.is_any(line):
            continue
        lines = [run[number] for run in runs]
        if len(set(lines)) == 1 or all(LinePattern(line, unnamed).match(x, {}) for x in lines):
            continue
        tokens = _varying_in([line, *lines])
        if tokens is None:  # the page shows an older form
            tokens = _varying_in([lines[0], *lines])
        if tokens is None:
            return None
        found += tokens
    known = {item.text for item in sample.placeholders}
    return [token for token in found if token.text not in known]


def _varying_in(lines: Sequence[str]) -> list[_Varies] | None:
    """Return what varies between lines, of which the first is only an example."""
    found: list[_Varies] = []
    rest = list(lines)
    for kind in _LOOKED_FOR:
        pattern = re.compile(rf"(?<![\w.:])(?:{KINDS[kind].pattern})(?!\w|[.:]\w)", re.ASCII)
        places = [list(pattern.finditer(line)) for line in rest]
        if len({len(place) for place in places}) != 1:
            continue
        for matches in reversed(list(zip(*places, strict=True))):
            values = tuple(match[0] for match in matches)
            if len(set(values[1:])) == 1 or not all(map(KINDS[kind].fits, values)):
                continue
            found.append(_token(values))
            rest = [
                line[: match.start()] + _MARK + line[match.end() :]
                for line, match in zip(rest, matches, strict=True)
            ]
    words = [line.split() for line in rest]
    if len({len(line) for line in words}) != 1 or len({line.count(_MARK) for line in rest}) != 1:
        return None
    for values in zip(*words, strict=True):
        bare = _bare(values)
        bare = bare if all(bare) else values
        if len(set(bare[1:])) > 1:
            if any(_MARK in value for value in bare):
                return None
            found.append(_token(bare))
    whole = (Placeholder(text=token.text, kind=token.kind) for token in found)
    return found if all(item in split(lines[0], (item,)) for item in whole) else None


def _bare(values: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the punctuation that all values have around them."""
    while all(values) and len({value[0] for value in values}) == 1 and not values[0][0].isalnum():
        values = tuple(value[1:] for value in values)
    while all(values) and len({value[-1] for value in values}) == 1 and not values[0][-1].isalnum():
        values = tuple(value[:-1] for value in values)
    return values


def _token(values: tuple[str, ...]) -> _Varies:
    kind = next(kind for kind in _NARROW if all(map(KINDS[kind].fits, values)))
    return _Varies(text=values[0], kind=kind, values=values[1:])
