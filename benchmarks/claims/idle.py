"""What a service costs while nobody visits it, and while it runs."""

from __future__ import annotations

from typing import Any

from claims import activation
from claims.station import Station
from claims.ways import Way


def measure(server: Station, way: Way) -> dict[str, dict[str, Any]]:
    """Return programs and memory (PSS, bytes) before the first request, and after it."""
    activation.stop(server, way)
    before = server.ask("footprint", unit=way.service)
    server.ask("first_byte", port=way.port, host=way.host)
    running = server.ask("footprint", unit=way.service)
    activation.stop(server, way)
    return {"before": before, "running": running}
