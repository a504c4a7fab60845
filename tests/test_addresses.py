# SPDX-License-Identifier: Apache-2.0
"""Machines have addresses of their own, which a restart does not change."""

from __future__ import annotations

from doclab.addresses import allot


def test_allot() -> None:
    """The network's first address is the gateway's."""
    assert allot("net", ["10.89.1.0/24", "fd00:1::/64"], ["registry", "server"]) == {
        "registry": "net:alias=registry,mac=02:00:00:00:00:02,ip=10.89.1.2,ip6=fd00:1::2",
        "server": "net:alias=server,mac=02:00:00:00:00:03,ip=10.89.1.3,ip6=fd00:1::3",
    }


def test_ipv4_only() -> None:
    """A kernel without IPv6 is no obstacle here."""
    assert allot("net", ["10.0.0.0/24"], ["a"]) == {
        "a": "net:alias=a,mac=02:00:00:00:00:02,ip=10.0.0.2"
    }
