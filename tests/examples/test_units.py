# SPDX-License-Identifier: Apache-2.0
"""What the units of the examples promise: privileges, addresses, times, order.

The lab shows that the units work. These tests hold what no request can show: that a
container could not do more than it does, and that rare moments (a start at boot, a
failure, a slow stop) are provided for.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
COMMON = {"Unit", "Quadlet", "Service", "Install"}
#: Sections that Quadlet or systemd knows, by the end of a file's name.
SECTIONS = {
    ".container": COMMON | {"Container"},
    ".network": COMMON | {"Network"},
    ".volume": COMMON | {"Volume"},
    ".service": {"Unit", "Service", "Install"},
    ".socket": {"Unit", "Socket", "Install"},
    ".timer": {"Unit", "Timer", "Install"},
    ".conf": {"Unit", "Service", "Install"},  # a part of a service
}


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit file."""

    path: Path
    settings: tuple[tuple[str, str, str], ...]  # section, name and value, in order

    def all(self, section: str, name: str) -> list[str]:
        """Return all values of a setting."""
        return [value for *place, value in self.settings if place == [section, name]]

    def one(self, section: str, name: str) -> str:
        """Return the value of a setting that must be there once."""
        found = self.all(section, name)
        assert len(found) == 1, f"{self}: {name}= in [{section}] is there {len(found)} times"
        return found[0]

    def names(self, name: str) -> list[str]:
        """Return the units that a setting of [Unit] names."""
        return " ".join(self.all("Unit", name)).split()

    @property
    def has_socket(self) -> bool:
        """Whether it is a container or service that takes over a socket from systemd."""
        commands = self.all("Container", "Exec") + self.all("Service", "ExecStart")
        return any("--socket-fd" in command for command in commands)

    def __str__(self) -> str:
        return str(self.path.relative_to(EXAMPLES))


def read(path: Path) -> Unit:
    """Read a unit; each setting is in a section that is known, or it would be ignored."""
    settings, section = [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith(("#", ";")):
            continue
        if line.startswith("["):
            section = line.strip("[]")
            assert section in SECTIONS[path.suffix], f"{path}: {line} is ignored"
        else:
            name, equals, value = line.partition("=")
            assert section, f"{path}: {line} is in no section, and is ignored"
            assert equals, f"{path}: {line} is no setting"
            settings.append((section, name, value))
    return Unit(path=path, settings=tuple(settings))


#: Files with another form, that of sysusers.d(5).
USERS = "users.conf"
PATHS = sorted(
    path for path in EXAMPLES.rglob("*") if path.suffix in SECTIONS and path.name != USERS
)


def units(*suffixes: str) -> list[Unit]:
    """Return the units of some kinds."""
    found = [read(path) for path in PATHS if path.suffix in suffixes]
    assert found
    return found


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_each_setting_is_in_a_section(path: Path) -> None:
    """And has a value: nothing is ignored, or put back to its default."""
    # No capability is what an empty set says.
    emptied = [name for _, name, value in read(path).settings if not value]
    assert emptied in ([], ["CapabilityBoundingSet"])


def test_least_privilege() -> None:
    """No container may do, write or fetch what it need not."""
    for unit in units(".container"):
        assert unit.one("Container", "DropCapability") == "all", str(unit)
        assert unit.one("Container", "NoNewPrivileges") == "true", str(unit)
        assert unit.one("Container", "ReadOnly") == "true", str(unit)
        assert unit.one("Container", "ReadOnlyTmpfs") == "false", str(unit)
        assert unit.one("Container", "Pull") == "never", str(unit)
        for volume in unit.all("Container", "Volume"):
            assert volume.endswith(":ro,z"), str(unit)


def test_a_container_without_a_network_is_shut_in() -> None:
    """Neither Podman nor what it starts may open another kind of socket, or gain rights."""
    found = [u for u in units(".container") if u.one("Container", "Network") == "none"]
    assert found
    for unit in found:
        families = unit.one("Service", "RestrictAddressFamilies").split()
        assert set(families) == {"AF_UNIX", "AF_NETLINK", "AF_INET"}, str(unit)
        for name in ("NoNewPrivileges", "LockPersonality", "RestrictRealtime"):
            assert unit.one("Service", name) == "true", f"{unit}: {name}="
        assert unit.one("Service", "SystemCallArchitectures") == "native", str(unit)
        folder, _, profile = unit.one("Container", "SeccompProfile").rpartition("/")
        assert folder == "%h/.config/workerd", str(unit)
        assert unit.path.with_name(profile).is_file(), str(unit)


def test_the_sandbox_without_podman() -> None:
    """What a service could do besides is what systemd-analyze(1) counts, and more."""
    (sandbox,) = units(".conf")
    for name in (
        "CapabilityBoundingSet", "PrivateNetwork", "NoNewPrivileges", "ProtectHome", "PrivateTmp",
        "PrivateDevices", "PrivateUsers", "PrivateIPC", "RemoveIPC", "RestrictSUIDSGID",
        "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs",
        "ProtectControlGroups", "ProtectClock", "ProtectHostname", "RestrictNamespaces",
        "RestrictRealtime", "LockPersonality",
    ):  # fmt: skip
        wanted = "" if name == "CapabilityBoundingSet" else "true"
        assert sandbox.one("Service", name) == wanted, name
    for name, wanted in (
        ("IPAddressDeny", "any"), ("ProtectSystem", "strict"), ("ProtectProc", "invisible"),
        ("ProcSubset", "pid"), ("KeyringMode", "private"), ("UMask", "0077"),
        ("SystemCallArchitectures", "native"), ("SystemCallErrorNumber", "EPERM"),
        ("LimitNOFILE", "524288"),
    ):  # fmt: skip
        assert sandbox.one("Service", name) == wanted, name
    assert sandbox.all("Service", "SystemCallFilter") == [
        "@system-service",
        "~@privileged @resources",
    ]


#: What a file of the system's systemd has where a user's has the same in another place.
_PLACES = {
    "RootDirectory=/usr/local/libexec/workerd": "RootDirectory=%h/.local/lib/workerd",
    **{
        f"BindReadOnlyPaths=/etc/workerd{name}": (
            f"BindReadOnlyPaths=%h/.config/workerd{name}:/etc/workerd{name}"
        )
        for name in ("", "/whoami.capnp", "/whoami.js")
    },
    "BindReadOnlyPaths=/run/whoami": "BindReadOnlyPaths=%t/whoami:/run/whoami",
    "ListenStream=/run/whoami/http": "ListenStream=%t/whoami/http",
}


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("workerd.service", "User=workerd"),
        ("whoami.service", "User=whoami"),
        ("whoami.socket", "SocketUser=workerd"),
    ],
)
def test_both_ways_without_podman_are_the_same(name: str, owner: str) -> None:
    """But for the user, which only the system's systemd can choose, and for the places."""

    def lines(folder: str) -> list[str]:
        text = (EXAMPLES / "example4" / folder / name).read_text(encoding="utf-8")
        return [line for line in text.splitlines() if line and not line.startswith("#")]

    system, user = lines("system"), lines("user")
    assert owner in system
    system.remove(owner)
    assert [_PLACES.get(line, line) for line in system] == user
    assert user != system


def test_without_podman_nobody_else_reaches_the_backend() -> None:
    """It has no network, and a socket for workerd alone; workerd makes no others but such."""
    for folder in ("system", "user"):
        backend = read(EXAMPLES / "example4" / folder / "whoami.service")
        proxy = read(EXAMPLES / "example4" / folder / "workerd.service")
        socket = read(EXAMPLES / "example4" / folder / "whoami.socket")
        assert backend.one("Service", "RestrictAddressFamilies") == "none"
        assert proxy.one("Service", "RestrictAddressFamilies") == "AF_UNIX"
        assert proxy.one("Service", "TimeoutStopSec") == "30"
        assert proxy.names("Wants") == ["whoami.socket"]
        assert "whoami.socket" in proxy.names("After")
        assert socket.one("Socket", "SocketMode") == "0600"
        assert socket.one("Socket", "RemoveOnStop") == "true"


def test_a_backend_does_not_see_the_settings_of_the_proxy() -> None:
    """Of what is in the directory of the configuration, it has its own two files."""
    found = [unit for unit in units(".container", ".service") if unit.path.stem == "whoami"]
    assert len(found) == 4
    for unit in found:
        volumes = unit.all("Container", "Volume")
        paths = " ".join(unit.all("Service", "BindReadOnlyPaths")).split()
        seen = {mount.split(":")[0] for mount in volumes + paths if "workerd" in mount}
        assert {Path(name).name for name in seen} == {"whoami.capnp", "whoami.js"}, str(unit)


def test_a_service_that_gains_no_rights_has_its_user_namespace_before() -> None:
    """Making one needs a program that gains them, which another service runs first."""
    for unit in units(".container"):
        if not unit.all("Service", "NoNewPrivileges"):
            continue
        names = set(unit.names("Requires")) & set(unit.names("After"))
        services = [read(unit.path.with_name(name)) for name in names if name.endswith(".service")]
        assert services, str(unit)
        for service in services:
            assert service.one("Service", "Type") == "oneshot", str(service)
            assert service.one("Service", "ExecStart") == "podman unshare true", str(service)


def test_no_quadlet_waits_for_the_network() -> None:
    """Podman would wait up to 90 s for network-online.target, which may never come."""
    for unit in units(".container", ".network"):
        assert unit.one("Quadlet", "DefaultDependencies") == "false", str(unit)


def test_a_container_has_the_name_of_its_unit() -> None:
    """So `podman logs` and `podman exec` take the name that `systemctl` takes."""
    found = list(units(".container"))
    assert found
    for unit in found:
        assert unit.one("Container", "ContainerName") == unit.path.stem, unit


def test_visitors_come_with_a_request() -> None:
    """Each socket that visitors reach defers, so that a restart closes none who will ask."""
    found = [u for u in units(".socket") if u.one("Socket", "ListenStream").isdigit()]
    assert len(found) == 4
    for unit in found:
        assert unit.one("Socket", "DeferAcceptSec") == "30", unit


def test_what_takes_over_a_socket_opens_it_first() -> None:
    """However it is started: alone it would have nothing to listen on."""
    found = [unit for unit in units(".container", ".service") if unit.has_socket]
    assert {unit.path.suffix for unit in found} == {".container", ".service"}
    for unit in found:
        name = f"{unit.path.stem}.socket"
        folders = (unit.path.parent, unit.path.parent.parent)  # one for both kinds of service
        assert any((folder / name).is_file() for folder in folders), str(unit)
        assert name in unit.names("Requires"), str(unit)
        assert name in unit.names("After"), str(unit)


def test_a_container_with_a_socket_is_not_the_first_on_its_network() -> None:
    """The first one starts the network's DNS server, which would inherit the socket.

    See https://github.com/containers/podman/issues/27854.
    """
    for unit in units(".container"):
        if not unit.has_socket or unit.one("Container", "Network") == "none":
            continue
        before = [
            read(unit.path.with_name(name).with_suffix(".container"))
            for name in unit.names("Wants")
            if name in unit.names("After")
        ]
        networks = unit.all("Container", "Network")
        assert any(
            not other.has_socket and other.all("Container", "Network") == networks
            for other in before
        ), str(unit)


def test_a_container_that_starts_at_boot_starts_again() -> None:
    """One with a socket need not: the next visitor starts it."""
    for unit in units(".container"):
        if unit.all("Install", "WantedBy"):
            assert unit.one("Service", "Restart") == "on-failure", str(unit)
        else:
            assert unit.has_socket, f"{unit}: nothing starts it"


def test_systemd_waits_longer_than_podman() -> None:
    """Otherwise it would kill the container that Podman is about to stop."""
    found = [unit for unit in units(".container") if unit.has_socket]
    for unit in found:
        podman = int(unit.one("Container", "StopTimeout"))
        systemd = int(unit.one("Service", "TimeoutStopSec"))
        assert 10 < podman < systemd, str(unit)


def networks(unit: Unit, name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return the values of a network's setting, IPv4 first."""
    found = [ipaddress.ip_network(value) for value in unit.all("Network", name)]
    assert [network.version for network in found] == [4, 6], f"{unit}: {name}="
    return found


def test_a_service_that_never_fails_to_start_for_haste() -> None:
    """What is started before each start of another must not hit systemd's limit."""
    once = [unit for unit in units(".service") if unit.all("Service", "Type") == ["oneshot"]]
    assert once
    for unit in once:
        assert unit.one("Unit", "StartLimitIntervalSec") == "0", str(unit)


def test_addresses() -> None:
    """Fixed ones are in their network, and no other container can get them."""
    for unit in units(".container"):
        for key, number in (("IP", 0), ("IP6", 1)):
            for value in unit.all("Container", key):
                fixed = ipaddress.ip_address(value)
                network = read(unit.path.with_name(unit.one("Container", "Network")))
                gateway = network.all("Network", "Gateway")[number]
                assert fixed in networks(network, "Subnet")[number], str(unit)
                assert fixed not in networks(network, "IPRange")[number], str(unit)
                assert fixed != ipaddress.ip_address(gateway), str(unit)
    for unit in units(".network"):
        assert unit.one("Network", "Internal") == "true", str(unit)
        for number, gateway in enumerate(unit.all("Network", "Gateway")):
            subnet, given = networks(unit, "Subnet")[number], networks(unit, "IPRange")[number]
            assert given.subnet_of(subnet), str(unit)  # type: ignore[arg-type] # same version
            address = ipaddress.ip_address(gateway)
            assert address in subnet, str(unit)
            assert address not in given, str(unit)


def test_workerd_refuses_what_is_no_backend() -> None:
    """A list in config.capnp allows the network of the units, less gateway and itself."""
    found = 0
    for path in sorted(EXAMPLES.rglob("config.capnp")):
        text = path.read_text(encoding="utf-8")
        lists = re.search(r"allow = \[([^\]]+)\],\s*deny = \[(.+?)\]", text, re.DOTALL)
        if lists is None:
            continue
        found += 1
        allowed, denied = (re.findall(r'"([^"]+)"', part) for part in lists.groups())
        network = read(path.with_name("mynet.network"))
        proxy = read(path.with_name("workerd.container"))
        own = [*network.all("Network", "Gateway"), *proxy.all("Container", "IP"),
               *proxy.all("Container", "IP6")]  # fmt: skip
        assert allowed == list(map(str, networks(network, "Subnet"))), str(path)
        assert sorted(denied) == sorted(str(ipaddress.ip_network(value)) for value in own)
    assert found
