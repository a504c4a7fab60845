# SPDX-License-Identifier: Apache-2.0
"""All that the labs of a run are made of: engine, images, repository, snapshots."""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from doclab import __version__, engine, leftovers, repository, settings, snapshots
from doclab.engine import Engine
from doclab.images import ImageStore
from doclab.lab_plan import LabPlan
from doclab.model import DoclabError
from doclab.run import Say
from doclab.site import Site
from doclab.snapshots import SnapshotStore


@dataclasses.dataclass(frozen=True, kw_only=True)
class Workshop:
    """What labs are made with."""

    engine: Engine
    lab_plan: LabPlan
    store: SnapshotStore
    base: str  # digest of what snapshots depend on besides blocks
    #: digests of the project's files, but for the pages, by name
    files: Mapping[str, str]


@contextmanager
def opened(
    site: Site, *, lab: str, docs: Path, say: Say, build: bool = True, since: str = ""
) -> Iterator[Workshop]:
    """Find the engine, remove stale labs, build images, copy the project.

    Args:
        site: the pages and their settings.
        lab: name of the lab, one of `doclab_labs`.
        docs: directory of the pages, whose files snapshots do not depend on: what
            counts of a page are its blocks. Nor on the list of surviving mutants.
        say: told what happens.
        build: whether to build images that are not there; if not, it is an error.
        since: when the oldest snapshot that may be used was taken.

    Raises:
        DoclabError: if something is missing or does not work.
    """
    with tempfile.TemporaryDirectory(prefix="doclab-") as folder, ThreadPoolExecutor(2) as pool:
        copying = pool.submit(_copy, site, Path(folder) / "repository.git")
        reading = pool.submit(_other_files, site, docs.resolve())
        podman = engine.detect()
        settings.check_recipe(site.settings, site.docs, root=site.root)
        for name in leftovers.remove_stale(podman):
            say(f"removed {name}, which an earlier run had left behind")
        store, base_image = ImageStore(podman, site.settings.recipe, say), site.settings.labs[lab]
        images = (store.ensure if build else store.present)(lab, base_image)
        if images is None:
            raise DoclabError(f"the images of {lab} are not there.")
        lab_plan = LabPlan(
            machines=site.settings.machines,
            user=site.settings.user,
            images=images,
            repository=site.settings.repository,
            snapshot=copying.result(),
            record=site.records,
        )
        parts = [__version__, images.machine, images.registry, *map(str, site.settings.machines)]
        parts += [f"{name}={version}" for name, version in sorted(site.settings.versions.items())]
        yield Workshop(
            engine=podman,
            lab_plan=lab_plan,
            store=SnapshotStore(podman, project=site.root, since=since),
            base=snapshots.base_key(parts, reading.result()),
            files={
                name: hashlib.sha256(content).hexdigest()[:16]
                for name, content in reading.result().items()
            },
        )


def _copy(site: Site, target: Path) -> Path | None:
    return repository.snapshot(site.root, target) if site.settings.repository else None


def _other_files(site: Site, docs: Path) -> dict[str, bytes]:
    """Return the contents of the project's files, but for those on which no lab depends."""
    paths = {name: (site.root / name).resolve() for name in repository.files(site.root) or ()}
    return {
        name: path.read_bytes()
        for name, path in paths.items()
        if not path.is_relative_to(docs) and path != site.settings.survivors
    }
