"""A lab: machines on one network, made new for a scenario and thrown away after it."""

from __future__ import annotations

import dataclasses
import os
import secrets
import shlex
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from doclab import journal
from doclab.engine import LABEL, Engine
from doclab.images import Images
from doclab.model import DoclabError
from doclab.terminal import Terminal

START_DEADLINE = 90.0  # seconds that a machine may take to start
_EARLIER = 10.0  # seconds before a block of which its journal tells too
_READY_STATES = ("running", "degraded")


@dataclasses.dataclass(frozen=True, kw_only=True)
class LabPlan:
    """What a lab is made of."""

    machines: tuple[str, ...]
    user: str  # who logs in
    images: Images
    repository: str  # address from which pages clone the project
    snapshot: Path | None  # a bare Git repository that answers for it


class Lab:
    """Machines that are up, and the terminals on them."""

    def __init__(
        self,
        engine: Engine,
        plan: LabPlan,
        *,
        stop: threading.Event,
    ) -> None:
        """Prepare; `start` makes the machines."""
        self.name = f"doclab-{secrets.token_hex(4)}"
        self._engine = engine
        self._plan = plan
        self._stop = stop
        self._nonce = secrets.token_hex(16)
        self._terminals: dict[tuple[str, str], Terminal] = {}
        self._labels = [f"--label={LABEL}={self.name}", f"--label={LABEL}.owner={owner()}"]

    def start(self) -> None:
        """Make the network and the machines, and wait until they are up."""
        self._engine.call("network", "create", "--ipv6", *self._labels, self.name)
        self._engine.call(
            "run",
            "--detach",
            *self._labels,
            *self._engine.run_flags,
            f"--name={self.name}-registry",
            f"--network={self.name}",
            "--network-alias=registry",
            self._plan.images.registry,
        )
        for machine in self._plan.machines:
            self._engine.call(
                "run",
                "--detach",
                *self._labels,
                *self._engine.machine_flags,
                "--restart=always",  # as a computer does after `systemctl reboot`
                f"--name={self.container(machine)}",
                f"--hostname={machine}",
                f"--network={self.name}",
                f"--network-alias={machine}",
                # Native overlay does not stack on overlay.
                "--volume=/home",
                "--volume=/var/lib/containers",
                self._plan.images.machine,
            )
        for machine in self._plan.machines:
            self._prepare(machine)
            self.wait_until_up(machine)

    def container(self, machine: str) -> str:
        """Name of a machine's container."""
        return f"{self.name}-{machine}"

    def execute(
        self, machine: str, *argv: str, check: bool = True, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program on a machine as root, outside of any terminal."""
        stdin = ["--interactive"] if text is not None else []
        return self._engine.call(
            "exec", *stdin, self.container(machine), *argv, check=check, text=text
        )

    def wait_until_up(self, machine: str) -> None:
        """Wait until systemd says that the machine has started."""
        end = time.monotonic() + START_DEADLINE
        state = "nothing"
        while time.monotonic() < end and not self._stop.is_set():
            done = self.execute(machine, "systemctl", "is-system-running", check=False)
            state = done.stdout.strip() or done.stderr.strip()
            if state in _READY_STATES:
                return
            time.sleep(0.1)
        logs = self._engine.call("logs", "--tail=20", self.container(machine), check=False)
        raise DoclabError(
            f"the machine {machine!r} did not start within {START_DEADLINE:g} s; its systemd"
            f" said {state!r}.\n{logs.stdout}{logs.stderr}"
        )

    def terminal(self, machine: str, name: str = "") -> Terminal:
        """Return a terminal on a machine; log in if there is none of this name.

        Args:
            machine: where.
            name: empty for the first terminal, which every machine has.
        """
        key = (machine, name)
        if key not in self._terminals:
            terminal = Terminal(self.login(machine), nonce=self._nonce, stop=self._stop)
            self._terminals[key] = terminal
            outcome = terminal.wait_for_prompt(START_DEADLINE)
            if outcome.problem is not None:
                self.close_terminal(machine, name)
                raise DoclabError(
                    f"no shell on {machine!r} as {self._plan.user}: {outcome.problem.value}"
                    f"\n{outcome.output}"
                )
        return self._terminals[key]

    def terminals(self) -> Iterator[tuple[str, Terminal]]:
        """Return the machine of each terminal that is open, and the terminal."""
        for (machine, _), terminal in self._terminals.items():
            yield machine, terminal

    def login(self, machine: str) -> list[str]:
        """Command line that logs in on a machine as a person does."""
        return self._engine.argv(
            "exec",
            "--interactive",
            "--tty",
            self.container(machine),
            "machinectl",
            "--quiet",
            "shell",
            f"{self._plan.user}@",
        )

    def close_terminal(self, machine: str, name: str | None = None) -> None:
        """End the terminal of this name on a machine if there is one; all, without a name."""
        for key in list(self._terminals):
            if key[0] == machine and name in (None, key[1]):
                self._terminals.pop(key).close()

    def close_terminals(self) -> None:
        """End all terminals, as when a reader turns to the next page."""
        for machine, name in list(self._terminals):
            self.close_terminal(machine, name)

    def started_at(self, machine: str) -> str:
        """Return when a machine was last started."""
        return self._engine.call(
            "inspect", "--format={{.State.StartedAt}}", self.container(machine)
        ).stdout.strip()

    def wait_for_restart(self, machine: str, before: str, deadline: float) -> bool:
        """Wait until a machine has restarted and is up; say whether it did.

        Args:
            machine: the one that a command restarted.
            before: what `started_at` said before that command.
            deadline: seconds.
        """
        end = time.monotonic() + deadline
        while self.started_at(machine) == before:
            if time.monotonic() > end or self._stop.is_set():
                return False
            time.sleep(0.1)
        self.close_terminal(machine)
        self.wait_until_up(machine)
        return True

    def journal(self, machine: str, since: float, lines: int = 15) -> str:
        """Return the last lines that a machine's services wrote to the journal.

        Args:
            machine: whose journal.
            since: seconds since 1970; the seconds just before count too, since the
                cause of a failure is often a little older than the failure.
            lines: how many at the most.
        """
        done = self.execute(
            machine,
            "journalctl",
            "--no-pager",
            "--quiet",
            f"--since=@{since - _EARLIER:.3f}",
            "--output=json",
            "--output-fields=MESSAGE,UNIT,USER_UNIT,_SYSTEMD_UNIT,_SYSTEMD_USER_UNIT",
            check=False,
        )
        return "\n".join(journal.service_lines(done.stdout)[-lines:])

    def versions(self, machine: str) -> dict[str, str]:
        """Return the versions of what the machine is made of."""
        script = (
            "podman --version | sed 's/podman version /podman=/';"
            "systemctl --version | sed -n '1s/systemd \\([^ ]*\\).*/systemd=\\1/p';"
            "uname -r | sed 's/^/kernel=/';"
            ". /etc/os-release; echo distribution=$PRETTY_NAME"
        )
        lines = self.execute(machine, "sh", "-c", script, check=False).stdout.splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def enter_line(self, machine: str) -> str:
        """Return a line to paste that opens a shell on a machine of a kept lab."""
        return shlex.join(self.login(machine))

    def keep(self) -> None:
        """Leave the lab to a person: it is not stale, and its shells are ordinary ones."""
        self.close_terminals()
        self._engine.call("volume", "create", *self._labels, f"{self.name}-kept")
        for machine in self._plan.machines:
            self.execute(machine, "rm", "-f", "/etc/doclab/nonce", check=False)

    def remove(self) -> None:
        """Remove the machines, their volumes and the network."""
        self.close_terminals()
        remove(self._engine, self.name)

    def _prepare(self, machine: str) -> None:
        self.execute(machine, "sh", "-c", "mkdir -p /etc/doclab && cat > /etc/doclab/nonce",
                     text=f"{self._nonce}\n")  # fmt: skip
        if self._plan.snapshot is not None:
            target = "/var/lib/doclab/repository.git"
            self.execute(machine, "mkdir", "-p", "/var/lib/doclab")
            self._engine.call("cp", str(self._plan.snapshot), f"{self.container(machine)}:{target}")
            self.execute(
                machine, "sh", "-c",
                f"chown -R root:root {target} && "
                f"git config --system url.{target}.insteadOf {shlex.quote(self._plan.repository)}"
                f" && git config --system safe.directory {target}",
            )  # fmt: skip


def owner() -> str:
    """Name this process in a way that no later process has."""
    return f"{os.getpid()}.{_started(os.getpid())}"


def _started(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def remove(engine: Engine, name: str) -> None:
    """Remove all that belongs to a lab; nothing happens if it is gone."""
    label = f"label={LABEL}={name}"
    containers = engine.call("ps", "--all", "--quiet", f"--filter={label}", check=False)
    if ids := containers.stdout.split():
        engine.call("rm", "--force", "--volumes", "--time=0", *ids, check=False)
    networks = engine.call("network", "ls", "--quiet", f"--filter={label}", check=False)
    for network in networks.stdout.split():
        engine.call("network", "rm", "--force", network, check=False)
    volumes = engine.call("volume", "ls", "--quiet", f"--filter={label}", check=False)
    for volume in volumes.stdout.split():
        engine.call("volume", "rm", "--force", volume, check=False)


def remove_stale(engine: Engine) -> list[str]:
    """Remove labs whose process is gone without having cleaned up."""
    found = engine.call(
        "ps", "--all", f"--filter=label={LABEL}.owner",
        f'--format={{{{index .Labels "{LABEL}"}}}} {{{{index .Labels "{LABEL}.owner"}}}}',
        check=False,
    )  # fmt: skip
    stale = set()
    for line in found.stdout.splitlines():
        name, _, who = line.partition(" ")
        pid, _, started = who.partition(".")
        if pid.isdigit() and _started(int(pid)) != started:
            stale.add(name)
    gone = [
        name
        for name in sorted(stale)
        if engine.call("volume", "exists", f"{name}-kept", check=False).returncode != 0
    ]
    for name in gone:
        remove(engine, name)
    return gone


def present(engine: Engine) -> Sequence[str]:
    """Return the names of the labs that are there, kept or not."""
    found = engine.call("network", "ls", f"--filter=label={LABEL}", "--format={{.Name}}")
    return found.stdout.split()
