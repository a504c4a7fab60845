# SPDX-License-Identifier: Apache-2.0
"""A record of the benchmark with made-up figures, for tests."""

from __future__ import annotations

from claims.record import Record


def record(**changes: object) -> Record:
    """Return a record of three rounds."""
    found = Record(
        date="2026-11-24T12:00+00:00",
        command="nox -s bench",
        machine={
            "processor": "Example 1000", "cores": "2", "memory": "24 GiB",
            "architecture": "x86_64", "kernel": "6.18",
        },
        versions={"podman": "5.4.2", "distribution": "Debian GNU/Linux 13"},
        seconds=540,
        titles={
            "native": "no container", "activated": "socket activation",
            "own": "published, own network", "slow": "slirp4netns, own handler",
            "workerd": "workerd, example 1", "plain": "workerd, plain example 1",
        },
        absent={"slow": "this Podman has no slirp4netns"},
        after_boot=["(sd-pam)", "systemd"],
        idle={"activated": {"before": {"programs": [], "bytes": 0},
                            "running": {"programs": ["conmon", "workerd"], "bytes": 54_000_000}}},
    )  # fmt: skip
    rounds = (
        {"native": 3.0, "activated": 2.9, "own": 2.0},
        {"native": 2.0, "activated": 2.1, "own": 1.0},
        {"native": 3.2, "activated": 3.0, "own": 1.5},
    )
    for number, by_way in enumerate(rounds, start=1):
        found.rounds = number
        for way, value in by_way.items():
            for measure in ("download", "upload"):
                found.add(measure, way, value)
            found.add("requests, 32", way, value * 5000)
            found.add("requests, 32 p50", way, 10 / value)
            found.add_processor("download", way, {"workerd": 0.5, "curl": 0.2, "interrupts": 0.1})
        found.add_processor("download", "own", {"workerd": 0.5, "rootlessport": 0.4, "bash": 0.02})
        for way, total in (("workerd", 300.0), ("plain", 500.0)):
            found.add("activation, cold", way, total + number)
            found.add("activation, cold, systemd", way, 10.0)
            found.add("activation, cold, Podman", way, total - 60)
            found.add("activation, cold, conmon and crun", way, 20.0)
            found.add("activation, cold, start", way, 5.0)
            found.add("activation, cold, program", way, 25.0)
    for name, changed in changes.items():
        setattr(found, name, changed)
    return found
