# SPDX-License-Identifier: Apache-2.0
"""A realistic ledger: each fate, tabs, an error, and text that wants to do harm."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from conftest import block

from doclab.model import (
    Block,
    BlockResult,
    CommandResult,
    Failure,
    Fate,
    Ledger,
    Location,
    PageSummary,
    Placeholder,
    Tab,
)

HOSTILE = (
    "<script>alert(1)</script> ]]> %0A::error::x &amp; \x1b[31mred\x1b[0m \u202egnp.exe | `a` "
    "{{ 7*7 }} ${x} [l](javascript:1) "
)
WAYS = ("With a Quadlet", "By hand")
QUADLET, HAND = (Tab(group=WAYS, label=label) for label in WAYS)
OLD = Tab(group=("Podman 5.6", "Older"), label="Podman 5.6")


def result(
    item: Block,
    *outputs: str,
    fate: Fate = Fate.PASSED,
    reason: str = "",
    scenario: str = "tutorial/example1[With a Quadlet]",
    variant: str = "With a Quadlet",
    seconds: float = 0.25,
    failure: Failure | None = None,
) -> BlockResult:
    """Return a result whose commands printed these outputs."""
    ran = zip(item.commands, outputs, strict=False)
    return BlockResult(
        block=item,
        scenario=scenario,
        variant=variant,
        fate=fate,
        reason=reason,
        seconds=seconds,
        user="test",
        commands=tuple(
            CommandResult(command=command, output=output, status="0", seconds=seconds)
            for command, output in ran
        ),
        failure=failure,
    )


def _elsewhere(item: BlockResult, **changes: object) -> BlockResult:
    """Return the same in the other scenario."""
    place = {"scenario": "tutorial/example1[By hand]", "variant": "By hand"}
    return dataclasses.replace(item, **{**place, **changes})  # type: ignore[arg-type]


def realistic() -> Ledger:
    """Return it."""
    page, hostile = "tutorial/example1", "how-to/hostile"
    heads = ("Example 1", "Install")
    clone = block(
        "git clone https://example.org/site.git\ncd site", page=page, line=10, headings=heads
    )
    quadlet = block(
        "podman quadlet install ./units", page=page, line=20, tabs=(QUADLET, OLD), headings=heads
    )
    hand = block("cp units/* ~/.config/containers/systemd/", page=page, line=30, tabs=(HAND,))
    curl = block(
        "curl --silent whoami.example.com",
        page=page,
        line=40,
        headings=("Example 1", "Try it"),
        expected="Hostname: 0123456789ab\nX-Forwarded-For: 192.0.2.7\n...\nX-Real-Ip: 192.0.2.7",
        placeholders=(
            Placeholder(text="0123456789ab", kind="id"),
            Placeholder(text="192.0.2.7", kind="ipv4", name="client"),
        ),
    )
    printed = (
        "Hostname: fedcba9876543210\nX-Forwarded-For: 10.0.2.100\nAccept: */*\nX-Real-Ip: 10.0.2\n"
    )
    wrong = Failure(
        location=Location(path=Path(f"docs/{page}.md"), line=41),
        command="curl --silent whoami.example.com",
        problem="the output is not what the page shows.",
        expected=curl.commands[0].expected,
        actual=printed,
        status="0",
        journal="12:00:01 workerd[17]: listening\n12:00:02 workerd[17]: GET /",
    )
    reboot = block("sudo reboot", page=page, line=50, skip="A container has no firmware to reboot.")
    clean_up = block("podman ps --all", page=page, line=60, headings=("Example 1", "Clean up"))
    text = f"echo '{HOSTILE}'"
    echo = block(text, page=hostile, line=5, headings=(HOSTILE, "<b>"), expected="no")
    long = block(f"echo {'long' * 500}", page=hostile, line=9, headings=(HOSTILE,))
    broken = Failure(
        location=Location(path=Path(f"docs/{hostile}.md"), line=6),
        command=text,
        problem=f"it printed {HOSTILE}.",
        expected="no",
        actual=f"{HOSTILE}\n```\n{'x' * 3000}",
        journal=HOSTILE,
    )
    installed = result(clone, "Cloning into 'site'...\n", seconds=3.5)
    requested = result(
        curl, printed, fate=Fate.FAILED, reason=wrong.problem, failure=wrong, seconds=1.5
    )
    rebooted = result(reboot, fate=Fate.SKIPPED, reason=str(reboot.skip), seconds=0)
    cleaned = result(clean_up, fate=Fate.BLOCKED, reason=f"docs/{page}.md:41 failed", seconds=0)
    return Ledger(
        results=(
            installed,
            result(
                quadlet, fate=Fate.SKIPPED, reason="needs podman>=5.6, here is 5.4.2", seconds=0
            ),
            requested,
            rebooted,
            cleaned,
            _elsewhere(installed, seconds=150.0),
            _elsewhere(result(hand, "")),
            _elsewhere(result(curl, printed.replace("10.0.2\n", "192.0.2.7\n"))),
            _elsewhere(rebooted),
            _elsewhere(result(clean_up, "CONTAINER ID  IMAGE\n")),
            result(
                echo, f"{HOSTILE}\n```\n", fate=Fate.FAILED, reason=broken.problem, failure=broken,
                scenario=hostile, variant="only",
            ),
            result(
                long, fate=Fate.BLOCKED, reason=f"docs/{hostile}.md:6 failed", seconds=0,
                scenario=hostile, variant="only",
            ),
        ),
        versions={"podman": "5.4.2", "systemd": "257.9", "workerd": HOSTILE},
        errors=(
            f"docs/{page}.md:70: this block has no fate: no scenario runs it.",
            f"the network is gone: {HOSTILE}",
        ),
        pages=(
            PageSummary(name=hostile, path=Path(f"docs/{hostile}.md"), title=HOSTILE, blocks=2),
            PageSummary(name="index", path=Path("docs/index.md"), title="Welcome", blocks=0),
            PageSummary(name=page, path=Path(f"docs/{page}.md"), title="Example 1", blocks=7),
        ),
        lab="trixie",
        complete=True,
        started="2026-07-01T10:00:00+00:00",
        seconds=312.5,
    )  # fmt: skip


def green() -> Ledger:
    """Return one in which all is well."""
    item = block("echo a", page="index", expected="a")
    return Ledger(
        results=(result(item, "a\n", scenario="index", variant="only"),),
        versions={"podman": "5.4.2"},
        pages=(PageSummary(name="index", path=Path("docs/index.md"), title="Welcome", blocks=1),),
        complete=True,
        started="2026-07-01T10:00:00+00:00",
        seconds=2.5,
    )
