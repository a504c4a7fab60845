# SPDX-License-Identifier: Apache-2.0
"""The ways from a visitor to workerd, and the units with which each is set up.

All run the same binary with the same Worker and the hardening of the examples; only
what lies between differs.
"""

from __future__ import annotations

import dataclasses

BASELINE = "native"
HTTP = 8080  # the port inside of a container that has a port of its own


@dataclasses.dataclass(frozen=True, kw_only=True)
class Way:
    """One way to reach a server program."""

    name: str  # short, for JSON; also of the unit, unless `unit` says otherwise
    title: str  # what it is, for plots and tables
    port: int  # on the server
    units: dict[str, str] = dataclasses.field(default_factory=dict)  # text of each, by name
    unit: str = ""  # name of the service, without `.service`
    host: str = "bench.example.com"  # what visitors ask for

    @property
    def service(self) -> str:
        """The name of its service."""
        return f"{self.unit or self.name}.service"

    @property
    def activated(self) -> bool:
        """Whether a socket of systemd starts it."""
        return not self.units or f"{self.name}.socket" in self.units


def socket_unit(port: int) -> str:
    """Return a socket unit, for IPv4 and IPv6 as in the examples."""
    return (
        f"[Socket]\nListenStream={port}\n"
        # One measurement after the other starts it: that is no accident.
        "TriggerLimitIntervalSec=0\nPollLimitIntervalSec=0\n"
        "[Install]\nWantedBy=sockets.target\n"
    )


def container_unit(
    name: str, command: str, *lines: str, socket: bool, image: str = "localhost/workerd:latest"
) -> str:
    """Return a Quadlet with the hardening of the examples."""
    requires = f"Requires={name}.socket\nAfter={name}.socket\n" if socket else ""
    return "\n".join([
        f"[Unit]\n{requires}StartLimitIntervalSec=0\n",
        "[Quadlet]\nDefaultDependencies=false\n",
        f"[Container]\nContainerName={name}\nImage={image}\nPull=never\nExec={command}",
        "DropCapability=all\nNoNewPrivileges=true\nReadOnly=true\nReadOnlyTmpfs=false",
        *lines,
        "",
    ])  # fmt: skip


_WORKER = "Volume=%h/bench:/srv/bench:ro,z"
_CONFIG = "/srv/bench/bench.capnp"


def _native() -> Way:
    service = (
        f"[Unit]\nRequires={BASELINE}.socket\nAfter={BASELINE}.socket\nStartLimitIntervalSec=0\n"
        "[Service]\nNoNewPrivileges=true\n"
        "ExecStart=%h/bench/workerd serve --socket-fd http=3 %h/bench/bench.capnp\n"
    )
    return Way(
        name=BASELINE,
        title="no container",
        port=8101,
        units={f"{BASELINE}.socket": socket_unit(8101), f"{BASELINE}.service": service},
    )


def _activated() -> Way:
    command = f"serve --socket-fd http=3 {_CONFIG}"
    unit = container_unit("activated", command, "Network=none", _WORKER, socket=True)
    return Way(
        name="activated",
        title="socket activation",
        port=8102,
        units={"activated.socket": socket_unit(8102), "activated.container": unit},
    )


def _host() -> Way:
    command = f"serve --socket-addr http=*:8103 {_CONFIG}"
    unit = container_unit("host", command, "Network=host", _WORKER, socket=False)
    return Way(name="host", title="host network", port=8103, units={"host.container": unit})


def _published(name: str, title: str, port: int, *network: str) -> Way:
    command = f"serve --socket-addr http=*:{HTTP} {_CONFIG}"
    publish = f"PublishPort={port}:{HTTP}"
    unit = container_unit(name, command, publish, *network, _WORKER, socket=False)
    return Way(name=name, title=title, port=port, units={f"{name}.container": unit})


#: Every way, the baseline first.
WAYS = (
    _native(),
    _activated(),
    _host(),
    _published("pasta", "published, pasta", 8104),
    _published("own", "published, own network", 8105, "Network=bench"),
    _published("slirp", "slirp4netns, rootlesskit", 8106,
               "Network=slirp4netns:port_handler=rootlesskit"),
    _published("slow", "slirp4netns, own handler", 8107,
               "Network=slirp4netns:port_handler=slirp4netns"),
)  # fmt: skip
QUICK = (BASELINE, "activated", "pasta", "own")
