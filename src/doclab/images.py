# SPDX-License-Identifier: Apache-2.0
"""Build the images of the lab, once for each state of their recipe.

The recipe is a directory: `machine/` is the lab machine, which each lab builds
on a base image of its own; `registry/` serves base images inside the lab, and
`images/NAME/` makes the base image NAME from packages, for where no image
registry answers. These two are the same in all labs.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import platform
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from doclab import bases, leftovers, permissions
from doclab.engine import LABEL, Engine
from doclab.model import DoclabError
from doclab.recipe import check, default_base, python_packages

_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_PREFIX = "localhost/doclab"
_FACTS = f"{LABEL}.facts."
_FACTS_SCRIPT = """
podman --version | sed 's/podman version /podman=/'
systemctl --version | sed -n '1s/systemd \\([^ ]*\\).*/systemd=\\1/p'
. /etc/os-release
echo "distribution=$ID"
echo "release=${VERSION_CODENAME:-$VERSION_ID}"
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Images:
    """References of the images of one lab and one state of the recipe."""

    machine: str
    registry: str
    #: podman, systemd, distribution, release: as the machine's image has them; kernel
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: digests of what is in both: the same recipe gives another image on another day
    contents: tuple[str, ...] = ()


class ImageStore:
    """Builds what is not there yet."""

    def __init__(self, engine: Engine, recipe: Path, say: Callable[[str], None]) -> None:
        """Prepare to build.

        Args:
            engine: the container engine.
            recipe: directory with the recipe.
            say: told what is being done.

        Raises:
            DoclabError: if the recipe is not complete.
        """
        self._engine = engine
        self._recipe = recipe
        self._say = say
        check(recipe, root=Path.cwd())

    def ensure(self, lab: str, base: str) -> Images:
        """Return the images of a lab; build those that are not there.

        Args:
            lab: its name, which the images carry: those of one lab never
                replace those of another.
            base: the image on which its machine is built.

        Raises:
            NoRegistryError: if the base image cannot be had here.
            DoclabError: if an image cannot be built.
        """
        found = self.present(lab, base)
        if found is not None:
            return found
        machine, registry = self._names(lab, base)
        registry_base = default_base(self._recipe, "registry")
        if not self._exists(machine):
            self._say(f"building the lab machine of {lab} (once; about a minute)")
            self._build_machine(machine, self._base(base))
            self._remove_older(machine)
        if not self._exists(registry):
            self._say("building the lab's registry of base images (once; about half a minute)")
            self._fill(registry, registry_base)
            self._remove_older(registry)
        found = self.present(lab, base)
        if found is None:
            raise DoclabError(f"{machine} or {registry} was removed by somebody; try again.")
        return found

    def present(self, lab: str, base: str) -> Images | None:
        """Return the images of a lab if they are all there; build nothing."""
        machine, registry = self._names(lab, base)
        form = "--format={{.Id}} {{json .Labels}}"
        found = self._engine.call("image", "inspect", form, machine, registry, check=False)
        if found.returncode != 0:
            return None
        ids, labels = zip(*(line.split(" ", 1) for line in found.stdout.splitlines()), strict=True)
        return Images(
            machine=machine, registry=registry, facts=_facts(json.loads(labels[0])), contents=ids
        )

    def _names(self, lab: str, base: str) -> tuple[str, str]:
        """Return the names of a lab's images: of its machine, of its registry."""
        registry_base = default_base(self._recipe, "registry")
        return (
            self._tag(f"machine-{lab}", base, "machine"),
            self._tag("registry", registry_base, "registry", "images"),
        )

    def _tag(self, name: str, base: str, *directories: str) -> str:
        """Name an image by all that it is made of."""
        digest = hashlib.sha256(f"{base} {bases.suite(base)}".encode() + _certificates())
        for directory in directories:
            for path in sorted((self._recipe / directory).rglob("*")):
                if path.is_file():
                    runs = bool(path.stat().st_mode & stat.S_IXUSR)
                    digest.update(f"{path.relative_to(self._recipe)}\0{runs}\0".encode())
                    digest.update(path.read_bytes())
            for listing in (self._recipe / directory).rglob("python-packages"):
                for package in python_packages(listing.parent):
                    made = sorted(p.name for p in package.parent.glob(f"{package.name}*.dist-info"))
                    digest.update("\0".join(made).encode())  # their names have the versions
        return f"{_PREFIX}-{name}:{digest.hexdigest()[:12]}"

    def _exists(self, image: str) -> bool:
        return self._engine.call("image", "exists", image, check=False).returncode == 0

    def _remove_older(self, newest: str) -> None:
        """Remove what this image replaces; one that a kept lab uses stays."""
        repository = newest.partition(":")[0]  # which has the name of the lab in it
        found = self._engine.call("images", "--format={{.Repository}}:{{.Tag}}", repository)
        for image in found.stdout.split():
            if image != newest and image.partition(":")[0] == repository:
                self._engine.call("rmi", image, check=False)

    def _base(self, base: str) -> str:
        """Return the name that a base image has here; get it if it is not there."""
        made = self._tag("base", base)
        if not self._exists(made):
            bases.provide(self._engine, base, made, self._say)
        return made

    def _build_machine(self, image: str, base: str) -> None:
        """Build a machine's image, and label it with what is in it."""
        bare = f"{image}-bare-{os.getpid()}"  # another run may make the same
        self._build(self._recipe / "machine", bare, base)
        try:
            said = self._engine.call(
                "run", *self._engine.run_flags, "--rm", "--network=none", f"--label={LABEL}",
                bare, "sh", "-c", _FACTS_SCRIPT,
            ).stdout  # fmt: skip
            labels = [f"--label={_FACTS}{line}" for line in said.splitlines() if "=" in line]
            with tempfile.TemporaryDirectory(prefix="doclab-") as folder:
                (Path(folder) / "Containerfile").write_text(f"FROM {bare}\n", encoding="utf-8")
                flags = (*self._engine.build_flags, "--layers=false")
                self._engine.call("build", *flags, *labels, f"--tag={image}", folder)
        finally:
            self._engine.call("rmi", bare, check=False)

    def _build(self, directory: Path, image: str, base: str) -> None:
        with tempfile.TemporaryDirectory(prefix="doclab-") as folder:
            context = Path(folder) / "context"
            shutil.copytree(directory, context)
            (context / "ca-certificates.crt").write_bytes(_certificates())
            for package in python_packages(directory):
                shutil.copytree(package, context / package.name, symlinks=True)
            permissions.for_all(context)
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
        server = self._tag("registry-server", base, "registry")
        self._build(self._recipe / "registry", server, self._base(base))
        container = f"doclab-fill-{os.getpid()}"
        self._engine.call(
            "run",
            *self._engine.run_flags,
            "--detach",
            f"--label={LABEL}={container}",
            f"--label={LABEL}.owner={leftovers.owner()}",
            f"--name={container}",
            "--publish=127.0.0.1::5000",
            server,
        )
        try:
            address = self._engine.call("port", container, "5000/tcp").stdout.strip()
            for directory in sorted((self._recipe / "images").iterdir()):
                reference = (directory / "reference").read_text(encoding="utf-8").strip()
                name = f"images/{directory.name}"
                below = default_base(self._recipe, name)
                source = self._tag(f"base-{directory.name}", below, name)
                if bases.pull(self._engine, reference, source):
                    self._say(f"making the base image {reference} from packages")
                    self._build(directory, source, self._base(below))
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


def _facts(labels: Mapping[str, str]) -> dict[str, str]:
    """Return what the labels of a machine's image say of it, and what all containers share."""
    facts = {
        name.removeprefix(_FACTS): value
        for name, value in labels.items()
        if name.startswith(_FACTS)
    }
    return {**facts, "kernel": platform.release()}


def _certificates() -> bytes:
    return _CERTIFICATES.read_bytes() if _CERTIFICATES.is_file() else b""
