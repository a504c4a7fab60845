# SPDX-License-Identifier: Apache-2.0
"""Machines have addresses and names of their own, which a restart does not change."""

from __future__ import annotations

import threading
from pathlib import Path

from test_engine import an_engine, podman

from doclab import machine
from doclab.addresses import allot, hosts

NETWORKS = {
    "registry": "net:alias=registry,mac=02:00:00:00:00:02,ip=10.89.1.2,ip6=fd00:1::2",
    "server": "net:alias=server,mac=02:00:00:00:00:03,ip=10.89.1.3,ip6=fd00:1::3",
}


def test_allot() -> None:
    """The network's first address is the gateway's."""
    assert allot("net", ["10.89.1.0/24", "fd00:1::/64"], ["registry", "server"]) == NETWORKS


def test_ipv4_only() -> None:
    """A kernel without IPv6 is no obstacle here."""
    assert allot("net", ["10.0.0.0/24"], ["a"]) == {
        "a": "net:alias=a,mac=02:00:00:00:00:02,ip=10.0.0.2"
    }


def test_hosts() -> None:
    """A machine knows all others; Podman writes its own name into /etc/hosts anyway."""
    assert hosts(NETWORKS, "server") == [
        "--add-host=registry:10.89.1.2",
        "--add-host=registry:fd00:1::2",
    ]


def test_a_machine_is_made_with_them(tmp_path: Path) -> None:
    """Names need no name server, which is deaf at times."""
    engine = an_engine(podman(tmp_path, f'echo "$@" >> {tmp_path}/calls\n'))
    made = machine.create(
        "server",
        container="c",
        networks=NETWORKS,
        image="i",
        folder="f",
        labels=[],
        engine=engine,
        stop=threading.Event(),
        start=True,
    )
    call = (tmp_path / "calls").read_text(encoding="utf-8").split()
    assert f"--network={NETWORKS['server']}" in call
    assert {"--add-host=registry:10.89.1.2", "--add-host=registry:fd00:1::2"} <= set(call)
    assert made.addresses == ("10.89.1.3", "fd00:1::3")
