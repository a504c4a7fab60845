# SPDX-License-Identifier: Apache-2.0
"""The registry of base images that a lab's machines know, in a container of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence

from doclab.engine import Engine
from doclab.machine import Machine
from doclab.model import DoclabError

NAME = "registry"  # by which machines know it
KNOWN_SECONDS = 15.0  # until machines must know it


def start(
    engine: Engine, *, container: str, image: str, network: str, labels: Sequence[str]
) -> None:
    """Start it.

    Args:
        engine: the container engine.
        container: name of the container.
        image: that is the registry, with base images in it.
        network: to which it is connected, with its name and addresses there.
        labels: flags that say to whom the container belongs.

    Raises:
        DoclabError: if it does not start.
    """
    flags = [*labels, *engine.run_flags, f"--name={container}", f"--network={network}"]
    engine.call("run", "--detach", *flags, image)


def wait_until_known(machine: Machine, *, image: str, network: str, labels: Sequence[str]) -> None:
    """Wait until a machine knows the registry by its name.

    Once, in a busy lab, a machine did not know it ("no such host"); why is not known.
    Podman's name server (aardvark-dns) reads the names anew when a container comes or goes,
    so a container that ends at once is started between two looks.

    Args:
        machine: that is up.
        image: of any container.
        network: name of the lab's network.
        labels: flags that say to whom the container belongs.

    Raises:
        DoclabError: if it does not know it within 15 s.
    """
    end = time.monotonic() + KNOWN_SECONDS
    engine = machine.engine
    while machine.execute("getent", "ahosts", NAME, check=False).returncode != 0:
        if machine.stop.is_set():
            return
        if time.monotonic() > end:
            raise DoclabError(
                f"the machine {machine.name!r} does not know {NAME!r} by its name: Podman's name"
                " server (aardvark-dns) does not answer for the lab's network; try again."
            )
        flags = [*labels, *engine.run_flags, f"--network={network}", "--entrypoint=/bin/true"]
        engine.call("run", "--rm", *flags, image)
