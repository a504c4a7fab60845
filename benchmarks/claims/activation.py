"""How long the first visitor waits, and for what."""

from __future__ import annotations

import dataclasses
import itertools
import re

from claims.server import Server

#: A unit to be started by a visitor: its name, and what to ask.
UNITS = {
    "native": ("native", "http://127.0.0.1:8101/"),
    "activated": ("activated", "http://127.0.0.1:8102/"),
    "example 1": ("workerd", "http://127.0.0.1/"),
    "example 1, plain": ("plain", "http://127.0.0.1:8111/"),
}
STEPS = ("systemd", "Podman", "conmon, crun, network", "workerd")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Start:
    """One start, in milliseconds from the connection on."""

    total: float  # to the first byte of the answer
    steps: dict[str, float]  # of which; empty for a service without Podman


def start(server: Server, name: str, *, cold: bool) -> Start:
    """Stop a service, and let a visitor start it."""
    unit, url = UNITS[name]
    server.as_test(
        f"systemctl --user stop {unit}.service 2> /dev/null;"
        f" systemctl --user reset-failed {unit}.service {unit}.socket 2> /dev/null || true"
    )
    if cold:
        server.drop_caches()
    out = server.as_test(
        "before=$EPOCHREALTIME\n"
        "curl --silent --show-error --fail --output /dev/null"
        " --resolve whoami.example.com:80:127.0.0.1 --header 'Host: whoami.example.com'"
        f" --write-out 'first=%{{time_starttransfer}}\\n' {url}\n"
        "echo before=$before up=$(cut --delimiter=' ' --fields=1 /proc/uptime) now=$EPOCHREALTIME\n"
        f"systemctl --user show --property=ExecMainStartTimestampMonotonic {unit}.service\n"
        f'podman events --stream=false --since "${{before%.*}}" --filter container={unit}'
        " --format 'event={{.TimeNano}} {{.Status}}'\n"
    )
    return parse(out)


def parse(text: str) -> Start:
    """Read what the script in `start` prints."""

    def number(name: str) -> float:
        found = re.search(rf"^.*\b{name}=([0-9.]+)", text, re.MULTILINE)
        return float(found[1]) if found is not None else 0.0

    total = number("first") * 1000
    before, booted = number("before"), number("now") - number("up")
    events = {
        status: (float(nanoseconds) / 1e9 - before) * 1000
        for nanoseconds, status in re.findall(r"^event=(\d+) (create|init)$", text, re.MULTILINE)
    }
    if set(events) != {"create", "init"}:
        return Start(total=total, steps={})
    # systemd's clock starts at boot, and /proc/uptime has steps of 10 ms.
    began = (number("ExecMainStartTimestampMonotonic") / 1e6 + booted - before) * 1000
    marks = [0.0, max(0.0, began), events["create"], events["init"], total]
    spans = [later - earlier for earlier, later in itertools.pairwise(marks)]
    return Start(total=total, steps=dict(zip(STEPS, spans, strict=True)))
