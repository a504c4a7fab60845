# SPDX-License-Identifier: Apache-2.0
"""Runs on a lab machine and measures there; needs nothing but Python itself.

It reads one request a line from standard input, `{"do": NAME, ...}`, and answers with
one line. A call through Podman costs a quarter of a second and much of a processor;
a line to a program that is there already costs nothing that a measurement would see.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")
TICKS = 100  # in a second, for programs: USER_HZ, see proc_pid_stat(5)
_LAST_OF_INTERRUPTS = 8  # columns of /proc/stat: irq is 6, softirq is 7


def run(
    argv: list[str],
    name: str,
    interrupt: float = 0.0,
    limit: float = 60.0,
    alone: bool = False,
) -> dict[str, Any]:
    """Run a program; say what it printed, and how much processor time all took meanwhile.

    Args:
        argv: its command line.
        name: under which its own time, and that of its children, is listed.
        interrupt: seconds after which it gets SIGINT; 0: never.
        limit: seconds after which it is killed.
        alone: whether it stays on the last processor, away from what `pin` put on the first.
    """
    before = processor()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        with _on_last_processor() if alone else contextlib.nullcontext():
            child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        ends = [started + limit]
        if interrupt:
            ends.insert(0, started + interrupt)
        signals = [signal.SIGINT, signal.SIGKILL][-len(ends) :]
        for end, number in zip(ends, signals, strict=True):
            try:
                _wait(child.pid, end)
                break
            except TimeoutError:
                os.kill(child.pid, number)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        spent = difference(before, processor())
        spent[name] = spent.get(name, 0.0) + used.ru_utime + used.ru_stime
        out.seek(0)
        err.seek(0)
        return {
            "status": child.returncode,
            "out": out.read().decode(errors="replace"),
            "err": err.read().decode(errors="replace")[-2000:],
            "processor": spent,
        }


def _wait(pid: int, end: float) -> None:
    """Wait until a child has ended, without taking its status; TimeoutError at the end."""
    descriptor = os.pidfd_open(pid)
    try:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, end - time.monotonic()))
    finally:
        os.close(descriptor)
    if not ready:
        raise TimeoutError


def processor() -> dict[str, float]:
    """Return seconds of processor time of each process, and of the kernel's interrupts.

    Keys are `PID NAME`, so that a process that ends meanwhile takes nothing away. The
    interrupts are those of the whole computer, machines in containers see no others.
    """
    found = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            key, seconds = parse_stat((folder / "stat").read_text(errors="replace"))
        except (OSError, ValueError):
            continue  # it has ended
        found[key] = seconds
    found["0 interrupts"] = parse_interrupts((PROC / "stat").read_text())
    return found


def parse_stat(text: str) -> tuple[str, float]:
    """Read /proc/PID/stat: `PID NAME`, and seconds in the program and in the kernel.

    Raises:
        ValueError: if it is not of that form.
    """
    match = re.match(r"(\d+) \((.*)\) \S (.*)", text, re.DOTALL)
    if match is None:
        raise ValueError(text)
    rest = match[3].split()
    return f"{match[1]} {program(match[2])}", (int(rest[10]) + int(rest[11])) / TICKS


def parse_interrupts(text: str) -> float:
    """Read /proc/stat: seconds that all processors spent in interrupts, soft ones too."""
    return sum(map(int, text.split()[6:_LAST_OF_INTERRUPTS])) / TICKS


def program(name: str) -> str:
    """Return the name of a program as people know it, of the kernel's 15 characters."""
    name = re.sub(r"^rootlessport.*", "rootlessport", name)
    return name.partition(".")[0].partition("/")[0]  # pasta.avx2, ksoftirqd/0


def difference(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Return the seconds between two times, by program; nothing below half a tick."""
    found: dict[str, float] = {}
    for key, seconds in after.items():
        name = key.partition(" ")[2]
        found[name] = found.get(name, 0.0) + seconds - before.get(key, 0.0)
    own = f"{os.getpid()} "
    mine = {key.partition(" ")[2] for key in after if key.startswith(own)}
    return {n: round(s, 4) for n, s in found.items() if s > 0.5 / TICKS and n not in mine}


class Accounts:
    """Processor time between two requests, for loads that come from another machine."""

    def __init__(self) -> None:
        """Nothing is open yet."""
        self._before: dict[str, float] = {}

    def open(self) -> None:
        """Begin."""
        self._before = processor()

    def close(self) -> dict[str, float]:
        """Return the seconds since `open`, by program."""
        return difference(self._before, processor())


def first_byte(port: int, host: str) -> dict[str, float]:
    """Connect to a socket, ask for `/`, and wait for the first byte of the answer.

    Returns:
        `real` and `steady`, both clocks at the beginning, and `total`, all in seconds.
    """
    real, steady = time.time(), time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.settimeout(60)
        client.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        first = client.recv(65536)
        total = time.monotonic() - steady
        if not first.startswith(b"HTTP/1.1 200"):
            raise OSError(f"port {port} answered {first[:60]!r}")
    return {"real": real, "steady": steady, "total": total}


def drop_caches() -> None:
    """Forget the files that the kernel keeps in memory; OSError where that is forbidden."""
    os.sync()
    (PROC / "sys/vm/drop_caches").write_text("3")


def times(user: str, container: str) -> dict[str, float]:
    """Return when Podman wrote the files of a container's start; seconds since 1970."""
    home = Path(pwd.getpwnam(user).pw_dir) / ".local/share/containers/storage/overlay-containers"
    path = home / container / "userdata" / "config.json"
    return {"config": path.stat().st_mtime}


def pin(unit: str, name: str) -> int:
    """Keep a program of a service on the first processor, with all of its threads.

    Where the scheduler happens to put server and client decides over half of the speed;
    kept apart, they are the same in every way.

    Returns:
        how many threads there were.
    """
    first = {_processors()[0]}
    threads = [int(folder.name) for pid in _pids(unit) if _name(pid) == name
               for folder in (PROC / pid / "task").iterdir()]  # fmt: skip
    for thread in threads:
        os.sched_setaffinity(thread, first)
    return len(threads)


@contextlib.contextmanager
def _on_last_processor() -> Iterator[None]:
    """What is started meanwhile stays there."""
    all_of_them = _processors()
    os.sched_setaffinity(0, all_of_them[-1:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)


def _processors() -> list[int]:
    return sorted(os.sched_getaffinity(0))


def footprint(unit: str) -> dict[str, Any]:
    """Return the processes of a service, by program, and the memory that is theirs (PSS)."""
    pids = _pids(unit)
    return {"programs": sorted(map(_name, pids)), "bytes": sum(map(_size, pids))}


def _pids(unit: str) -> set[str]:
    groups = [folder for folder in CGROUPS.rglob(unit) if folder.is_dir()]
    return {pid for group in groups for file in group.rglob("cgroup.procs")
            for pid in file.read_text().split()}  # fmt: skip


def of_user(user: str) -> list[str]:
    """Return the programs that run as a user, or in a user namespace of that user."""
    account = pwd.getpwnam(user)
    owners = {account.pw_uid, *_subordinate(user)}
    pids = [folder.name for folder in PROC.glob("[0-9]*") if _owner(folder) in owners]
    return sorted(filter(None, map(_name, pids)))


def _subordinate(user: str) -> Iterable[int]:
    for line in Path("/etc/subuid").read_text().splitlines():
        name, first, count = line.split(":")
        if name == user:
            yield from range(int(first), int(first) + int(count))


def _owner(folder: Path) -> int:
    try:
        return folder.stat().st_uid
    except OSError:
        return -1


def _name(pid: str) -> str:
    try:
        return program((PROC / pid / "comm").read_text().strip())
    except OSError:
        return ""


def _size(pid: str) -> int:
    try:
        text = (PROC / pid / "smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss: +(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found is not None else 0


def main() -> None:
    """Answer requests until there are no more."""
    accounts = Accounts()
    known: dict[str, Callable[..., Any]] = {
        "run": run, "first_byte": first_byte, "drop_caches": drop_caches, "times": times,
        "footprint": footprint, "of_user": of_user, "pin": pin, "open": accounts.open,
        "close": accounts.close,
    }  # fmt: skip
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"answer": known[request.pop("do")](**request)}
        except (OSError, KeyError, TypeError) as error:
            answer = {"problem": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
