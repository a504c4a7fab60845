# SPDX-License-Identifier: Apache-2.0
"""The machines of a lab, their network and what else they need, on their way up."""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait

from doclab import addresses, faithful, leftovers, registry, share, state
from doclab import machine as machines
from doclab.engine import LABEL, Engine
from doclab.faithful import Returned
from doclab.lab_plan import LabPlan
from doclab.machine import Machine
from doclab.model import DoclabError
from doclab.share import Share
from doclab.snapshots import Snapshot, SnapshotStore
from doclab.state import State


class LabMachines:
    """Makes machines, several at a time; whoever needs one waits for that one."""

    def __init__(
        self, engine: Engine, plan: LabPlan, *, stop: threading.Event, nonce: str | None = None
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
        self._labels = [
            f"--label={LABEL}={self.name}",
            f"--label={LABEL}.owner={leftovers.owner()}",
        ]
        self._pool = ThreadPoolExecutor(thread_name_prefix=self.name)
        self._machines: dict[str, Future[Machine]] = {}
        self._registry: Future[object] | None = None
        self._begun: Future[None] | None = None
        self._restored: tuple[SnapshotStore, Snapshot] | None = None
        self._share: Share | None = None
        self._brought_back: dict[str, Returned] = {}
        self.first_states: dict[str, State] = {}  # before the first block, if recorded
        #: Set when a first block could run, or it is known that none will.
        self.settled = threading.Event()

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
        self._restored = restored
        self._begun = self._pool.submit(self._make, after)
        return self._begun

    def start(self, *, restored: tuple[SnapshotStore, Snapshot] | None = None) -> None:
        """Begin, if that was not done yet; wait until the first machine is up.

        Args:
            restored: where the machines' files come from; None for new ones.

        Raises:
            DoclabError: if a machine does not start.
        """
        (self._begun or self.begin(restored=restored)).result()
        self.machine(self._plan.machines[0])
        if self._registry is not None:
            self._registry.result()

    def machine(self, name: str) -> Machine:
        """Return a machine when it is up.

        Raises:
            DoclabError: if it, or the registry of base images, did not start.
        """
        if self._registry is not None and self._registry.done():
            self._registry.result()
        return self._machines[name].result()

    def all_machines(self) -> list[Machine]:
        """Return all machines when all are up, and the registry too."""
        if self._registry is not None:
            self._registry.result()
        return [self.machine(name) for name in self._plan.machines]

    def _up(self) -> list[Machine]:
        """Return the machines that are up; none is waited for."""
        done = [each for each in self._machines.values() if each.done()]
        return [each.result() for each in done if each.exception() is None]

    def brought_back(self) -> Returned:
        """Return what was done on the machines of a restored lab, and what still differs."""
        done = [self._brought_back[machine.name] for machine in self.all_machines()]
        return (
            [mend for mends, _ in done for mend in mends],
            next((difference for _, difference in done if difference is not None), None),
        )

    def _make_ordinary(self) -> None:
        """Let the shells on the machines be ordinary ones."""
        if self._share is not None:
            self._share.make_ordinary()

    def _give_up(self) -> None:
        """Make nothing more, and wait until nothing is being made."""
        self.settled.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _make(self, after: threading.Event | None) -> None:
        if after is not None:
            after.wait()
        try:
            self._make_all()
        except BaseException as error:
            self.settled.set()
            if isinstance(error, OSError):
                raise DoclabError(f"the lab's files could not be written: {error}") from error
            raise

    def _make_all(self) -> None:
        sharing = self._pool.submit(
            share.make,
            self._engine,
            f"{self.name}-share",
            labels=self._labels,
            nonce=self._nonce,
            repository=self._plan.repository,
            snapshot=self._plan.snapshot,
        )
        self._engine.call("network", "create", "--ipv6", *self._labels, self.name)
        networks = self._networks()
        self._share = sharing.result()
        first = None
        for name in self._plan.machines:
            self._machines[name] = self._pool.submit(
                self._start_machine, name, networks, self._share.volume, after=first
            )
            # The first block is most often for the first machine, which the others would
            # slow down. But all restored ones must be as they were before any block runs.
            if self._restored is None:
                first = first or self._machines[name]
        needed = [first] if first is not None else list(self._machines.values())
        self._pool.submit(self._settle, needed)
        self._registry = self._pool.submit(
            registry.start,
            self._engine,
            container=f"{self.name}-registry",
            image=self._plan.images.registry,
            network=networks[registry.NAME],
            labels=self._labels,
        )

    def _settle(self, needed: list[Future[Machine]]) -> None:
        wait(needed)
        self.settled.set()

    def _networks(self) -> dict[str, str]:
        form = "--format={{range .Subnets}}{{.Subnet}} {{end}}"
        found = self._engine.call("network", "inspect", form, self.name)
        return addresses.allot(
            self.name, found.stdout.split(), (registry.NAME, *self._plan.machines)
        )

    def _start_machine(
        self,
        name: str,
        networks: dict[str, str],
        folder: str,
        *,
        after: Future[Machine] | None,
    ) -> Machine:
        if after is not None:
            wait([after])
        made = machines.create(
            name,
            container=f"{self.name}-{name}",
            networks=networks,
            image=self._plan.images.machine,
            folder=folder,
            labels=self._labels,
            engine=self._engine,
            stop=self._stop,
            start=self._restored is None,
        )
        if self._restored is not None:
            store, snapshot = self._restored
            store.restore(snapshot, made)
            self._engine.call("start", made.container)
        made.wait_until_up()
        if self._restored is not None:
            record = self._restored[1].record
            self.first_states.update(record.first)
            self._brought_back[name] = faithful.bring_back(made, record, self._plan.user)
        elif self._plan.record:
            self.first_states[name] = state.read(made)
        return made
