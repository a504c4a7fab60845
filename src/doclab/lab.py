# SPDX-License-Identifier: Apache-2.0
"""A lab: machines on one network, made new for a scenario and thrown away after it."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from doclab import journal, leftovers
from doclab.engine import Engine
from doclab.lab_machines import LabMachines
from doclab.lab_plan import LabPlan
from doclab.terminal import Terminal
from doclab.terminals import Terminals


class Lab(LabMachines):
    """Machines that are up, and the terminals on them."""

    def __init__(
        self,
        engine: Engine,
        plan: LabPlan,
        *,
        stop: threading.Event,
        nonce: str | None = None,
    ) -> None:
        """Prepare as `LabMachines` does; `start` makes the machines."""
        super().__init__(engine, plan, stop=stop, nonce=nonce)
        self._terminals = Terminals(self.login, nonce=self._nonce, stop=stop)

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
        up = sorted(self._up(), key=lambda machine: machine.name != first)
        return journal.joined({machine.name: machine.journal(since) for machine in up})

    def enter_line(self, machine: str) -> str:
        """Return a line to paste that opens a shell on a machine of a kept lab."""
        return shlex.join(self.login(machine))

    def keep(self) -> None:
        """Leave the lab to a person: it is not stale, and its shells are ordinary ones."""
        self.close_terminals()
        self.all_machines()
        self._engine.call("volume", "create", *self._labels, f"{self.name}-kept")
        self._make_ordinary()

    def remove(self) -> None:
        """Remove the machines, their volumes and the network."""
        self._give_up()
        with ThreadPoolExecutor(1) as pool:
            removing = pool.submit(leftovers.remove, self._engine, self.name)
            self.close_terminals()  # whose shells end with their machines anyway
            removing.result()
