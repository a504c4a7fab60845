# SPDX-License-Identifier: Apache-2.0
"""What bash says of jobs is told from what commands print."""

from __future__ import annotations

import pytest

from doclab.notices import without_notices


@pytest.mark.parametrize(
    "notice",
    [
        "[1]+  Done                    sleep 0.1",
        "[2]-  Exit 3                  ( exit 3 )",
        "[12]   Terminated              sleep 60",
        "[1]+  Done                    sleep 1  (wd: ~)",
    ],
)
def test_a_notice(notice: str) -> None:
    """It is dropped, unless the page shows one."""
    assert without_notices(f"a\n{notice}\nb\n", "a\nb") == "a\nb\n"
    assert without_notices(f"a\n{notice}\nb\n", notice) == f"a\n{notice}\nb\n"


@pytest.mark.parametrize("line", ["[1] 4711", "[1]+ Running sleep 1", "x [1]+  Done", "[a] Done"])
def test_no_notice(line: str) -> None:
    """Everything else stays."""
    assert without_notices(line, "") == line
