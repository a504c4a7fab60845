# SPDX-License-Identifier: Apache-2.0
"""The same job, a proxy in front of the same backend, done by different programs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from claims.ways import BASELINE, WAYS, Way, container_unit, socket_unit

SITE = "whoami.example.com"
WORKERD = Way(name="workerd", title="workerd, example 1", port=80, host=SITE)
#: Example 1 as it was before anything was done for its speed; `plain/` holds what differs.
PLAIN = Way(name="plain", title="workerd, plain example 1", port=8111, host=SITE)


def _proxy(name: str, title: str, port: int, command: str, *lines: str) -> Way:
    unit = container_unit(
        name, command, "Network=mynet", *lines, socket=True, image=f"localhost/bench-{name}:latest"
    )
    unit = unit.replace("\nAfter=", "\nWants=whoami.service\nAfter=whoami.service ", 1)
    units = {f"{name}.socket": socket_unit(port), f"{name}.container": unit}
    return Way(name=name, title=title, port=port, units=units, host=SITE)


NGINX = _proxy(
    "nginx", "nginx", 8110, "-c /etc/nginx/nginx.conf",
    "Volume=%h/bench/nginx.conf:/etc/nginx/nginx.conf:ro,z",
    "Environment=NGINX=3;",  # how nginx is told which descriptors it inherits
    "Tmpfs=/tmp:mode=1777",
)  # fmt: skip
CADDY = _proxy(
    "caddy", "Caddy", 8112, "run --config /etc/caddy/Caddyfile",
    "Volume=%h/bench/Caddyfile:/etc/caddy/Caddyfile:ro,z",
    "Environment=HOME=/tmp",
    "Tmpfs=/tmp:mode=1777",
)  # fmt: skip
PROXIES = (WORKERD, NGINX, CADDY)
#: What a first visitor starts, in the order of the plots.
STARTS = (
    *(way for way in WAYS if way.name in (BASELINE, "activated")),
    WORKERD, PLAIN, NGINX, CADDY,
)  # fmt: skip


def plain(folder: Path) -> Way:
    """Return the plain example 1 with its units, under names that example 1 does not have."""
    text = (folder / "workerd.container").read_text(encoding="utf-8")
    for ours, other in (
        ("workerd.socket", "plain.socket"),
        ("ContainerName=workerd", "ContainerName=plain"),
        ("localhost/workerd", "localhost/plain"),
        ("IP=10.80.0.2", "IP=10.80.0.3"),
        ("::2\n", "::3\n"),
        ("%h/.config/workerd:", "%h/.config/plain:"),
    ):
        if ours not in text:
            raise ValueError(f"{folder}/workerd.container: there is no {ours!r} in it.")
        text = text.replace(ours, other)
    units = {"plain.socket": socket_unit(PLAIN.port), "plain.container": text}
    return dataclasses.replace(PLAIN, units=units)
