# SPDX-License-Identifier: Apache-2.0
"""The history of a shell: what Bash makes of `!` at a keyboard, and in no script.

In `"pass!word"`, it looks for an earlier command that starts with `word`. If there is
none, it says so, drops the line, shows no prompt, and keeps the status of the last command.
"""

from __future__ import annotations

import re

_NOT_FOUND = re.compile(r"^-?bash: (!.*): event not found$", re.MULTILINE)


def missing(text: str, output: str) -> str | None:
    """Return the first event of a command that its shell has not found, if there is one.

    Args:
        text: what was typed.
        output: what the terminal showed then.
    """
    if "!" not in text:
        return None
    return next((event for event in _NOT_FOUND.findall(output) if event in text), None)
