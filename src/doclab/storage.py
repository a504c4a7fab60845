# SPDX-License-Identifier: Apache-2.0
"""Copy a directory in which Podman keeps images, sharing what never changes.

The layers of images are never written again once they are there: containers
write to layers of their own. So the copy holds links to the files of images, which
costs neither time nor space; everything else is copied. Runs as a program too, since
an ordinary user's files must be handled inside the user namespace of Podman.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_STORES = ("storage", "*/.local/share/containers/storage")


def copy(source: Path, target: Path) -> None:
    """Copy what is in a directory into another one on the same file system.

    Raises:
        CalledProcessError: if a file cannot be copied.
    """
    target.mkdir(parents=True, exist_ok=True)
    linked = []
    for layer in _image_layers(source):
        name = layer.relative_to(source)
        (target / name).mkdir(parents=True, exist_ok=True)
        argv = ["cp", "--archive", "--link", f"{layer}/.", str(target / name)]
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
        linked.append(f"./{name}/*")
    everything = ["--xattrs", "--xattrs-include=*", "--numeric-owner"]
    leave_out = [f"--exclude={name}" for name in linked]
    pack = ["tar", "-C", str(source), *everything, "--anchored", *leave_out, "-cf", "-", "."]
    unpack = ["tar", "-C", str(target), *everything, "--same-permissions", "-xf", "-"]
    with subprocess.Popen(pack, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as packing:
        subprocess.run(unpack, check=True, stdin=packing.stdout)
    if packing.returncode != 0:
        raise subprocess.CalledProcessError(packing.returncode, pack)


def _image_layers(folder: Path) -> Iterator[Path]:
    """Yield the directories of layers that belong to images alone."""
    for pattern in _STORES:
        for store in folder.glob(pattern):
            layers = _read(store / "overlay-layers" / "layers.json")
            written = {
                container["layer"]
                for container in _read(store / "overlay-containers" / "containers.json")
            }
            for layer in layers:
                if layer["id"] in written or layer.get("flags", {}).get("incomplete"):
                    continue
                files = store / "overlay" / layer["id"] / "diff"
                if files.is_dir():
                    yield files


def _read(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else []


if __name__ == "__main__":
    try:
        copy(Path(sys.argv[1]), Path(sys.argv[2]))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
