# SPDX-License-Identifier: Apache-2.0
"""Set up the server of the lab: the user, the images, every way and every proxy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from claims import proxies
from claims.station import PLACE, USER, Station
from claims.ways import WAYS, Way
from doclab.model import DoclabError

Say = Callable[[str], None]
HERE = Path(__file__).parent
BLOB = f"{PLACE}/blob"  # what is uploaded: a sparse file in memory
BLOB_BYTES = 1_000_000_000
EXAMPLE = "project/examples/example1"

_USER = f"""
useradd --create-home --shell /bin/bash {USER}
loginctl enable-linger {USER}
echo net.ipv4.ip_unprivileged_port_start=80 > /etc/sysctl.d/50-port-80.conf
sysctl --quiet --load /etc/sysctl.d/50-port-80.conf
"""
# Connections that are opened and closed by the ten thousand need many ports.
_CLIENT = """
sysctl --quiet --write net.ipv4.ip_local_port_range='10000 65000' net.ipv4.tcp_tw_reuse=1
"""
_WORKERD = f"""
git clone --quiet REPOSITORY project
podman build --quiet --layers=false --tag localhost/workerd:latest {EXAMPLE}/image
mkdir --parents bench .config/containers/systemd .config/systemd/user
cp {PLACE}/files/* bench/
podman create --name=binary localhost/workerd:latest
podman cp binary:/workerd bench/workerd
podman rm binary
podman network create bench
"""
# The other images hold a program and the libraries that it is linked with, and
# nothing else, as that of workerd does.
_OTHERS = """
build() {
  mkdir --parents build/$1
  { echo $2; ldd $2 | grep --only-matching '/[^ )]*' || true; } |
    xargs cp --parents --dereference --target-directory=build/$1 /etc/passwd
  printf 'FROM scratch\\nCOPY . /\\nUSER 65532:65532\\nENTRYPOINT ["%s"]\\n' $2 > build/$1.file
  podman build --quiet --layers=false --tag localhost/bench-$1 --file build/$1.file build/$1
}
build nginx /usr/sbin/nginx
build caddy /usr/local/libexec/bench/caddy
rm --recursive build
"""
# What the plain form has in common with example 1: all but the unit, as long as nothing
# else of example 1 is changed for its speed.
_PLAIN = f"""
mkdir --parents .config/plain
cp {EXAMPLE}/config.capnp {EXAMPLE}/worker.js {EXAMPLE}/forward.js .config/plain/
podman tag localhost/workerd:latest localhost/plain:latest
"""


def prepare(server: Station, laptop: Station, *, repository: str, say: Say) -> list[str]:
    """Set up all that a visitor can start, without starting any of it.

    Args:
        server: the machine that serves.
        laptop: the other one.
        repository: address from which the project is cloned.
        say: told what happens.

    Returns:
        the programs that run as the user after a boot, when only sockets are open.

    Raises:
        DoclabError: if a step fails.
    """
    server.as_root(_USER)
    for station in (server, laptop):
        _put_files(station)
        station.as_root(_CLIENT)
    say("building the image of workerd, as example 1 does")
    server.as_user(_WORKERD.replace("REPOSITORY", repository))
    install(server, WAYS)
    running = after_boot(server)
    say("building the images of nginx and Caddy, installing example 1 and its plain form")
    server.as_user(f"{_OTHERS}{_PLAIN}cd {EXAMPLE}\n./install")
    install(server, (proxies.plain(HERE / "plain"), proxies.NGINX, proxies.CADDY))
    return running


def install(server: Station, ways: Iterable[Way]) -> None:
    """Write the units of ways, and open the sockets of those that have one."""
    sockets = []
    for way in ways:
        for name, text in way.units.items():
            folder = "containers/systemd" if name.endswith(".container") else "systemd/user"
            place = server.put(f"units/{name}", text)
            server.as_root(
                f"install --owner={USER} --mode=0644 {place} /home/{USER}/.config/{folder}/{name}"
            )
            if name.endswith(".socket"):
                sockets.append(name)
    server.as_user(
        f"systemctl --user daemon-reload\nsystemctl --user --quiet enable --now {' '.join(sockets)}"
    )


def after_boot(server: Station) -> list[str]:
    """Start the user's systemd anew, as a boot does; return the programs that then run."""
    server.as_root(f"systemctl restart user@$(id --user {USER}).service")
    programs: list[str] = server.ask("of_user", user=USER)
    return programs


def start(server: Station, ways: Iterable[Way]) -> dict[str, str]:
    """Let each way answer once; return those that do not, with the reason."""
    absent = {}
    for way in ways:
        try:
            if not way.activated:
                server.as_user(f"systemctl --user start {way.service}")
            server.as_root(_wait(way))
        except DoclabError:
            log = server.as_root(
                "journalctl --quiet --no-pager --output=cat --lines=20"
                f" _SYSTEMD_USER_UNIT={way.service}"
            )
            said = [line for line in log.splitlines() if "rror" in line]
            # A service that keeps failing would keep a processor busy.
            units = " ".join(f"{way.service.removesuffix('.service')}.{kind}"
                             for kind in ("socket", "service"))  # fmt: skip
            server.as_root(f"systemctl --user --machine={USER}@ stop {units} || true")
            absent[way.name] = said[-1][:300] if said else "it did not answer within 20 s"
    return absent


def _wait(way: Way) -> str:
    """Return a command that waits until a way answers."""
    return (
        "curl --silent --show-error --fail --max-time 10 --retry 40 --retry-all-errors"
        f" --retry-delay 1 --retry-max-time 20 --output /dev/null --header 'Host: {way.host}'"
        f" http://127.0.0.1:{way.port}/"
    )


def _put_files(station: Station) -> None:
    """Copy what is beside this file in `files/` to a machine."""
    for path in sorted((HERE / "files").iterdir()):
        station.put(f"files/{path.name}", path.read_text(encoding="utf-8"))
