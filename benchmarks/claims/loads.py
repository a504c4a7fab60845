# SPDX-License-Identifier: Apache-2.0
"""What a visitor does: move many bytes, or ask for many small answers."""

from __future__ import annotations

import dataclasses
import json
import signal
from collections.abc import Callable

from claims.prepare import BLOB, BLOB_BYTES
from claims.station import PLACE, Done, Station
from claims.ways import Way
from doclab.model import DoclabError

SECONDS = 0.5  # that each load of small requests lasts
SHARE = 0.5  # of a gigabyte that is moved at a time
PROBE = 0.02  # of a gigabyte that shows whether a way is very slow, and that such a one moves
_VERY_SLOW = 0.06  # GB/s, of a probe
_LIMIT = 20.0  # seconds after which a load is given up
_REQUESTS = 1000  # to which processor time is related


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sample:
    """One measurement."""

    #: values by the suffix of their measure's name: "" is the measure itself
    values: dict[str, float]
    #: seconds of processor time by program, for a gigabyte or a thousand requests
    processor: dict[str, float]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Visitor:
    """Where the load comes from, and where it goes."""

    server: Station
    client: Station  # the server itself, or another machine
    #: whether server program and client stay on a processor each
    pinned: bool = False

    def url(self, way: Way) -> str:
        """Return the address of a way, without a path."""
        local = self.client is self.server
        return f"http://{'127.0.0.1' if local else self.server.address}:{way.port}"

    def pin(self, way: Way) -> None:
        """Keep workerd on the first processor, where clients are kept on the last one.

        Raises:
            DoclabError: if workerd does not run.
        """
        if self.pinned and not self.server.ask("pin", unit=way.service, name="workerd"):
            raise DoclabError(f"{way.service} has no process named workerd")

    def run(self, argv: list[str], *, interrupt: float = 0.0) -> Done:
        """Run a client; the processor time is that on both machines."""
        name = argv[0]
        if self.client is self.server:
            return self._run(argv, interrupt)
        self.server.ask("open")
        done = self._run(argv, interrupt)
        spent: dict[str, float] = self.server.ask("close")
        spent[name] = done.processor.get(name, 0.0)
        return dataclasses.replace(done, processor=spent)

    def _run(self, argv: list[str], interrupt: float) -> Done:
        done = self.client.run(
            argv, name=argv[0], interrupt=interrupt, limit=_LIMIT, alone=self.pinned
        )
        return _in_time(done)


def _in_time(done: Done) -> Done:
    if done.status == -signal.SIGKILL:
        raise DoclabError(f"the load had not ended after {_LIMIT:g} s")
    return done


def fitting(speed: float) -> float:
    """Return the share of a bulk load that a way moves: the same for all but the very slow.

    A probe is too noisy to fit the size to it; it only tells what would take all the time.

    Args:
        speed: of the probe, GB/s.
    """
    return SHARE if speed >= _VERY_SLOW else PROBE


def download(visitor: Visitor, way: Way, share: float = 1.0) -> Sample:
    """Fetch up to 1 GB with curl.

    Raises:
        DoclabError: if not all of it arrives.
    """
    size = int(BLOB_BYTES * share)
    argv = _curl("--output", "/dev/null", f"{visitor.url(way)}/bytes/{size}")
    return _bulk(visitor.run(argv), size, "size_download")


def upload(visitor: Visitor, way: Way, share: float = 1.0) -> Sample:
    """Send up to 1 GB with curl; what the server counted must be all of it.

    Raises:
        DoclabError: if it is not.
    """
    size = int(BLOB_BYTES * share)
    blob = f"{BLOB}-{size}"
    visitor.client.run(["truncate", f"--size={size}", blob], name="truncate")
    # No `Expect: 100-continue`, with which a client waits before it sends.
    argv = _curl("--header", "Expect:", "--upload-file", blob, f"{visitor.url(way)}/sink")
    done = visitor.run(argv)
    if done.status == 0 and done.out.split()[0] != str(size):
        raise DoclabError(f"{way.name}: the server received {done.out.split()[0]} of {size} bytes")
    return _bulk(done, size, "size_upload")


def _curl(*arguments: str) -> list[str]:
    return ["curl", "--silent", "--show-error", "--fail", "--write-out", "%{json}", *arguments]


def _bulk(done: Done, size: int, counted: str) -> Sample:
    if done.status != 0:
        raise DoclabError(f"curl ended with {done.status}: {done.err.strip()}")
    found = json.loads(done.out[done.out.index("{") :])
    if found[counted] != size:
        raise DoclabError(f"curl moved {found[counted]} of {size} bytes")
    gigabytes = size / 1e9
    return Sample(
        values={"": gigabytes / found["time_total"]},
        processor={name: seconds / gigabytes for name, seconds in done.processor.items()},
    )


def requests(connections: int, *, close: bool) -> Callable[[Visitor, Way, float], Sample]:
    """Return what asks for small answers over so many connections at a time.

    Args:
        connections: that are open together.
        close: whether each request is made over a new one.
    """

    def take(visitor: Visitor, way: Way, share: float = 1.0) -> Sample:
        header = ["--header=Connection: close"] if close else []
        argv = [
            "wrk", "--threads=1", f"--connections={connections}", "--duration=60s",
            "--timeout=10s", f"--header=Host: {way.host}", *header,
            f"--script={PLACE}/files/percentiles.lua", f"{visitor.url(way)}/",
        ]  # fmt: skip
        return parse_wrk(visitor.run(argv, interrupt=SECONDS * share))

    return take


def parse_wrk(done: Done) -> Sample:
    """Read what percentiles.lua prints at the end of wrk's output.

    Raises:
        DoclabError: if there were errors, or no such line.
    """
    line = next((line for line in done.out.splitlines() if line.startswith('{"requests"')), None)
    if line is None:
        raise DoclabError(f"wrk said nothing of its result: {done.out}{done.err}")
    found = json.loads(line)
    if found["errors"] or not found["requests"]:
        raise DoclabError(f"wrk counted {found['errors']} errors in {found['requests']} requests")
    share = _REQUESTS / found["requests"]
    return Sample(
        values={
            "": found["requests"] / found["seconds"],
            " p50": found["p50"],
            " p99": found["p99"],
            " p99.9": found["p999"],
        },
        processor={name: seconds * share for name, seconds in done.processor.items()},
    )
