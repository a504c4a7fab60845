# SPDX-License-Identifier: Apache-2.0
"""Addresses and names of a lab's machines, which keep them when they restart.

Podman gives a container that restarts another address each time (5.x does; 4.3
does not), unless it is told which. Were the hardware address another one, the other
machines would go on to send to the old one for half a minute or more.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence


def allot(network: str, subnets: Iterable[str], names: Sequence[str]) -> dict[str, str]:
    """Return what to write behind `--network=`, for each name.

    Args:
        network: the network's name.
        subnets: as Podman says, such as `10.89.0.0/24` and `fd00::/64`.
        names: of machines; the first gets the first address behind the gateway.
    """
    ranges = [ipaddress.ip_network(subnet) for subnet in subnets]
    return {
        name: ",".join(
            [f"{network}:alias={name}", f"mac=02:00:00:00:00:{number:02x}"]
            + [f"{'ip' if found.version == 4 else 'ip6'}={found[number]}" for found in ranges]
        )
        for number, name in enumerate(names, 2)
    }


def hosts(allotted: Mapping[str, str], name: str) -> list[str]:
    """Return the options by which a machine knows all others by name.

    Podman's name server (aardvark-dns) knows them too; but when containers come or go, also
    on other networks, it may be deaf for a moment, and the next name server of the machine
    then says that there is no such name.

    Args:
        allotted: by `allot`.
        name: of the machine; it knows itself.
    """
    return [
        f"--add-host={other}:{address}"
        for other, option in allotted.items()
        if other != name
        for address in in_option(option)
    ]


def in_option(option: str) -> tuple[str, ...]:
    """Return the addresses that `allot` wrote into an option, IPv4 first."""
    fields = [field.partition("=") for field in option.split(",")]
    return tuple(value for name in ("ip", "ip6") for key, _, value in fields if key == name)
