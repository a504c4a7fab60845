# SPDX-License-Identifier: Apache-2.0
"""A lab machine: one computer of a lab, which is a container with systemd inside."""

from __future__ import annotations

import dataclasses
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from doclab import addresses, journal, share
from doclab.engine import Engine
from doclab.model import DoclabError

START_DEADLINE = 90.0  # seconds that a machine may take to start
#: Directories on volumes: native overlay, which Podman inside wants, does not stack on overlay.
VOLUMES = ("/home", "/var/lib/containers")
_EARLIER = 10.0  # seconds before a block of which its journal tells too
_READY_STATES = ("running", "degraded")
#: Waits until systemd says that the machine has started; at first it does not answer at all.
_UP = """
while :; do
  state=$(systemctl is-system-running --wait 2>&1)
  case $state in running|degraded) break ;; esac
  sleep 0.02
done
echo "$state"
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Machine:
    """How to reach a machine that was created."""

    name: str  # in the lab, which is its host name too
    container: str  # that it is
    engine: Engine
    stop: threading.Event  # set when the run is to end
    addresses: tuple[str, ...] = ()  # in the lab's network, IPv4 first

    def execute(
        self, *argv: str, check: bool = True, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program on the machine as root, outside of any terminal."""
        stdin = ["--interactive"] if text is not None else []
        return self.engine.call("exec", *stdin, self.container, *argv, check=check, text=text)

    def login(self, user: str) -> list[str]:
        """Command line that logs in on the machine as a person does."""
        return self.engine.argv(
            "exec", "--interactive", "--tty", self.container,
            "machinectl", "--quiet", "shell", f"{user}@",
        )  # fmt: skip

    def wait_until_up(self) -> None:
        """Wait until systemd says that the machine has started.

        Raises:
            DoclabError: if it does not within 90 s; with its console.
        """
        end = time.monotonic() + START_DEADLINE
        state = "nothing"
        while time.monotonic() < end and not self.stop.is_set():
            done = self.execute("timeout", "10", "sh", "-c", _UP, check=False)
            state = done.stdout.strip() or done.stderr.strip() or self._systemd_says()
            if state in _READY_STATES:
                return
            time.sleep(0.05)
        logs = self.engine.call("logs", "--tail=20", self.container, check=False)
        raise DoclabError(
            f"the machine {self.name!r} did not start within {START_DEADLINE:g} s; its systemd"
            f" said {state!r}.\n{logs.stdout}{logs.stderr}"
        )

    def wait_until_down(self, before: str, deadline: float) -> bool:
        """Wait until the machine has gone down and started anew; say whether it did.

        Args:
            before: what `started_at` said before.
            deadline: seconds.
        """
        end = time.monotonic() + deadline
        while self.started_at() == before:
            if time.monotonic() > end or self.stop.is_set():
                return False
            time.sleep(0.1)
        return True

    def started_at(self) -> str:
        """Return when the machine was last started."""
        return self._inspect("{{.State.StartedAt}}")

    def folders(self) -> dict[str, Path]:
        """Return where the engine keeps what the machine has written.

        Keys are the directories on the machine; `/` is what differs from the image.

        Raises:
            DoclabError: if the engine's storage does not keep that in directories.
        """
        upper, *mounts = self._inspect(
            '{{index .GraphDriver.Data "UpperDir"}}'
            "{{range .Mounts}}\n{{.Destination}}={{.Source}}{{end}}"
        ).splitlines()
        if not upper.startswith("/"):
            raise DoclabError("Podman's storage driver is not overlay: there are no snapshots.")
        found = {"/": Path(upper)}
        for mount in mounts:
            place, _, folder = mount.partition("=")
            if place in VOLUMES:
                found[place] = Path(folder)
        return found

    def journal(self, since: float, lines: int = 15) -> str:
        """Return the last lines that services and containers wrote to the machine's journal.

        Args:
            since: seconds since 1970; the seconds just before count too, since the
                cause of a failure is often a little older than the failure.
            lines: how many at the most.
        """
        done = self.execute(
            "journalctl",
            "--no-pager",
            "--quiet",
            f"--since=@{since - _EARLIER:.3f}",
            "--output=json",
            f"--output-fields={','.join(journal.FIELDS)}",
            check=False,
        )
        return "\n".join(journal.service_lines(done.stdout)[-lines:])

    def versions(self) -> dict[str, str]:
        """Return the versions of what the machine is made of."""
        script = (
            "podman --version | sed 's/podman version /podman=/';"
            "systemctl --version | sed -n '1s/systemd \\([^ ]*\\).*/systemd=\\1/p';"
            "uname -r | sed 's/^/kernel=/';"
            ". /etc/os-release; echo distribution=$PRETTY_NAME"
        )
        lines = self.execute("sh", "-c", script, check=False).stdout.splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def _systemd_says(self) -> str:
        done = self.execute("systemctl", "is-system-running", check=False)
        return done.stdout.strip() or done.stderr.strip()

    def _inspect(self, template: str) -> str:
        return self.engine.call("inspect", f"--format={template}", self.container).stdout.strip()


def create(
    name: str,
    *,
    container: str,
    networks: Mapping[str, str],
    image: str,
    folder: str,
    labels: Sequence[str],
    engine: Engine,
    stop: threading.Event,
    start: bool,
) -> Machine:
    """Create a machine.

    Args:
        name: in the lab.
        container: name of the container.
        networks: to which each of the lab's machines is connected, with its addresses there.
        image: of the lab machine.
        folder: volume that the machine sees as /etc/doclab.
        labels: flags that say to whom the container belongs.
        engine: the container engine.
        stop: set when the run is to end.
        start: whether it is started at once, for which one call is enough.
    """
    engine.call(
        *(("run", "--detach") if start else ("create",)),
        *labels,
        *engine.machine_flags,
        "--restart=always",  # as a computer does after `systemctl reboot`
        f"--name={container}",
        f"--hostname={name}",
        f"--network={networks[name]}",
        *addresses.hosts(networks, name),
        *(f"--volume={place}" for place in VOLUMES),
        f"--volume={folder}:{share.PLACE}:ro",
        image,
    )
    return Machine(
        name=name,
        container=container,
        engine=engine,
        stop=stop,
        addresses=addresses.in_option(networks[name]),
    )
