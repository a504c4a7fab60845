# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import json

import pytest
from claims import loads
from claims.loads import Visitor
from claims.measures import MEASURES, PROXY_MEASURES
from claims.station import Done
from claims.ways import Way

from doclab.model import DoclabError

WAY = Way(name="way", title="a way", port=8100)


class Machine:
    """A station that answers without a lab."""

    def __init__(self, name: str, out: str = "", status: int = 0) -> None:
        self.name, self.out, self.status = name, out, status
        self.address = "192.0.2.1"
        self.asked: list[list[str]] = []
        self.alone = False
        self.pinned: list[dict[str, str]] = []
        self.threads = 5

    def run(
        self,
        argv: list[str],
        *,
        name: str,
        interrupt: float = 0.0,
        limit: float = 60.0,
        alone: bool = False,
    ) -> Done:
        self.asked.append(argv)
        self.alone = alone
        return Done(status=self.status, out=self.out, err="no\n", processor={name: 1.0, "x": 9.0})

    def ask(self, do: str, **arguments: str) -> dict[str, float] | int:
        if do == "pin":
            self.pinned.append(arguments)
            return self.threads
        return {"open": {}, "close": {"workerd": 2.0}}[do]


def visitor(server: Machine, client: Machine | None = None) -> Visitor:
    return Visitor(server=server, client=client or server)  # type: ignore[arg-type]


def curl(**values: float) -> str:
    return json.dumps({"time_total": 0.5, **values})


def test_a_download_is_gigabytes_in_a_second() -> None:
    server = Machine("server", curl(size_download=250_000_000))
    found = loads.download(visitor(server), WAY, 0.25)
    assert found.values == {"": 0.5}
    assert found.processor == {"curl": 4.0, "x": 36.0}
    assert server.asked[0][-1] == "http://127.0.0.1:8100/bytes/250000000"


def test_a_load_from_another_machine_has_the_processor_time_of_both() -> None:
    laptop = Machine("laptop", curl(size_download=250_000_000))
    found = loads.download(visitor(Machine("server"), laptop), WAY, 0.25)
    assert found.processor == {"curl": 4.0, "workerd": 8.0}
    assert laptop.asked[0][-1].startswith("http://192.0.2.1:8100/")


@pytest.mark.parametrize("pinned", [False, True])
def test_workerd_and_its_visitor_have_a_processor_each(*, pinned: bool) -> None:
    server = Machine("server", curl(size_download=250_000_000))
    one = dataclasses.replace(visitor(server), pinned=pinned)
    one.pin(WAY)
    loads.download(one, WAY, 0.25)
    assert server.alone == pinned
    assert server.pinned == [{"unit": "way.service", "name": "workerd"}] * pinned


def test_a_server_that_does_not_run_is_not_pinned() -> None:
    server = Machine("server")
    server.threads = 0
    with pytest.raises(DoclabError, match=r"way\.service has no process named workerd"):
        dataclasses.replace(visitor(server), pinned=True).pin(WAY)


def test_bytes_that_do_not_arrive_are_an_error() -> None:
    with pytest.raises(DoclabError, match="moved 7 of 250000000 bytes"):
        loads.download(visitor(Machine("server", curl(size_download=7))), WAY, 0.25)
    with pytest.raises(DoclabError, match="curl ended with 18: no"):
        loads.download(visitor(Machine("server", status=18)), WAY, 0.25)


def test_an_upload_counts_what_the_server_received() -> None:
    good = Machine("server", "250000000\n" + curl(size_upload=250_000_000))
    assert loads.upload(visitor(good), WAY, 0.25).values == {"": 0.5}
    bad = Machine("server", "249999999\n" + curl(size_upload=250_000_000))
    with pytest.raises(DoclabError, match="received 249999999 of 250000000 bytes"):
        loads.upload(visitor(bad), WAY, 0.25)


WRK = (
    'Running 1m test\n{"requests": 500, "seconds": 0.5, "errors": 0,'
    ' "p50": 1.5, "p99": 3, "p999": 9}\n'
)


def test_wrk_is_read() -> None:
    found = loads.requests(32, close=True)(visitor(Machine("server", WRK)), WAY, 1.0)
    assert found.values == {"": 1000.0, " p50": 1.5, " p99": 3, " p99.9": 9}
    assert found.processor == {"wrk": 2.0, "x": 18.0}


def test_connections_are_closed_where_they_should_be() -> None:
    for close in (False, True):
        server = Machine("server", WRK)
        loads.requests(1, close=close)(visitor(server), WAY, 1.0)
        assert ("--header=Connection: close" in server.asked[0]) is close


@pytest.mark.parametrize(
    ("out", "problem"),
    [("", "said nothing"), (WRK.replace('"errors": 0', '"errors": 2'), "2 errors"),
     (WRK.replace("500", "0"), "0 errors in 0 requests")],
)  # fmt: skip
def test_what_wrk_cannot_do_is_an_error(out: str, problem: str) -> None:
    with pytest.raises(DoclabError, match=problem):
        loads.requests(32, close=False)(visitor(Machine("server", out)), WAY, 1.0)


def test_every_measure_has_a_name_of_its_own_and_a_quick_run_has_some() -> None:
    names = [measure.name for measure in MEASURES]
    assert len(names) == len(set(names)) == 16
    assert [m.name for m in MEASURES if m.quick] == ["download", "upload", "requests, 32"]
    assert len(PROXY_MEASURES) == 4


def test_a_load_that_hangs_is_given_up() -> None:
    with pytest.raises(DoclabError, match="had not ended after 20 s"):
        loads.download(visitor(Machine("server", status=-9)), WAY, 0.25)


def test_all_move_the_same_but_for_what_is_very_slow() -> None:
    assert loads.fitting(3.0) == loads.fitting(0.1) == loads.SHARE
    assert loads.fitting(0.02) == loads.PROBE
