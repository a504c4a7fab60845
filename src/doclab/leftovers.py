# SPDX-License-Identifier: Apache-2.0
"""What labs may leave behind when their process dies, and who they belonged to."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from doclab.engine import LABEL, Engine


def owner() -> str:
    """Name this process in a way that no later process has."""
    return f"{os.getpid()}.{started(os.getpid())}"


def started(pid: int) -> str:
    """Return when a process was started, in ticks since the boot; empty if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def remove(engine: Engine, name: str) -> None:
    """Remove all that belongs to a lab; nothing happens if it is gone."""
    label = f"--filter=label={LABEL}={name}"
    # All of it is listed at once; the order of removal counts: a network or a volume
    # that is in use stays.
    with ThreadPoolExecutor() as pool:
        containers, networks, volumes = pool.map(
            lambda what: engine.call(*what, "--quiet", label, check=False).stdout.split(),
            (("ps", "--all"), ("network", "ls"), ("volume", "ls")),
        )
        if containers:
            engine.call("rm", "--force", "--volumes", "--time=0", *containers, check=False)
        list(
            pool.map(
                lambda what: engine.call(what[0], "rm", "--force", *what[1], check=False),
                [what for what in (("network", networks), ("volume", volumes)) if what[1]],
            )
        )


def remove_stale(engine: Engine) -> list[str]:
    """Remove labs whose process is gone without having cleaned up; return their names."""
    gone = [
        name
        for name in without_process(engine)
        if engine.call("volume", "exists", f"{name}-kept", check=False).returncode != 0
    ]
    for name in gone:
        remove(engine, name)
    return gone


def without_process(engine: Engine) -> list[str]:
    """Return the labs whose process is gone: those that are kept, and those that are stale.

    Whatever is left of one counts: it may have been cut off when it was half made, or half
    removed. Other runs on this computer go on in labs of their own, which are not listed.
    """
    owned = f"--filter=label={LABEL}.owner"
    names = set()
    with ThreadPoolExecutor() as pool:
        for found in pool.map(
            lambda what: engine.call(*what, owned, "--format=json"),
            (("network", "ls"), ("volume", "ls"), ("ps", "--all")),
        ):
            for thing in json.loads(found.stdout or "[]"):
                labels = thing.get("labels") or thing["Labels"]
                if not is_running(labels[f"{LABEL}.owner"]):
                    names.add(labels[LABEL])
    return sorted(names)


def is_running(process: str) -> bool:
    """Whether the process that `owner` named so is still there."""
    pid, _, since = process.partition(".")
    return pid.isdecimal() and bool(since) and started(int(pid)) == since
