"""All that the labs of a run are made of: engine, images, repository, snapshots."""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from doclab import __version__, engine, repository, settings, snapshots
from doclab import lab as labs
from doclab.collect import Site
from doclab.engine import Engine
from doclab.images import ImageStore
from doclab.lab import LabPlan
from doclab.run import Say
from doclab.snapshots import SnapshotStore


@dataclasses.dataclass(frozen=True, kw_only=True)
class Workshop:
    """What labs are made with."""

    engine: Engine
    lab_plan: LabPlan
    store: SnapshotStore
    base: str  # digest of what snapshots depend on besides blocks
    files: Mapping[str, str]  # digests of the project's files, without its pages


@contextmanager
def opened(site: Site, *, lab: str, docs: Path, say: Say) -> Iterator[Workshop]:
    """Find the engine, remove stale labs, build images, copy the project.

    Args:
        site: the pages and their settings.
        lab: name of the lab, one of `doclab_labs`.
        docs: directory of the pages, whose files snapshots do not depend on: what
            counts of a page are its blocks.
        say: told what happens.

    Raises:
        DoclabError: if something is missing or does not work.
    """
    podman = engine.detect()
    for name in labs.remove_stale(podman):
        say(f"removed {name}, which an earlier run had left behind")
    settings.check_recipe(site.settings, site.docs, root=site.root)
    images = ImageStore(podman, site.settings.recipe, say).ensure(lab, site.settings.labs[lab])
    with tempfile.TemporaryDirectory(prefix="doclab-") as folder:
        copy = None
        if site.settings.repository:
            copy = repository.snapshot(site.root, Path(folder) / "repository.git")
        lab_plan = LabPlan(
            machines=site.settings.machines,
            user=site.settings.user,
            images=images,
            repository=site.settings.repository,
            snapshot=copy,
            record=any(page.clean_up is not None for page in site.pages),
        )
        files = {
            name: (site.root / name).read_bytes()
            for name in repository.files(site.root) or ()
            if not (site.root / name).resolve().is_relative_to(docs.resolve())
        }
        parts = [__version__, images.machine, images.registry, *map(str, site.settings.machines)]
        parts += [f"{name}={version}" for name, version in sorted(site.settings.versions.items())]
        yield Workshop(
            engine=podman,
            lab_plan=lab_plan,
            store=SnapshotStore(podman, project=site.root),
            base=snapshots.base_key(parts, files),
            files={
                name: hashlib.sha256(content).hexdigest()[:16] for name, content in files.items()
            },
        )
