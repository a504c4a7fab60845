# SPDX-License-Identifier: Apache-2.0
"""What a service costs while nobody visits it, and while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from claims import activation
from claims.proxies import PLAIN, PROXIES
from claims.station import USER, Station
from claims.ways import WAYS, Way

_BACKEND = f"systemctl --user --machine={USER}@ {{}} whoami.service"


def measure(server: Station, ways: Sequence[Way]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return programs and memory (PSS, bytes) before the first request, and after it.

    Everything else is stopped meanwhile, since memory that two services share counts half
    for each. Only the proxies' backend runs, while a proxy is measured.
    """
    for way in (*WAYS, *PROXIES, PLAIN):
        activation.stop(server, way)
    found = {}
    for way in sorted(ways, key=lambda way: way in WAYS, reverse=True):
        server.as_root(_BACKEND.format("stop" if way in WAYS else "start"))
        before = server.ask("footprint", unit=way.service)
        server.ask("first_byte", port=way.port, host=way.host)
        running = server.ask("footprint", unit=way.service)
        activation.stop(server, way)
        found[way.name] = {"before": before, "running": running}
    return found
