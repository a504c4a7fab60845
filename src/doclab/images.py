"""Build the images of the lab, once for each state of their recipe.

The recipe is a directory: `machine/` is the lab machine, `registry/` serves
base images inside the lab, and `images/NAME/` makes the base image NAME from
packages, for where no image registry answers.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from doclab.engine import LABEL, Engine
from doclab.model import DoclabError

BASE = "debian:trixie-slim"
_SUITE = "trixie"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_PREFIX = "localhost/doclab"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Images:
    """References of the images of one state of the recipe."""

    machine: str
    registry: str


class ImageStore:
    """Builds what is not there yet."""

    def __init__(self, engine: Engine, recipe: Path, say: Callable[[str], None]) -> None:
        """Prepare to build.

        Args:
            engine: the container engine.
            recipe: directory with the recipe.
            say: told what is being done.
        """
        self._engine = engine
        self._recipe = recipe
        self._say = say
        if not (recipe / "machine" / "Containerfile").is_file():
            raise DoclabError(
                f"{recipe}: there is no machine/Containerfile; name the lab's recipe with"
                " doclab_recipe in conf.py."
            )

    def ensure(self) -> Images:
        """Return the images; build those that are not there.

        Raises:
            DoclabError: if one cannot be built.
        """
        machine = self._tag("machine", "machine")
        registry = self._tag("registry", "registry", "images")
        if not self._exists(machine):
            base = self._base()
            self._say("building the lab machine (once; about a minute)")
            self._build(self._recipe / "machine", machine, base)
            self._remove_older(machine)
        if not self._exists(registry):
            base = self._base()
            self._say("building the lab's registry of base images (once; about half a minute)")
            self._fill(registry, base)
            self._remove_older(registry)
        return Images(machine=machine, registry=registry)

    def _tag(self, name: str, *directories: str) -> str:
        """Name an image by all that it is made of."""
        digest = hashlib.sha256(f"{BASE} {_SUITE}".encode() + _certificates())
        for directory in directories:
            for path in sorted((self._recipe / directory).rglob("*")):
                if path.is_file():
                    digest.update(f"{path.relative_to(self._recipe)}\0".encode())
                    digest.update(path.read_bytes())
        return f"{_PREFIX}-{name}:{digest.hexdigest()[:12]}"

    def _exists(self, image: str) -> bool:
        return self._engine.call("image", "exists", image, check=False).returncode == 0

    def _remove_older(self, newest: str) -> None:
        """Remove what this image replaces; one that a kept lab uses stays."""
        repository = newest.partition(":")[0]
        found = self._engine.call("images", "--format={{.Repository}}:{{.Tag}}", repository)
        for image in found.stdout.split():
            if image != newest:
                self._engine.call("rmi", image, check=False)

    def _base(self) -> str:
        """Return the base image: pulled where a registry answers, else made."""
        made = self._tag("base")
        if self._exists(made):
            return made
        self._say(f"pulling the base image {BASE}")
        if self._pull(BASE, made):
            return made
        self._say("no image registry answers: making the base image from packages")
        if shutil.which("mmdebstrap") is None:
            raise DoclabError(
                f"{BASE} could not be pulled, and mmdebstrap is not there to make it from"
                " packages; `nox -s host` installs it."
            )
        with tempfile.TemporaryDirectory(prefix="doclab-") as folder:
            tar = Path(folder) / "base.tar"
            done = subprocess.run(
                ["mmdebstrap", "--variant=minbase", "--quiet", _SUITE, str(tar)],
                check=False,
                capture_output=True,
                text=True,
            )
            if done.returncode != 0:
                raise DoclabError(
                    f"mmdebstrap could not make {BASE}; see whether Debian's mirror"
                    f" answers.\n{done.stderr.strip()[-1500:]}"
                )
            self._engine.call("import", "--quiet", str(tar), made)
        return made

    def _pull(self, reference: str, tag: str) -> bool:
        done = self._engine.call("pull", "--quiet", reference, check=False, timeout=600)
        if done.returncode != 0:
            return False
        self._engine.call("tag", done.stdout.split()[-1], tag)
        return True

    def _build(self, directory: Path, image: str, base: str) -> None:
        with tempfile.TemporaryDirectory(prefix="doclab-") as folder:
            context = Path(folder) / "context"
            shutil.copytree(directory, context)
            (context / "ca-certificates.crt").write_bytes(_certificates())
            for package in _python_packages(directory):
                shutil.copytree(package, context / package.name, symlinks=True)
            self._engine.call(
                "build",
                *self._engine.build_flags,
                "--network=host",
                "--layers=false",
                f"--label={LABEL}",
                f"--build-arg=BASE={base}",
                f"--tag={image}",
                str(context),
                timeout=1200,
            )

    def _fill(self, image: str, base: str) -> None:
        """Put the base images into a registry, and keep that as an image."""
        server = self._tag("registry-server", "registry")
        self._build(self._recipe / "registry", server, base)
        container = f"doclab-fill-{os.getpid()}"
        self._engine.call(
            "run",
            *self._engine.run_flags,
            "--detach",
            f"--label={LABEL}",
            f"--name={container}",
            "--publish=127.0.0.1::5000",
            server,
        )
        try:
            address = self._engine.call("port", container, "5000/tcp").stdout.strip()
            for directory in sorted((self._recipe / "images").iterdir()):
                reference = (directory / "reference").read_text(encoding="utf-8").strip()
                source = self._tag(f"base-{directory.name}", f"images/{directory.name}")
                if not self._pull(reference, source):
                    self._say(f"making the base image {reference} from packages")
                    self._build(directory, source, base)
                self._push(source, f"{address}/library/{reference}")
            self._engine.call("stop", "--time=5", container)
            self._engine.call("commit", "--quiet", container, image)
        finally:
            self._engine.call("rm", "--force", "--volumes", container, check=False)

    def _push(self, source: str, target: str) -> None:
        arguments = ("push", "--quiet", "--tls-verify=false", "--compression-format=zstd")
        end = time.monotonic() + 30
        while self._engine.call(*arguments, source, target, check=False).returncode != 0:
            if time.monotonic() > end:  # the registry has had time to start
                self._engine.call(*arguments, source, target)
            time.sleep(0.1)


def _python_packages(directory: Path) -> list[Path]:
    """Directories of the Python packages whose files an image is made of."""
    listing = directory / "python-packages"
    found = []
    for name in listing.read_text(encoding="utf-8").split() if listing.is_file() else []:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise DoclabError(f"{listing}: the Python package {name!r} is not installed.")
        found.append(Path(spec.origin).parent)
    return found


def _certificates() -> bytes:
    return _CERTIFICATES.read_bytes() if _CERTIFICATES.is_file() else b""
