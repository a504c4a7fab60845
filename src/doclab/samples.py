# SPDX-License-Identifier: Apache-2.0
"""Samples: what each command printed in several runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TypeAlias

from doclab import shape
from doclab.model import BlockResult, Location, Placeholder

#: One run of one scenario.
Run: TypeAlias = tuple[str, int]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sample:
    """What one command printed in several runs."""

    fence: Location  # of its block
    location: Location  # of the command
    expected: str  # what the page shows
    outputs: tuple[str, ...]
    runs: tuple[Run, ...]  # of which the outputs are
    placeholders: tuple[Placeholder, ...] = ()  # those that the block has
    json: bool = False  # whether the page compares it as JSON


def samples(runs: Sequence[Sequence[BlockResult]]) -> list[Sample]:
    """Bring together what each command printed in each run, and did not match."""
    ran: dict[Location, list[tuple[Sample, bool]]] = {}
    for number, results in enumerate(runs):
        for result in results:
            block = result.block
            for item in result.commands:
                if item.command.expected is None:
                    continue
                place = Location(path=block.location.path, line=item.command.line)
                sample = Sample(
                    fence=block.location,
                    location=place,
                    expected=item.command.expected,
                    outputs=(item.output,),
                    runs=((result.scenario, number),),
                    placeholders=block.placeholders,
                    json=block.json,
                )
                ran.setdefault(place, []).append((sample, item.matched))
    return [
        dataclasses.replace(
            found[0][0],
            outputs=tuple(output for sample, _ in found for output in sample.outputs),
            runs=tuple(run for sample, _ in found for run in sample.runs),
        )
        for found in ran.values()
        if not all(matched for _, matched in found)
    ]


def in_one_form(sample: Sample) -> Sample:
    """Write JSON with one value a line, in the order of keys, without what the page leaves out.

    Other output stays as it is.

    Raises:
        shape.NoJsonError: if some of it is none.
    """
    if not (sample.json and sample.expected.strip()):
        return sample
    wanted = shape.read(sample.expected)
    outputs = (_shown_part(wanted, shape.read(output)) for output in sample.outputs)
    return dataclasses.replace(sample, expected=_lines(wanted), outputs=tuple(map(_lines, outputs)))


def _shown_part(wanted: object, found: object) -> object:
    """Leave out what `"...": "..."` stands for on the page."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        more = wanted.get(shape.MORE) == shape.MORE
        parts = {
            key: _shown_part(wanted.get(key), value)
            for key, value in found.items()
            if key in wanted or not more
        }
        return {**parts, shape.MORE: shape.MORE} if more else parts
    if isinstance(wanted, list) and isinstance(found, list) and shape.MORE not in wanted:
        rest = found[len(wanted) :]
        return [*map(_shown_part, wanted, found), *rest]
    return found


def _lines(value: object) -> str:
    """Write JSON without the commas at the ends of lines; `"..."` in a list is a line `...`."""
    lines = (line.removesuffix(",") for line in shape.written(value, indent=1).split("\n"))
    return "\n".join(shape.MORE if line.strip() == f'"{shape.MORE}"' else line for line in lines)
