# SPDX-License-Identifier: Apache-2.0
"""What is begun while the pages are still being read: engine, images, the first labs.

It is begun for the site as it was when it was last read. Nothing of it is trusted: the
pages, once read, say what they need, and what was begun is used only if it is just
that. The rest is removed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from doclab import interruption
from doclab.lab import Lab
from doclab.memory import Memory
from doclab.model import DoclabError, Scenario
from doclab.run import Say
from doclab.scenario_run import NEW
from doclab.site import Site
from doclab.workshop import Workshop, opened

#: Returns the scenarios of a site, given facts about the lab; none: not known yet.
Planner = Callable[[Site, Mapping[str, str]], Sequence[Scenario]]


class Ahead:
    """Labs that nobody has asked for yet; when it is left, those that nobody took go."""

    def __init__(
        self, *, lab: str | None, docs: Path, say: Say, stop: threading.Event, since: str = ""
    ) -> None:
        """Prepare; `begin` begins.

        Args:
            lab: name of the lab that the command line asks for, if it does.
            docs: directory of the pages.
            say: told what happens.
            stop: set when the run is to end.
            since: when the oldest snapshot that may be used was taken.
        """
        self._since = since
        self._lab = lab
        self._docs = docs
        self._say = say
        self._stop = stop
        self._pool = ThreadPoolExecutor(thread_name_prefix="ahead")
        self._stack = ExitStack()
        self._opening: Future[Workshop] | None = None
        self._memory: Memory | None = None
        self._labs: list[tuple[str, Lab]] = []  # with the key of its snapshot, or NEW
        self._asked = 0  # how many times somebody wanted a lab
        self._begun = 0
        self._removing: list[Future[None]] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Remove what nobody took."""
        if kind is not None:
            self._stop.set()
            if issubclass(kind, KeyboardInterrupt):
                interruption.no_more()
        if self._opening is not None:
            self._opening.exception()  # told where it is waited for, if at all
        self._remove_all()
        self._pool.shutdown(wait=True)
        self._stack.close()
        for removing in self._removing:
            removing.result()

    def begin(self, memory: Memory, plan: Planner, *, labs: int, restore: bool) -> None:
        """Begin; return at once.

        Args:
            memory: the site as it was when it was last read.
            plan: plans its scenarios.
            labs: how many labs to begin at the most.
            restore: whether labs are restored from snapshots.
        """
        self._memory = memory
        self._opening = self._pool.submit(self._begin, memory, plan, labs, restore)

    @contextmanager
    def opened(self, site: Site, *, lab: str) -> Iterator[Workshop]:
        """Return the workshop for a site; what was begun, if it is for this site.

        Raises:
            DoclabError: if something is missing or does not work.
        """
        workshop = self._workshop_for(site)
        if workshop is None:
            self._remove_all()
            workshop = self._stack.enter_context(
                opened(site, lab=lab, docs=self._docs, say=self._say, since=self._since)
            )
        yield workshop

    def take(self, start: str) -> Lab | None:
        """Hand over a lab that was begun; its user removes it.

        Args:
            start: key of the snapshot from which it is restored, or NEW.
        """
        with self._lock:
            self._asked += 1
            found = next((pair for pair in self._labs if pair[0] == start), None)
            if found is not None:
                self._labs.remove(found)
            useless = self._asked >= self._begun
        if useless:
            self._remove_all()
        return found[1] if found is not None else None

    def _begin(self, memory: Memory, plan: Planner, labs: int, restore: bool) -> Workshop:
        plan(memory.site, {})  # mistakes on the command line come first
        name = memory.site.settings.lab(self._lab)
        workshop = self._stack.enter_context(
            opened(
                memory.site,
                lab=name,
                docs=self._docs,
                say=self._say,
                build=False,
                since=self._since,
            )
        )
        changed = memory.changed
        after = None
        for scenario in plan(memory.site, workshop.lab_plan.images.facts)[:labs]:
            if self._stop.is_set():
                break
            snapshot = None
            if restore:
                snapshot = workshop.store.newest(workshop.base, scenario, changed=changed)
            made = Lab(workshop.engine, workshop.lab_plan, stop=self._stop)
            with self._lock:
                self._labs.append((snapshot.key if snapshot is not None else NEW, made))
                self._begun += 1
            made.begin(
                restored=(workshop.store, snapshot) if snapshot is not None else None, after=after
            )
            after = made.settled
        return workshop

    def _workshop_for(self, site: Site) -> Workshop | None:
        if self._opening is None or self._memory is None:
            return None
        try:
            workshop = self._opening.result()
        except DoclabError:
            return None  # the run meets the same problem, if it is still there, and says so
        old = self._memory.site
        same = (old.settings, old.records) == (site.settings, site.records)
        return workshop if same else None

    def _remove_all(self) -> None:
        """Begin to remove the labs that nobody took."""
        with self._lock:
            useless, self._labs = self._labs, []
            self._removing += [self._pool.submit(lab.remove) for _, lab in useless]
