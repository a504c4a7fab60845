"""What the benchmark does on the machines of a lab, and what it reads there."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping

from claims.ways import FILES, FOLDER, PREPARE, WAYS, Way
from doclab.lab import Lab
from doclab.model import DoclabError

_SCRIPT = "/run/bench-script"
_NAMES = {"rootlessport-ch": "rootlessport", "rootlessport": "rootlessport"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Load:
    """What wrk measured."""

    rate: float  # requests in a second
    p50: float  # milliseconds
    p99: float
    p999: float


class Server:
    """The lab, as the benchmark uses it."""

    def __init__(self, lab: Lab) -> None:
        """Take a lab in which the page that prepares the server has been done."""
        self._server = lab.machine("server")
        self._laptop = lab.machine("laptop")
        self.address = self._server.addresses[0]

    def as_test(self, script: str) -> str:
        """Run a script as the user `test`; return what it prints.

        Raises:
            DoclabError: if it fails.
        """
        # From a file: systemd would look for variables in an argument.
        self.as_root("sh", "-c", f"cat > {_SCRIPT}", text=f"set -e\n{script}\necho all-done\n")
        done = self._server.execute(
            "machinectl", "--quiet", "shell", "test@", "/bin/bash", "-l", _SCRIPT, check=False
        )
        output = done.stdout.replace("\r\n", "\n")
        if "all-done\n" not in output:
            raise DoclabError(f"on the server, this failed:\n{script}\n{output}{done.stderr}")
        return output.replace("all-done\n", "")

    def as_root(self, *argv: str, on_laptop: bool = False, text: str | None = None) -> str:
        """Run a program as root on one of the machines; return what it prints."""
        machine = self._laptop if on_laptop else self._server
        return machine.execute(*argv, text=text).stdout

    def install(self) -> dict[str, str]:
        """Bring tools, files and all ways; return what is absent, with the reason."""
        for on_laptop in (False, True):
            self.as_root(
                "sh", "-c",
                "export DEBIAN_FRONTEND=noninteractive; apt-get update --quiet=2 &&"
                " apt-get install --quiet=2 --yes --no-install-recommends wrk > /dev/null",
                on_laptop=on_laptop,
            )  # fmt: skip
            folder = "/tmp" if on_laptop else FOLDER
            self.as_root("mkdir", "--parents", folder, on_laptop=on_laptop)
            for path in sorted(FILES.iterdir()):
                script = f"cat > {folder}/{path.name} && chmod 644 {folder}/{path.name}"
                text = path.read_text(encoding="utf-8")
                self.as_root("sh", "-c", script, on_laptop=on_laptop, text=text)
        self.as_root("chown", "--recursive", "test:", FOLDER)
        self.as_test(PREPARE)
        absent: dict[str, str] = {}
        for way in WAYS:
            try:
                self.as_test(way.start)
                self.as_test(
                    "curl --silent --retry 50 --retry-all-errors --retry-delay 1 --max-time 20"
                    f" --output /dev/null http://127.0.0.1:{way.port}/"
                )
            except DoclabError as error:
                absent[way.name] = str(error).strip().splitlines()[-1]
        return absent

    def bulk(self, way: Way, *, size: int, upload: bool, on_laptop: bool = False) -> float:
        """Move so many bytes with curl; return GB/s."""
        address = f"http://{self.address if on_laptop else '127.0.0.1'}:{way.port}"
        what = (
            f"head --bytes={size} /dev/zero | curl --silent --show-error --fail --output /dev/null"
            f" --write-out '%{{time_total}}' --header 'Expect:' --upload-file - {address}/sink"
            if upload
            else "curl --silent --show-error --fail --output /dev/null"
            f" --write-out '%{{time_total}}' {address}/bytes/{size}"
        )
        return size / 1e9 / float(self.as_root("sh", "-c", what, on_laptop=on_laptop))

    def load(
        self,
        way: Way,
        *,
        connections: int,
        seconds: float,
        close: bool,
        on_laptop: bool = False,
        host: str = "",
    ) -> Load:
        """Ask for small answers with wrk, over so many connections at a time."""
        folder = "/tmp" if on_laptop else FOLDER
        address = f"http://{self.address if on_laptop else '127.0.0.1'}:{way.port}/"
        header = ["--header=Connection: close"] if close else []
        header += [f"--header=Host: {host}"] if host else []
        out = self.as_root(
            "wrk", "--threads=1", f"--connections={connections}", f"--duration={seconds:g}s",
            "--timeout=10s", *header, f"--script={folder}/percentiles.lua", address,
            on_laptop=on_laptop,
        )  # fmt: skip
        return parse_load(out)

    def processor_seconds(self) -> dict[str, float]:
        """Return how long each program has run, by its name, and the kernel's interrupts."""
        out = self.as_root("sh", "-c", "cat /proc/[0-9]*/stat 2>/dev/null; head -1 /proc/stat")
        return parse_processor_seconds(out)

    def drop_caches(self) -> None:
        """Forget files that the kernel keeps in memory.

        Raises:
            DoclabError: if that is not allowed here.
        """
        self.as_root("sh", "-c", "sync; echo 3 > /proc/sys/vm/drop_caches")

    def memory(self, name: str) -> tuple[int, int]:
        """Return the memory (PSS, bytes) and the number of a service's processes."""
        out = self.as_root("sh", "-c", f"""
            for group in $(find /sys/fs/cgroup -type d -name '{name}'); do
              find "$group" -name cgroup.procs -exec cat {{}} +
            done | sort --unique | while read -r pid; do
              sed --silent 's/^Pss: *//p' /proc/$pid/smaps_rollup
            done""")  # fmt: skip
        sizes = [int(line.split()[0]) * 1024 for line in out.splitlines() if line]
        return sum(sizes), len(sizes)

    def versions(self) -> dict[str, str]:
        """Return versions of what takes part."""
        found = dict(self._server.versions())
        script = {
            "crun": "crun --version | sed --silent '1s/.* //p'",
            "pasta": "pasta --version | sed --silent '1s/^pasta //p'",
            "workerd": "podman run --rm --network=none localhost/workerd --version",
        }
        for name, command in script.items():
            found[name] = self.as_test(command).strip()
        return found


def parse_load(text: str) -> Load:
    """Read what percentiles.lua prints at the end of wrk's output.

    Raises:
        DoclabError: if there were errors, or no such line.
    """
    line = next((line for line in text.splitlines() if line.startswith('{"requests"')), None)
    if line is None:
        raise DoclabError(f"wrk said nothing of its result:\n{text}")
    found: Mapping[str, float] = json.loads(line)
    if found["errors"]:
        raise DoclabError(f"wrk counted {found['errors']} errors:\n{text}")
    return Load(
        rate=found["requests"] / found["seconds"],
        p50=found["p50"], p99=found["p99"], p999=found["p999"],
    )  # fmt: skip


def parse_processor_seconds(text: str) -> dict[str, float]:
    """Read lines of /proc/PID/stat and the first of /proc/stat (proc(5)); in seconds."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        if line.startswith("cpu "):
            numbers = line.split()
            found["interrupts"] = sum(map(int, numbers[6:8])) / 100
        elif match := re.match(r"\d+ \((.*)\) \S (.*)", line):
            rest = match[2].split()
            name = _NAMES.get(match[1], match[1].partition(".")[0])
            found[name] = found.get(name, 0.0) + (int(rest[10]) + int(rest[11])) / 100
    return found
