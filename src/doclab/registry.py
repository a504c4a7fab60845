# SPDX-License-Identifier: Apache-2.0
"""The registry of base images that a lab's machines know, in a container of its own."""

from __future__ import annotations

from collections.abc import Sequence

from doclab.engine import Engine

NAME = "registry"  # by which machines know it


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
