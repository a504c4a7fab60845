# SPDX-License-Identifier: Apache-2.0
"""Snapshots: what a lab was at the end of a page, to go on from there another day.

A snapshot holds the files of each machine, not its memory. A machine that is
restored starts like a computer after a power failure; then the units that ran
are started again, and its state must be the one that was recorded. If it is not,
the snapshot is of no use and is thrown away: the blocks are run instead.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from doclab import keys, leftovers
from doclab.engine import LABEL, Engine
from doclab.machine import Machine
from doclab.model import DoclabError, Scenario
from doclab.project_lock import ProjectLock
from doclab.state import State

_PREFIX = "doclab-snapshot-"
_RECORD = "snapshot.json"
_WRITER = f"{LABEL}.writer"  # label of a volume: the process that fills it


class GoneError(DoclabError):
    """A snapshot that was found is not there any more."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Record:
    """What a snapshot knows besides files."""

    taken: str  # ISO 8601, UTC
    ledger: str  # results of the blocks that led here, as ledger.dump writes them
    captured: Mapping[str, str]  # values of named placeholders
    addresses: Mapping[str, Sequence[str]]  # of each machine
    first: Mapping[str, State]  # of each machine before the first block, if recorded
    last: Mapping[str, State]  # of each machine when the snapshot was taken
    # Units to start or stop in a restored lab, each as machine and arguments of systemctl:
    # known when one was found to be in that state. None: not tried yet.
    mended: Sequence[tuple[str, Sequence[str]]] | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A lab at the end of a page."""

    key: str  # digest of all that led to it
    folder: Path  # with a directory for each machine
    record: Record


class SnapshotStore:
    """Keeps snapshots in volumes of the engine, one for each place in a scenario."""

    def __init__(self, engine: Engine, *, project: Path, since: str = "") -> None:
        """Prepare.

        Args:
            engine: the container engine.
            project: directory of the project, so that projects do not mix.
            since: older snapshots are as good as gone; time of day as in `Record.taken`.
        """
        self._engine = engine
        self._since = since
        self._lock = ProjectLock(project)
        self._project = hashlib.sha256(str(project).encode()).hexdigest()[:12]

    def find(self, key: str) -> Snapshot | None:
        """Return a snapshot that is whole, or None."""
        folder = self._folder(key)
        if folder is None:
            return None
        written = self._engine.read_file(folder / _RECORD)
        record = _load(written) if written is not None else None
        if record is None or record.taken < self._since:
            return None
        return Snapshot(key=key, folder=folder, record=record)

    def newest(
        self,
        base: str,
        scenario: Scenario,
        *,
        at: int | None = None,
        changed: Collection[str] = (),
    ) -> Snapshot | None:
        """Return the snapshot from which the fewest blocks of a scenario are left to run.

        Args:
            base: digest of what snapshots depend on besides blocks.
            scenario: what is to be run.
            at: how many blocks the snapshot must hold; None: as many as it can.
            changed: names of pages whose blocks it must not hold.
        """
        blocks = scenario.blocks
        ends = [n for n in range(1, len(blocks)) if blocks[n].page != blocks[n - 1].page]
        if scenario.ends_page:
            ends.append(len(blocks))
        if at is not None:
            ends = [at] if at else []
        for end in reversed(ends):
            if any(block.page in changed for block in blocks[:end]):
                continue
            found = self.find(keys.key(base, blocks[:end]))
            if found is not None:
                return found
        return None

    def save(self, key: str, *, place: str, machines: Sequence[Machine], record: Record) -> bool:
        """Take a snapshot; say whether there is one now that was not there before.

        Args:
            key: of the blocks that led here.
            place: name of the place in the scenario; the place's older snapshot goes.
            machines: to be saved. They stand still meanwhile, for about a second.
            record: what to keep besides files.
        """
        with self._lock.to_change():
            if self.find(key) is not None or self._is_being_written(key):
                return False
            slot = hashlib.sha256(place.encode()).hexdigest()[:12]
            self._engine.call("volume", "rm", "--force", self._volume(key), check=False)
            self._remove_all(f"{LABEL}.slot={self._project}-{slot}")
            self._engine.call(
                "volume", "create",
                f"--label={LABEL}.snapshot={self._project}",
                f"--label={LABEL}.slot={self._project}-{slot}",
                f"--label={_WRITER}={leftovers.owner()}",
                self._volume(key),
            )  # fmt: skip
        try:
            self._write(key, machines, record)
        except BaseException:  # a volume without a record is taken for one that is being written
            self._engine.call("volume", "rm", "--force", self._volume(key), check=False)
            raise
        return True

    def _is_being_written(self, key: str) -> bool:
        """Whether a run that is under way has begun with this snapshot, which has no record."""
        form = f'--format={{{{index .Labels "{_WRITER}"}}}}'
        found = self._engine.call("volume", "inspect", form, self._volume(key), check=False)
        folder = self._folder(key)
        return (
            folder is not None
            and self._engine.read_file(folder / _RECORD) is None
            and leftovers.is_running(found.stdout.strip())
        )

    def _write(self, key: str, machines: Sequence[Machine], record: Record) -> None:
        with self._lock.to_use():
            folder = self._folder(key)
            if folder is None:
                raise GoneError(f"another run has removed the volume {self._volume(key)}.")
            containers = [machine.container for machine in machines]
            places = {machine.name: machine.folders() for machine in machines}
            self._engine.call("pause", *containers)
            try:
                self._copy_all(
                    (source, folder / name / _flat(place))
                    for name, folders in places.items()
                    for place, source in folders.items()
                )
            finally:
                self._engine.call("unpause", *containers)
            self._engine.write_file(folder / _RECORD, _dump(record))

    def restore(self, snapshot: Snapshot, machine: Machine) -> None:
        """Put the files of a snapshot into a machine that was created and not started.

        Raises:
            GoneError: if another run has removed the snapshot meanwhile.
            DoclabError: if a file cannot be copied.
        """
        folders = machine.folders()
        with self._lock.to_use():
            if self._engine.read_file(snapshot.folder / _RECORD) is None:
                raise GoneError("another run has removed the snapshot meanwhile.")
            self._copy_all(
                (snapshot.folder / machine.name / _flat(place), target)
                for place, target in folders.items()
            )

    def note_mended(self, snapshot: Snapshot, mended: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Note what brought a lab restored from it into the state that was recorded."""
        record = dataclasses.replace(snapshot.record, mended=mended)
        with self._lock.to_use():
            if self._engine.read_file(snapshot.folder / _RECORD) is not None:
                self._engine.write_file(snapshot.folder / _RECORD, _dump(record))

    def remove(self, snapshot: Snapshot) -> None:
        """Throw a snapshot away."""
        with self._lock.to_change():
            self._engine.call("volume", "rm", "--force", self._volume(snapshot.key), check=False)

    def remove_all(self) -> int:
        """Throw all snapshots of the project away; return how many there were."""
        with self._lock.to_change():
            return self._remove_all(f"{LABEL}.snapshot={self._project}")

    def _remove_all(self, label: str) -> int:
        found = self._engine.call("volume", "ls", "--quiet", f"--filter=label={label}")
        names = found.stdout.split()
        if names:
            self._engine.call("volume", "rm", "--force", *names, check=False)
        return len(names)

    def _volume(self, key: str) -> str:
        return f"{_PREFIX}{self._project}-{key}"

    def _folder(self, key: str) -> Path | None:
        found = self._engine.call(
            "volume", "inspect", "--format={{.Mountpoint}}", self._volume(key), check=False
        )
        return Path(found.stdout.strip()) if found.returncode == 0 else None

    def _copy_all(self, pairs: Iterable[tuple[Path, Path]]) -> None:
        with ThreadPoolExecutor(max_workers=4) as pool:
            for _ in pool.map(lambda pair: self._engine.copy_files(*pair), pairs):
                pass


def _flat(place: str) -> str:
    return place.strip("/").replace("/", "-") or "root"


def _dump(record: Record) -> str:
    return json.dumps(dataclasses.asdict(record), ensure_ascii=False)


def _load(text: str) -> Record:
    data = json.loads(text)
    for part in ("first", "last"):
        data[part] = {name: State(things=state["things"]) for name, state in data[part].items()}
    return Record(**data)
