# SPDX-License-Identifier: Apache-2.0
"""Make an expectation of new output, as near to the old one as it can be.

Lines that still match stay, with their placeholders; a line `...` goes on
standing for what is there; where a line changed, its placeholders keep the
page's examples. What comes out is compared with the output before it counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from doclab import expect
from doclab.kinds import KINDS
from doclab.model import Placeholder
from doclab.tokens import LinePattern, Piece, split

MOST_PAIRS = 200_000  # of lines or tokens; beyond, the output is taken as it is
_LONGEST = 12  # tokens that the value of a placeholder has
_TOKEN = re.compile(r"(?:[.:]*\w+)+|\s|[^\w\s]")


def merge(
    expected: str,
    output: str,
    *,
    json: bool = False,
    placeholders: Sequence[Placeholder] = (),
    captured: Mapping[str, str] | None = None,
) -> str | None:
    """Return an expectation that the output meets, or None if no page can show one.

    Args:
        expected: the old expectation.
        output: what the command printed.
        json: whether both are JSON.
        placeholders: those of the block.
        captured: values of named placeholders that came before.
    """
    known = captured or {}
    actual = expect.tidy(output)
    lines = actual.split("\n")
    if any(map(expect.is_any, lines)) or (json and '"..."' in actual):
        return None
    old = expect.tidy(expected).split("\n")
    plain = [_with_examples(line, placeholders, known) for line in lines]
    candidates = ["\n".join(plain), actual]
    if actual and len(old) * len(lines) <= MOST_PAIRS:
        candidates.insert(0, "\n".join(_merged(old, lines, plain, placeholders, known)))
    for candidate in candidates:
        if not candidate.replace("...", "").strip() and actual:
            continue
        if not expect.compare(
            candidate, actual, json=json, placeholders=placeholders, captured=known
        ).difference:
            return candidate
    return None


def align(
    old: Sequence[str],
    new: Sequence[str],
    placeholders: Sequence[Placeholder],
    known: Mapping[str, str],
) -> list[tuple[int | None, int | None]]:
    """Return which lines of an expectation and of output belong together.

    A line without a partner has None at its side, as has a line `...` behind
    the lines that it stands for.
    """
    patterns = [None if expect.is_any(line) else LinePattern(line, placeholders) for line in old]
    words = [set(_TOKEN.findall(line)) - {" "} for line in new]
    cost = [[2.0 * j for j in range(len(new) + 1)]]
    step = [["insert"] * (len(new) + 1)]
    for line, pattern in zip(old, patterns, strict=True):
        mine = set(_TOKEN.findall(line)) - {" "}
        drop = 0.0 if pattern is None else 3.5
        costs, steps = [cost[-1][0] + drop], ["drop"]
        for j, text in enumerate(new):
            choices = [(cost[-1][j + 1] + drop, "drop")]
            if pattern is None:
                choices.append((costs[j], "cover"))
            else:
                both = 2 * len(mine & words[j]) / max(1, len(mine) + len(words[j]))
                fits = pattern.match(text, known) is not None
                choices.append((cost[-1][j] + (0.0 if fits else 3.0 - 2.0 * both), "pair"))
                choices.append((costs[j] + 2.0, "insert"))
            best = min(choices, key=lambda choice: choice[0])
            costs.append(best[0])
            steps.append(best[1])
        cost.append(costs)
        step.append(steps)
    found: list[tuple[int | None, int | None]] = []
    i, j = len(old), len(new)
    while i or j:
        taken = step[i][j]
        i -= taken in ("drop", "pair")
        j -= taken in ("insert", "cover", "pair")
        if taken != "cover":
            found.append((i if taken != "insert" else None, j if taken != "drop" else None))
    return found[::-1]


def _merged(
    old: Sequence[str],
    new: Sequence[str],
    plain: Sequence[str],
    placeholders: Sequence[Placeholder],
    known: Mapping[str, str],
) -> list[str]:
    found = []
    for i, j in align(old, new, placeholders, known):
        if i is not None and j is None:
            if expect.is_any(old[i]):
                found.append(old[i])
        elif i is None and j is not None:
            found.append(plain[j])
        elif i is not None and j is not None:
            found.append(_merged_line(old[i], new[j], plain[j], placeholders, known))
    return found


def _merged_line(
    old: str,
    new: str,
    plain: str,
    placeholders: Sequence[Placeholder],
    known: Mapping[str, str],
) -> str:
    """Return a line like the new one, with the placeholders of the old one."""
    if LinePattern(old, placeholders).match(new, known) is not None:
        return old
    pieces: list[Piece] = []
    for piece in split(old, placeholders):
        pieces += [piece] if isinstance(piece, Placeholder) else _TOKEN.findall(piece)
    tokens = _TOKEN.findall(new)
    if len(pieces) * len(tokens) > MOST_PAIRS // 10:
        return plain
    best = _cheapest(pieces, tokens, known)
    line, i, j = "", 0, 0
    while i < len(pieces) or j < len(tokens):
        count = best[i, j][1]
        if count == 0:
            line, j = line + tokens[j], j + 1
            continue
        piece = pieces[i]
        if count > 0:
            value = "".join(tokens[j : j + count])
            kept = isinstance(piece, Placeholder) and _fits(piece, value, known)
            line += piece.text if kept and isinstance(piece, Placeholder) else value
            j += count
        i += 1
    # The output's own text in it may be a value that came before, or look like an example.
    fits = (
        text
        for text in (_with_examples(line, placeholders, known), line)
        if LinePattern(text, placeholders).match(new, known) is not None
    )
    return next(fits, plain)


def _cheapest(
    pieces: Sequence[Piece], tokens: Sequence[str], known: Mapping[str, str]
) -> dict[tuple[int, int], tuple[float, int]]:
    """Return, for the rests of both lines, the least cost and the first step.

    The step is how many tokens the piece stands for; 0: the token is new; -1:
    the piece goes.
    """
    best: dict[tuple[int, int], tuple[float, int]] = {(len(pieces), len(tokens)): (0.0, 0)}
    for i in range(len(pieces), -1, -1):
        for j in range(len(tokens), -1, -1):
            choices: list[tuple[float, int]] = []
            if i < len(pieces):
                choices.append((best[i + 1, j][0] + 1.0, -1))
                choices += [
                    (best[i + 1, j + count][0] + (0.0 if fits else 1.5), count)
                    for count, fits in _takes(pieces[i], tokens[j : j + _LONGEST], known)
                ]
            if j < len(tokens):
                choices.append((best[i, j + 1][0] + 1.0, 0))
            if choices:
                best[i, j] = min(choices)
    return best


def _takes(piece: Piece, tokens: Sequence[str], known: Mapping[str, str]) -> list[tuple[int, bool]]:
    """Return how many tokens a piece can stand for, and whether it fits them."""
    if not tokens:
        return []
    if isinstance(piece, str):
        return [(1, piece == tokens[0])]
    return [
        (count, True)
        for count in range(len(tokens), 0, -1)
        if _fits(piece, "".join(tokens[:count]), known)
    ]


def _fits(piece: Placeholder, value: str, known: Mapping[str, str]) -> bool:
    if piece.name in known:
        return known[piece.name or ""] == value
    return KINDS[piece.kind].fits(value)


def _with_examples(line: str, placeholders: Sequence[Placeholder], known: Mapping[str, str]) -> str:
    """Put the page's examples where a line has the values that came before."""
    examples = {known[p.name]: p.text for p in placeholders if p.name and p.name in known}
    values = [Placeholder(text=value, kind="word") for value in examples]
    return "".join(
        examples[piece.text] if isinstance(piece, Placeholder) else piece
        for piece in split(line, values)
    )
