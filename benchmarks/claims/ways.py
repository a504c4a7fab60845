"""The ways from a visitor to workerd, and how each is set up on the server.

All run the same binary with the same Worker; only what lies between differs.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

FILES = Path(__file__).parent / "files"
HOME = "/home/test"
FOLDER = f"{HOME}/bench"
BASELINE = "native"
_OPTIONS = (
    "--pull=never --cap-drop=all --security-opt=no-new-privileges --read-only"
    f" --read-only-tmpfs=false --volume={FOLDER}:/srv/bench:ro"
)
_ACTIVATED = "serve --socket-fd http=3 /srv/bench/activated.capnp"
_LISTENING = "serve /srv/bench/listening.capnp"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Way:
    """One way to reach workerd."""

    name: str  # short, for plots and JSON
    title: str  # what it is, for tables
    port: int  # on the server
    start: str  # shell commands of the user `test` that start it


def _published(name: str, title: str, port: int, network: str) -> Way:
    run = f"podman run --detach --name={name} --publish={port}:8080 {network} {_OPTIONS}"
    return Way(name=name, title=title, port=port, start=f"{run} localhost/workerd {_LISTENING}")


def _activated(name: str, title: str, port: int, command: str) -> Way:
    start = (
        f"systemd-run --user --quiet --unit={name} --property=StartLimitIntervalSec=0"
        f" --socket-property=ListenStream={port} {command}"
    )
    return Way(name=name, title=title, port=port, start=start)


WAYS = (
    _activated(
        BASELINE,
        "workerd as a service of systemd, without a container",
        8101,
        f"{FOLDER}/workerd serve --socket-fd http=3 {FOLDER}/activated.capnp",
    ),
    _activated(
        "activated",
        "socket-activated container, no network",
        8102,
        f"podman run --rm --name=activated --network=none {_OPTIONS}"
        f" localhost/workerd {_ACTIVATED}",
    ),
    Way(
        name="host",
        title="container in the network of the server",
        port=8103,
        start=f"podman run --detach --name=host --network=host {_OPTIONS} localhost/workerd"
        " serve --socket-addr http=*:8103 /srv/bench/listening.capnp",
    ),
    _published("pasta", "published port, pasta", 8104, ""),
    _published("own", "published port, network of its own", 8105, "--network=bench"),
    _published(
        "slirp", "slirp4netns, rootlesskit", 8106, "--network=slirp4netns:port_handler=rootlesskit"
    ),
    _published(
        "slow", "slirp4netns, its own handler", 8107,
        "--network=slirp4netns:port_handler=slirp4netns",
    ),
)  # fmt: skip

#: What all ways need first: the files, the binary outside of its image, a network.
PREPARE = f"""
podman rm --force --all --time=0
podman network rm --force bench
podman create --name=binary localhost/workerd
podman cp binary:/workerd {FOLDER}/workerd
podman rm binary
podman network create bench
"""
