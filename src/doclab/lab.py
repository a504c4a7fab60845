# SPDX-License-Identifier: Apache-2.0
"""A lab: machines on one network, made new for a scenario and thrown away after it."""

from __future__ import annotations

import secrets
import shlex
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from doclab import journal, leftovers
from doclab.engine import LABEL, Engine
from doclab.faithful import Returned
from doclab.lab_plan import LabPlan
from doclab.machine import Machine
from doclab.snapshots import Snapshot, SnapshotStore
from doclab.start import Start
from doclab.state import State
from doclab.terminal import Terminal
from doclab.terminals import Terminals


class Lab:
    """Machines that are up, and the terminals on them."""

    def __init__(
        self,
        engine: Engine,
        plan: LabPlan,
        *,
        stop: threading.Event,
        nonce: str | None = None,
    ) -> None:
        """Prepare; `start` makes the machines.

        Args:
            engine: the container engine.
            plan: what the lab is made of.
            stop: set when the run is to end.
            nonce: secret by which shells make themselves known; None for a new one.
        """
        self.name = f"doclab-{secrets.token_hex(4)}"
        self._engine = engine
        self._plan = plan
        self._stop = stop
        self._nonce = nonce or secrets.token_hex(16)
        self._terminals = Terminals(self.login, nonce=self._nonce, stop=stop)
        self._labels = [
            f"--label={LABEL}={self.name}",
            f"--label={LABEL}.owner={leftovers.owner()}",
        ]
        self._start = Start(
            self.name, engine, plan, labels=self._labels, nonce=self._nonce, stop=stop
        )

    def begin(
        self,
        *,
        restored: tuple[SnapshotStore, Snapshot] | None = None,
        after: threading.Event | None = None,
    ) -> Future[None]:
        """Begin to make the network and the machines; do not wait.

        Args:
            restored: where the machines' files come from; None for new ones.
            after: what to wait for, so that the labs that are needed first are up first.
        """
        return self._start.begin(restored=restored, after=after)

    def start(self, *, restored: tuple[SnapshotStore, Snapshot] | None = None) -> None:
        """Begin, if that was not done yet; wait until the first machine is up.

        Args:
            restored: where the machines' files come from; None for new ones.

        Raises:
            DoclabError: if a machine does not start.
        """
        self._start.wait_for_first(restored=restored)

    @property
    def settled(self) -> threading.Event:
        """Set when a first block could run, or it is known that none will."""
        return self._start.settled

    @property
    def first_states(self) -> dict[str, State]:
        """What each machine was like before the first block, if that was recorded."""
        return self._start.first_states

    def machine(self, name: str) -> Machine:
        """Return a machine when it is up.

        Raises:
            DoclabError: if it, or the registry of base images, did not start.
        """
        return self._start.machine(name)

    def all_machines(self) -> list[Machine]:
        """Return all machines when all are up, and the registry too."""
        return self._start.all_machines()

    def brought_back(self) -> Returned:
        """Return what was done on the machines of a restored lab, and what still differs."""
        return self._start.brought_back()

    def terminal(self, machine: str, name: str = "") -> Terminal:
        """Return a terminal on a machine; log in if there is none of this name.

        Args:
            machine: where.
            name: empty for the first terminal, which every machine has.
        """
        return self._terminals.get(machine, name)

    def terminals(self) -> Iterator[tuple[str, str, Terminal]]:
        """Return the machine and the name of each terminal that is open, and the terminal."""
        return iter(self._terminals)

    def login(self, machine: str) -> list[str]:
        """Command line that logs in on a machine as a person does."""
        return self.machine(machine).login(self._plan.user)

    def close_terminal(self, machine: str, name: str | None = None) -> None:
        """End the terminal of this name on a machine if there is one; all, without a name."""
        self._terminals.close(machine, name)

    def close_terminals(self) -> None:
        """End all terminals, as when a reader turns to the next page."""
        self._terminals.close_all()

    def started_at(self, machine: str) -> str:
        """Return when a machine was last started."""
        return self.machine(machine).started_at()

    def wait_for_restart(self, machine: str, before: str, deadline: float) -> bool:
        """Wait until a machine has restarted and is up; say whether it did; see `Machine`."""
        if not self.machine(machine).wait_until_down(before, deadline):
            return False
        self.close_terminal(machine)
        self.machine(machine).wait_until_up()
        return True

    def journal(self, first: str, since: float) -> str:
        """Return the ends of the journals of machines that are up, that of `first` first.

        As `Machine.journal` does; nothing is waited for, since another may never start.
        """
        up = sorted(self._start.up(), key=lambda machine: machine.name != first)
        return journal.joined({machine.name: machine.journal(since) for machine in up})

    def enter_line(self, machine: str) -> str:
        """Return a line to paste that opens a shell on a machine of a kept lab."""
        return shlex.join(self.login(machine))

    def keep(self) -> None:
        """Leave the lab to a person: it is not stale, and its shells are ordinary ones."""
        self.close_terminals()
        self.all_machines()
        self._engine.call("volume", "create", *self._labels, f"{self.name}-kept")
        self._start.make_ordinary()

    def remove(self) -> None:
        """Remove the machines, their volumes and the network."""
        self._start.give_up()
        with ThreadPoolExecutor(1) as pool:
            removing = pool.submit(leftovers.remove, self._engine, self.name)
            self.close_terminals()  # whose shells end with their machines anyway
            removing.result()
