# SPDX-License-Identifier: Apache-2.0
"""What a block needs is compared with what the lab has."""

from __future__ import annotations

import pytest
from conftest import Snapshot

from doclab.model import DoclabError
from doclab.needs import parse, sentence, unmet

FACTS = {
    "podman": "5.4.2",
    "systemd": "257.9-1~deb13u1",
    "kernel": "6.12.43+deb13-amd64",
    "distribution": "Debian GNU/Linux 13 (trixie)",
}


@pytest.mark.parametrize(
    "need",
    [
        "podman>=5.4",
        "podman>=5.4.2",
        "podman<5.10",
        "podman=5",
        "podman=5.4",
        "systemd>=257",
        "kernel>=6.1",
        "distribution=debian",
        "distribution=Debian",
    ],
)
def test_met(need: str) -> None:
    """Versions are compared number by number; what is unknown counts as met."""
    assert unmet([need], FACTS) is None


@pytest.mark.parametrize(
    ("need", "reason"),
    [
        ("podman>=5.6", "needs Podman 5.6 or later; this lab has 5.4.2"),
        ("podman>=5.10", "needs Podman 5.10 or later; this lab has 5.4.2"),
        ("podman<5.4", "needs Podman older than 5.4; this lab has 5.4.2"),
        ("podman=5.5", "needs Podman 5.5; this lab has 5.4.2"),
        ("podman=5.4.20", "needs Podman 5.4.20; this lab has 5.4.2"),
        ("kernel<6", "needs Linux older than 6; this lab has 6.12.43+deb13-amd64"),
        ("distribution=fedora", "needs Fedora; this lab has Debian GNU/Linux 13 (trixie)"),
    ],
)
def test_unmet(need: str, reason: str) -> None:
    """The reason says what is needed, and what there is."""
    assert unmet([need], FACTS) == reason
    assert unmet(["podman>=5.0", need], FACTS) == reason


def test_nothing_known() -> None:
    """Without facts, everything runs."""
    assert unmet(["podman>=99", "distribution=fedora"], {}) is None


def test_sentence() -> None:
    """Readers see words, not signs."""
    assert sentence(["podman>=5.6"]) == "Needs Podman 5.6 or later."
    needs = ["podman>=5.6", "systemd<260", "distribution=fedora"]
    assert sentence(needs) == "Needs Podman 5.6 or later, systemd older than 260 and Fedora."


NONSENSE = {
    "no-version": "podman",
    "spaces": "podman >= 5",
    "capital": "Podman>=5",
    "unknown": "docker>=20",
    "word": "podman>=new",
    "greater": "podman>5",
    "equal": "podman==5",
    "distribution": "distribution>=debian",
    "no-name": ">=5",
    "empty": "",
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense(name: str, snapshot: Snapshot) -> None:
    """The message says what can be written."""
    with pytest.raises(DoclabError) as caught:
        parse(NONSENSE[name])
    snapshot(str(caught.value))


def test_a_fact_without_a_version() -> None:
    """It is an error of the lab, not a reason to skip."""
    with pytest.raises(DoclabError, match="'broken' where the version of podman should be"):
        unmet(["podman>=5"], {"podman": "broken"})


def test_what_is_unknown_counts_as_met() -> None:
    """The run then tells."""
    assert unmet(["podman>=99"], {}) is None
