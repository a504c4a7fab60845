# SPDX-License-Identifier: Apache-2.0
"""The directory that all machines of a lab see as /etc/doclab, and cannot write to."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path

from doclab import permissions
from doclab.engine import Engine

PLACE = "/etc/doclab"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Share:
    """A volume with what the lab tells its machines."""

    volume: str  # its name
    folder: Path  # where the engine keeps it

    def make_ordinary(self) -> None:
        """Make shells that are opened from now on ordinary ones, which report nothing."""
        (self.folder / "nonce").unlink()


def make(
    engine: Engine,
    volume: str,
    *,
    labels: Sequence[str],
    nonce: str,
    repository: str,
    snapshot: Path | None,
) -> Share:
    """Make the directory.

    Args:
        engine: the container engine.
        volume: name of the volume.
        labels: flags that say to whom it belongs.
        nonce: secret of the run, which the shells' reports carry.
        repository: address from which pages clone the project.
        snapshot: a bare Git repository that answers for it; None: there is none.

    Raises:
        DoclabError: if there can be no such volume.
    """
    engine.call("volume", "create", *labels, volume)
    found = engine.call("volume", "inspect", "--format={{.Mountpoint}}", volume)
    folder = Path(found.stdout.strip())
    (folder / "nonce").write_text(f"{nonce}\n", encoding="ascii")
    config = ""
    if snapshot is not None:
        shutil.copytree(snapshot, folder / "repository.git")
        config = f'[url "{PLACE}/repository.git"]\n\tinsteadOf = "{repository}"\n'
    (folder / "gitconfig").write_text(config, encoding="utf-8")
    permissions.for_all(folder)  # the machines' users are others than who runs this
    return Share(volume=volume, folder=folder)
