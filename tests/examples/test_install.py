# SPDX-License-Identifier: Apache-2.0
"""What `install` and `uninstall` of the examples do with what is there already.

They run as they are, in a directory of the test's own, with stand-ins for what would change
this machine. Only what asks this machine for its user and its ports is replaced.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ALL = ["example1", "example2", "example3", "example4"]
WITH_PODMAN = ALL[:3]
UNITS = {".container", ".network", ".service", ".socket"}
PORT_START = "$(< /proc/sys/net/ipv4/ip_unprivileged_port_start)"


@dataclass(kw_only=True)
class Place:
    """A home directory and a copy of an example, for a script to run in."""

    example: Path
    home: Path
    programs: Path  # Stand-ins, before all others on PATH.

    def stand_in(self, name: str, script: str) -> None:
        """Put a program in the place of a real one."""
        program = self.programs / name
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command at this place."""
        path = f"{self.programs}:{os.environ['PATH']}"
        environment = {**os.environ, "HOME": str(self.home), "PATH": path}
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, cwd=self.example
        )

    def install(self) -> subprocess.CompletedProcess[str]:
        """Run `./install`."""
        return self.run(self.example / "install")

    def systemctl(self, script: str = "exit 0") -> None:
        """Put a systemctl in the place, which notes what it was asked and runs a script."""
        self.stand_in("systemctl", f'echo "$*" >> "$HOME/systemctl"\n{script}')

    def asked(self, command: str) -> list[str]:
        """Return what systemctl was asked with this command, in order."""
        lines = (self.home / "systemctl").read_text("utf-8").splitlines()
        words = [line.removeprefix("--user ").split() for line in lines]
        return [word for first, *others in words if first == command for word in others]

    def files(self) -> dict[str, str]:
        """Return the files below the home directory, and what is in them."""
        found = [path for path in sorted(self.home.rglob("*")) if path.is_file()]
        return {str(path.relative_to(self.home)): path.read_text("utf-8") for path in found}


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Make a place for the example that the test names, with all that `install` asks for."""
    place = Place(
        example=tmp_path / "example", home=tmp_path / "home", programs=tmp_path / "programs"
    )
    place.home.mkdir()
    place.programs.mkdir()
    shutil.copytree(EXAMPLES / request.param, place.example)
    script = place.example / "install"
    text = script.read_text("utf-8")
    for old, new in (("$EUID -eq 0", "1 -eq 0"), (PORT_START, "80")):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    script.write_text(text, "utf-8")
    script = place.example / "uninstall"
    script.write_text(script.read_text("utf-8").replace("$EUID -eq 0", "1 -eq 0"), "utf-8")
    binary = place.example / "node_modules/@cloudflare/workerd-linux-64/bin/workerd"
    if request.param == "example4":
        binary.parent.mkdir(parents=True)
        binary.write_text("workerd", "utf-8")
    place.stand_in("systemctl", "exit 0")
    podman(place, "5.4.2")
    return place


def podman(place: Place, version: str) -> None:
    """Put a Podman of some version in the place, which has the image."""
    place.stand_in(
        "podman", f'[ "$1" = --version ] && echo "podman version {version}"; touch "$HOME/asked"'
    )


@pytest.mark.parametrize("place", ALL, indirect=True)
def test_install_keeps_what_was_changed(place: Place) -> None:
    """And makes no copy of what is as it was."""
    assert place.install().stderr == ""
    first = place.files()
    assert place.install().stderr == ""
    assert place.files() == first
    config = ".config/workerd/config.capnp"
    (place.home / config).write_text("mine", "utf-8")
    assert place.install().returncode == 0
    assert place.files() == {**first, f"{config}.~1~": "mine"}
    (place.home / config).write_text("mine again", "utf-8")
    assert place.install().returncode == 0
    assert place.files() == {**first, f"{config}.~1~": "mine", f"{config}.~2~": "mine again"}


@pytest.mark.parametrize("place", ALL, indirect=True)
def test_a_socket_that_cannot_start_is_not_enabled(place: Place) -> None:
    """Else it would take the port from another program at the next boot."""
    place.systemctl('case "$*" in *" start "* | *--now*) echo "port is taken" >&2; exit 1;; esac')
    done = place.install()
    assert (done.returncode, done.stderr) == (1, "port is taken\n")
    assert place.asked("enable") == []
    place.systemctl()
    assert place.install().returncode == 0
    assert "workerd.socket" in place.asked("start")
    assert place.asked("enable")


@pytest.mark.parametrize("place", ALL, indirect=True)
def test_uninstall_forgets_failures_of_its_own_units_only(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What else has failed on this machine is for its owner to see."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(place.home))
    assert place.install().returncode == 0
    units = {path.name for path in place.home.rglob("*.*") if path.suffix in UNITS}
    services = {re.sub(r"\.network$", "-network.network", name).split(".")[0] for name in units}
    place.systemctl('case "$*" in *show*) echo loaded;; esac')
    assert place.run(place.example / "uninstall").returncode == 0
    assert set(place.asked("reset-failed")) == {f"{name}.*" for name in services}


@pytest.mark.parametrize("version", ["3.4.4", "4.9.3", "5.0.3", "5.2.5"])
@pytest.mark.parametrize("place", WITH_PODMAN, indirect=True)
def test_an_old_podman_is_refused(place: Place, version: str) -> None:
    """Before anything is changed, with what is there and what is needed."""
    podman(place, version)
    done = place.install()
    assert done.returncode == 1
    assert done.stderr == (
        f"install: this is podman version {version}, and 5.3 or later is needed; "
        'see "What you need" in README.md\n'
    )
    assert set(place.files()) == {"asked"}


@pytest.mark.parametrize("version", ["5.3.0", "5.10.0", "6.0.0-dev"])
@pytest.mark.parametrize("place", ["example1"], indirect=True)
def test_a_new_podman_is_not(place: Place, version: str) -> None:
    """Numbers are compared, not texts."""
    podman(place, version)
    assert place.install().returncode == 0


@pytest.mark.parametrize(
    ("comments", "removed", "said"),
    [
        (("workerd reverse proxy", "Backend of workerd"), "workerd whoami", ""),
        (("workerd reverse proxy", None), "workerd", ""),
        (("", "Backend of workerd"), "whoami", "workerd"),
        (("workerd reverse proxy", "Who Am I,,,"), "workerd", "whoami"),
    ],
)
@pytest.mark.parametrize("place", ["example4"], indirect=True)
def test_uninstall_removes_its_own_users_only(
    place: Place, comments: tuple[str | None, ...], removed: str, said: str
) -> None:
    """Those with the comment that users.conf gives them; another of that name stays."""
    users = (place.example / "system/users.conf").read_text("utf-8")
    script = (place.example / "uninstall").read_text("utf-8")
    ours = re.findall(r'^u (\w+) - "(.+)"$', users, re.MULTILINE)
    assert re.findall(r'\[(\w+)\]="([^"]+)"', script) == ours
    entries = {
        name: f"{name}:x:990:990:{comment}:/:/usr/sbin/nologin"
        for name, comment in zip(("workerd", "whoami"), comments, strict=True)
        if comment is not None
    }
    cases = "\n".join(f"{name}) echo '{entry}';;" for name, entry in entries.items())
    place.stand_in("getent", f'case "$2" in\n{cases}\n*) exit 2;;\nesac')
    place.stand_in("userdel", 'echo "$1" >> "$HOME/removed"')
    _, start, end = script.partition("if [[ $units == /etc/* ]]; then")
    done = place.run("bash", "-euo", "pipefail", "-c", f"units=/etc/none\n{start}{end}")
    assert done.stderr == ""
    assert place.files() == {"removed": removed.replace(" ", "\n") + "\n"}
    stays = [f"The user {said} stays: it is not the one that ./install --system makes."]
    assert done.stdout.splitlines() == [*(stays if said else []), "Removed."]
