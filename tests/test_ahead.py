# SPDX-License-Identifier: Apache-2.0
"""Labs that are begun before the pages are read are used if they fit, and removed if not."""

from __future__ import annotations

import argparse
import dataclasses
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from conftest import Sites, block, scenario

from doclab import ahead as module
from doclab.ahead import Ahead
from doclab.memory import Memory
from doclab.model import DoclabError, Scenario
from doclab.scenario_run import NEW
from doclab.site import Site
from doclab.snapshots import Snapshot

BLOCKS = (block("true", page="one"), block("true", page="two"))


class Made:
    """A lab that notes what is done with it."""

    every: list[Made]

    def __init__(self, _engine: object, _plan: object, *, stop: threading.Event) -> None:
        """Note itself."""
        self.stop = stop
        self.removed = False
        self.settled = threading.Event()
        self.after: threading.Event | None = None
        self.begun_from: str | None = None
        Made.every.append(self)

    def begin(
        self, *, restored: tuple[object, Snapshot] | None, after: threading.Event | None
    ) -> None:
        """Note from what, and after which other."""
        self.after = after
        self.begun_from = NEW if restored is None else restored[1].key

    def remove(self) -> None:
        """Note that."""
        self.removed = True


class Store:
    """Has a snapshot of the end of page one."""

    def newest(self, _base: str, plan: Scenario, *, changed: frozenset[str]) -> Snapshot | None:
        """Return it if it may be used."""
        if "one" in changed or len({found.page for found in plan.blocks}) < 2:
            return None
        nothing: Any = None
        return Snapshot(key="one", folder=Path(), record=nothing)


class Begun:
    """A run that has begun with what is remembered of a site."""

    def __init__(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """Prepare."""
        self.site = site
        self.opened: list[bool] = []  # for each workshop, whether images are built
        self.problem: str | None = None
        self.stop = threading.Event()
        self.plan = (scenario(*BLOCKS), scenario(BLOCKS[0]))
        self.memory = Memory(site=site, files={}, conf="", world="")
        Made.every = []
        monkeypatch.setattr(module, "Lab", Made)
        monkeypatch.setattr(module, "opened", self._opened)

    @contextmanager
    def _opened(self, site: Site, *, build: bool = True, **_rest: object) -> Iterator[object]:
        del site
        if self.problem is not None:
            raise DoclabError(self.problem)
        self.opened.append(build)
        lab_plan = argparse.Namespace(images=argparse.Namespace(facts={}))
        yield argparse.Namespace(engine=None, lab_plan=lab_plan, store=Store(), base="")

    def ahead(self, *, labs: int = 2, restore: bool = True) -> Ahead:
        """Begin."""

        def plan(_site: Site, _facts: Mapping[str, str]) -> tuple[Scenario, ...]:
            return self.plan

        found = Ahead(lab=None, docs=Path(), say=lambda _message: None, stop=self.stop)
        found.begin(self.memory, plan, labs=labs, restore=restore)
        return found


@pytest.fixture
def begun(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> Begun:
    """Return a site that was read before."""
    sites.copy("site")
    return Begun(sites.collect(), monkeypatch)


def test_what_fits_is_handed_over(begun: Begun) -> None:
    """The workshop, and each lab to one who needs just that; nothing of it is removed."""
    with begun.ahead() as ahead, ahead.opened(begun.site, lab=""):
        assert [made.begun_from for made in Made.every] == ["one", NEW]
        assert [made.after for made in Made.every] == [None, Made.every[0].settled]
        assert ahead.take("one") is cast("object", Made.every[0])
        assert ahead.take(NEW) is cast("object", Made.every[1])
        assert ahead.take(NEW) is None
    assert begun.opened == [False]
    assert not any(made.removed for made in Made.every)


def test_what_does_not_fit_is_removed(begun: Begun) -> None:
    """As soon as all have asked who could have wanted it."""
    with begun.ahead() as ahead:
        with ahead.opened(begun.site, lab=""):
            assert ahead.take("another") is None
            assert ahead.take(NEW) is not None
        ahead._pool.shutdown()
        assert [made.removed for made in Made.every] == [True, False]


@pytest.mark.parametrize("labs", [0, 1])
def test_no_more_than_run_at_a_time(begun: Begun, labs: int) -> None:
    """Scenarios that run later get labs of their own, later."""
    with begun.ahead(labs=labs) as ahead, ahead.opened(begun.site, lab=""):
        assert len(Made.every) == labs


def test_without_snapshots(begun: Begun) -> None:
    """All labs are new."""
    with begun.ahead(restore=False) as ahead, ahead.opened(begun.site, lab=""):
        assert [made.begun_from for made in Made.every] == [NEW, NEW]


def test_changed_pages_are_not_restored(begun: Begun, tmp_path: Path) -> None:
    """What was saved behind them is of no use any more."""
    begun.memory = dataclasses.replace(
        begun.memory, files={"one": {str(tmp_path / "gone"): "digest"}}
    )
    with begun.ahead() as ahead, ahead.opened(begun.site, lab=""):
        assert [made.begun_from for made in Made.every] == [NEW, NEW]


def test_other_settings(begun: Begun) -> None:
    """Nothing of what was begun is used."""
    settings = dataclasses.replace(begun.site.settings, user="another")
    with (
        begun.ahead() as ahead,
        ahead.opened(dataclasses.replace(begun.site, settings=settings), lab=""),
    ):
        assert ahead.take("one") is None
    assert begun.opened == [False, True]
    assert all(made.removed for made in Made.every)


def test_a_problem_is_met_again(begun: Begun) -> None:
    """Where the run itself needs what is missing, it says so."""
    begun.problem = "no Podman."
    with (
        pytest.raises(DoclabError, match=r"no Podman\."),
        begun.ahead() as ahead,
        ahead.opened(begun.site, lab=""),
    ):
        pass
    assert not Made.every


@pytest.mark.parametrize("error", [DoclabError("a mistake on a page."), KeyboardInterrupt()])
def test_nothing_is_left_behind(begun: Begun, error: BaseException) -> None:
    """Neither after a mistake on a page nor after Ctrl-C while the pages are read."""
    with pytest.raises(type(error)), begun.ahead():
        raise error
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    assert begun.stop.is_set()
    assert all(made.removed for made in Made.every)
    assert ignored == isinstance(error, KeyboardInterrupt)
