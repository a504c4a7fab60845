# SPDX-License-Identifier: Apache-2.0
"""What was measured on, and with: the computer, and versions of programs."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

from claims.station import Station

#: Shell commands that print versions, by what they are the version of.
_COMMANDS = {
    "workerd": "~/bench/workerd --version",
    "crun": "crun --version",
    "conmon": "conmon --version",
    "pasta": "dpkg-query --show --showformat='${Version}' passt || rpm --query passt",
    "slirp4netns": "slirp4netns --version",
    "netavark": "/usr/lib/podman/netavark --version",
    "curl": "curl --version",
    "wrk": "wrk --version || true",
    "nginx": "/usr/sbin/nginx -v 2>&1",
    "caddy": "/usr/local/libexec/bench/caddy version",
}
_VERSION = re.compile(r"v?(\d[\w.+~-]*\d(?:[\w.+~-]*\w)?)")


def computer() -> dict[str, str]:
    """Return what this computer is."""
    return {
        "processor": processor(Path("/proc/cpuinfo").read_text(encoding="utf-8")),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": memory(Path("/proc/meminfo").read_text(encoding="utf-8")),
        "architecture": platform.machine(),
        "kernel": platform.release(),
    }


def processor(text: str) -> str:
    """Read /proc/cpuinfo: the model; of processors that do not tell, the architecture."""
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1].strip() if found is not None else platform.machine()


def memory(text: str) -> str:
    """Read /proc/meminfo: all of it."""
    found = re.search(r"^MemTotal:\s*(\d+) kB", text, re.MULTILINE)
    return f"{int(found[1]) / 2**20:.0f} GiB" if found is not None else "unknown"


def versions(server: Station) -> dict[str, str]:
    """Return the versions of what takes part."""
    script = "\n".join(
        f"echo {name}=$({{ {command}; }} 2>/dev/null | head -1)"
        for name, command in _COMMANDS.items()
    )
    found = {name: text for name, text in server.versions().items() if name != "kernel"}
    for line in server.as_user(script).splitlines():
        name, _, text = line.partition("=")
        found[name] = version(text)
    return dict(sorted(found.items()))


def version(text: str) -> str:
    """Return the first version number in a text, or `unknown`."""
    found = _VERSION.search(text)
    return found[1] if found is not None else "unknown"
