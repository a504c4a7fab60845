# SPDX-License-Identifier: Apache-2.0
"""Check the commands of the pages with shellcheck."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence

from doclab.model import DoclabError, Location, Page

#: What shellcheck says of scripts, and a person at a terminal does not need.
LEFT_OUT = {
    "SC2164": "a failed `cd` is seen at once, and the block fails",
    "SC2317": "an `exit` on a page leaves a shell, not the page",
}


def lint(pages: Sequence[Page]) -> list[str]:
    """Return what shellcheck says about the pages' commands, with their places.

    All blocks of one machine on a page are checked together, since a variable
    that one sets may be used by the next.

    Raises:
        DoclabError: if shellcheck does not work.
    """
    found = []
    for page in pages:
        machines = dict.fromkeys(block.machine for block in page.blocks)
        for machine in machines:
            lines: list[str] = []
            places: list[Location] = []
            for block in page.blocks:
                if block.machine != machine:
                    continue
                for command in block.commands:
                    for offset, line in enumerate(command.text.split("\n")):
                        lines.append(line)
                        places.append(
                            Location(path=block.location.path, line=command.line + offset)
                        )
            found += _check("\n".join(lines) + "\n", places)
    return found


def _check(script: str, places: Sequence[Location]) -> list[str]:
    argv = ["shellcheck", "--shell=bash", "--format=json1", f"--exclude={','.join(LEFT_OUT)}", "-"]
    try:
        done = subprocess.run(argv, check=False, capture_output=True, text=True, input=script)
        comments = json.loads(done.stdout)["comments"]
    except (OSError, ValueError, KeyError) as error:
        raise DoclabError(
            f"shellcheck does not work: {error}; run this as `nox -s lint`."
        ) from error
    return [
        f"{places[min(item['line'], len(places)) - 1]}: SC{item['code']}: {item['message']}"
        for item in comments
    ]
