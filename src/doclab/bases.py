# SPDX-License-Identifier: Apache-2.0
"""Base images: pulled where an image registry answers, else made from packages."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from doclab.engine import Engine
from doclab.model import DoclabError

_DEBIAN = re.compile(r"debian:([a-z]+)(?:-slim)?")
#: What a registry says that answers, and has no such image.
_REFUSED = re.compile(r"manifest unknown|not found|denied|unauthorized", re.IGNORECASE)
#: What apt says where a mirror has not been brought up to date for weeks.
_EXPIRED = re.compile(r"^E: Release file for \S+ is expired", re.MULTILINE)


class NoRegistryError(DoclabError):
    """No image registry answers, and the base image cannot be made here."""


def suite(base: str) -> str:
    """Return the suite that a Debian base image is of; empty for any other image."""
    found = _DEBIAN.fullmatch(base)
    return found[1] if found is not None else ""


def provide(engine: Engine, base: str, tag: str, say: Callable[[str], None]) -> None:
    """Put a base image into the store.

    Args:
        engine: the container engine.
        base: the image's name in public, such as `debian:trixie-slim`.
        tag: the name that it gets here.
        say: told what is being done.

    Raises:
        NoRegistryError: if it can neither be pulled nor made.
        DoclabError: if a registry answers and refuses, or if making it fails.
    """
    say(f"pulling the base image {base}")
    problem = pull(engine, base, tag)
    if not problem:
        return
    if not suite(base):
        if _REFUSED.search(problem):
            raise DoclabError(f"{base}: the image registry has no such image.\n{problem}")
        raise NoRegistryError(
            f"no image registry answers, and {base} cannot be made from packages.\n{problem}"
        )
    say(f"no image registry answers: making the base image {base} from packages")
    if shutil.which("mmdebstrap") is None:
        raise NoRegistryError(
            f"{base} could not be pulled, and mmdebstrap is not there to make it from"
            " packages; `nox -s host` installs it."
        )
    with tempfile.TemporaryDirectory(prefix="doclab-") as folder:
        tar = Path(folder) / "base.tar"
        _make(base, tar, say)
        engine.call("import", "--quiet", str(tar), tag)


def pull(engine: Engine, reference: str, tag: str) -> str:
    """Pull an image and tag it; return what went wrong, or nothing."""
    done = engine.call("pull", "--quiet", reference, check=False, timeout=600)
    if done.returncode != 0:
        return done.stderr.strip()[-1500:] or f"`podman pull` ended with {done.returncode}."
    engine.call("tag", done.stdout.split()[-1], tag)
    return ""


def _make(base: str, tar: Path, say: Callable[[str], None]) -> None:
    command = ["mmdebstrap", "--variant=minbase"]
    done = _call([*command, suite(base), str(tar)])
    if done.returncode != 0 and _EXPIRED.search(done.stderr):
        # The signature is still checked, and it is only for the image of this
        # lab: mmdebstrap leaves the option in its apt.conf.d.
        say(f"the mirror's index of {suite(base)} has expired: taking it all the same")
        command.append('--aptopt=Acquire::Check-Valid-Until "false"')
        done = _call([*command, suite(base), str(tar)])
    if done.returncode != 0:
        raise DoclabError(
            f"mmdebstrap could not make {base}; see whether Debian's mirror"
            f" answers.\n{done.stderr.strip()[-1500:]}"
        )


def _call(argv: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, check=False, capture_output=True, text=True)
