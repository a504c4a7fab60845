# SPDX-License-Identifier: Apache-2.0
"""Notices: what bash says of a job in the background, at a time that nobody can foresee."""

from __future__ import annotations

import re

_NOTICE = re.compile(
    r"\[\d+\][-+ ] {1,2}(?:Done|Exit|Terminated|Killed|Hangup|Interrupt|Aborted|Quit)\b.*"
)


def is_notice(line: str) -> bool:
    """Whether a line is a notice."""
    return _NOTICE.fullmatch(line) is not None


def without_notices(output: str, expected: str) -> str:
    """Drop the notices from an output, unless the page shows one."""
    if any(map(is_notice, expected.split("\n"))):
        return output
    return "\n".join(line for line in output.split("\n") if not is_notice(line))
