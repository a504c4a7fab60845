# SPDX-License-Identifier: Apache-2.0
"""What comes after the last block of a page: the machines are looked at, and saved."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from doclab import keys, ledger, run, state
from doclab.lab import Lab
from doclab.machine import Machine
from doclab.model import BlockResult, CleanUp, DoclabError, Fate, Ledger, Page, Scenario
from doclab.snapshots import Record, SnapshotStore

SETTLE_SECONDS = 20.0  # that a machine has to come to rest after its last block


class PageEnds:
    """Sees to the ends of a scenario's pages."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        pages: Mapping[str, Page],
        store: SnapshotStore | None,
        base: str,
        say: run.Say,
        stop: threading.Event,
    ) -> None:
        """Prepare.

        Args:
            scenario: what is run.
            pages: all pages of the site, by name.
            store: where snapshots go; None: take none.
            base: digest of what snapshots depend on besides blocks.
            say: told of snapshots.
            stop: set when the run is to end.
        """
        self._scenario = scenario
        self._pages = pages
        self._store = store
        self._base = base
        self._say = say
        self._stop = stop
        self.errors: list[str] = []  # what pages promised and did not do
        self.versions: dict[str, str] = {}  # of the first machine, read meanwhile at the very end

    def end(
        self,
        page: str,
        lab: Lab,
        results: Sequence[BlockResult],
        captured: Mapping[str, str],
        *,
        first_pass: bool,
    ) -> None:
        """Do what comes after a page's last block.

        Args:
            page: its name.
            lab: whose machines ran it.
            results: of the scenario's blocks so far.
            captured: values of named placeholders.
            first_pass: whether the lab was new; only then it is saved.
        """
        promise = self._pages[page].clean_up
        if promise is not None:
            machines = lab.all_machines()
            with ThreadPoolExecutor() as pool:
                versions = pool.submit(machines[0].versions)
                for errors in pool.map(
                    lambda machine: self._not_undone(machine, lab, promise), machines
                ):
                    self.errors += errors
                if len(results) == len(self._scenario.blocks):
                    self.versions = versions.result()
        if self._store is None or not first_pass or self.errors:
            return  # a run that goes on from a broken promise would not see it
        if len(results) == len(self._scenario.blocks) and not self._scenario.ends_page:
            return
        if any(result.fate is Fate.FAILED for result in results):
            return
        self._save(self._store, page, lab, results, captured)

    def _save(
        self,
        store: SnapshotStore,
        page: str,
        lab: Lab,
        results: Sequence[BlockResult],
        captured: Mapping[str, str],
    ) -> None:
        key = keys.key(self._base, self._scenario.blocks[: len(results)])
        if store.find(key) is not None:
            return
        machines = lab.all_machines()
        record = Record(
            taken=datetime.now(UTC).isoformat(timespec="seconds"),
            ledger=ledger.dump(Ledger(results=tuple(results), versions={})),
            captured=dict(captured),
            addresses={machine.name: machine.addresses for machine in machines},
            first=lab.first_states,
            last=state.read_all(machines),
        )
        clock = time.monotonic()
        place = f"{self._scenario.variant_label} {page}"
        try:
            taken = store.save(key, place=place, machines=machines, record=record)
        except DoclabError as error:  # what the page proves does not depend on it
            self._say(f"there is no snapshot of the end of {page}: {error}")
            return
        if taken:
            self._say(f"snapshot of the end of {page} ({time.monotonic() - clock:.1f} s)")

    def _not_undone(self, machine: Machine, lab: Lab, promise: CleanUp) -> list[str]:
        """Compare a machine with what it was before the first block."""
        before = lab.first_states[machine.name]
        end = time.monotonic() + SETTLE_SECONDS
        while True:
            found = [
                difference
                for difference in state.differences(before, state.read(machine))
                if not state.allowed(difference, promise.stays)
            ]
            if not found or time.monotonic() > end or self._stop.is_set():
                break
            if any(difference.kind == state.REMOVED_USER for difference in found):
                # It forgets by itself after UserStopDelaySec=, ten seconds; so, at once.
                # If that fails, the next comparison says so.
                machine.execute("systemctl", "restart", "systemd-logind", check=False)
            time.sleep(0.5)
        return [
            f"{promise.location}: {machine.name} is not as it was before the first block:"
            f" {difference}. Undo it on the page, or list it in {{cleaned-up}} with a reason."
            for difference in found
        ]
