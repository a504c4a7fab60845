# SPDX-License-Identifier: Apache-2.0
"""What a page does to its shell does not keep the shell from telling how commands end."""

from __future__ import annotations

import pytest
from conftest import LocalLab
from test_turn import fails, passes, session


@pytest.mark.parametrize("separator", [",", ":", "", "1"])
def test_a_page_that_changes_how_words_are_split(lab: LocalLab, separator: str) -> None:
    """Statuses are told apart all the same."""
    failure = fails(
        lab,
        session(f"$ IFS='{separator}'\n"),
        session("$ echo a | cat\na\n"),
        session("$ true | (exit 3) | true\n", status=3),
        session("$ false | true; true\n"),
    )
    assert failure.status == "1 | 0"


@pytest.mark.parametrize("kind", ["D", "E"])
def test_a_report_that_cannot_be_read(lab: LocalLab, kind: str) -> None:
    """It fails the block, and not the run."""
    report = rf"printf '\e]133;{kind};%s;one;two\a' $__doclab_nonce"
    failure = fails(lab, session("$ echo a\na\n"), session(f"$ {report}\n"))
    assert "cannot be read" in failure.problem
    passes(lab, session("$ echo on\non\n"))
