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

from doclab import __version__, engine, keys, leftovers, repository, settings
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
    #: digests of the project's files on which labs depend, by name
    files: Mapping[str, str]


@contextmanager
def opened(
    site: Site, *, lab: str, docs: Path, say: Say, build: bool = True, since: str = ""
) -> Iterator[Workshop]:
    """Find the engine, remove stale labs, build images, copy the project.

    Args:
        site: the pages and their settings.
        lab: name of the lab, one of `doclab_labs`.
        docs: directory of the pages.
        say: told what happens.
        build: whether to build images that are not there; if not, it is an error.
        since: when the oldest snapshot that may be used was taken.

    Raises:
        DoclabError: if something is missing or does not work.
    """
    with tempfile.TemporaryDirectory(prefix="doclab-") as folder, ThreadPoolExecutor(2) as pool:
        copying = pool.submit(copy_for_clones, site, Path(folder) / "repository.git")
        reading = pool.submit(files_of_labs, site, docs.resolve())
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
        parts = [__version__, *images.contents, *map(str, site.settings.machines)]
        # Promises are kept, or not, before a snapshot is taken.
        parts += [f"{p.name} {sorted(p.clean_up.stays)}" for p in site.pages if p.clean_up]
        parts += [f"{name}={version}" for name, version in sorted(site.settings.versions.items())]
        yield Workshop(
            engine=podman,
            lab_plan=lab_plan,
            store=SnapshotStore(podman, project=site.root, since=since),
            base=keys.base(parts, reading.result()),
            files={
                name: hashlib.sha256(content).hexdigest()[:16]
                for name, content in reading.result().items()
            },
        )


def copy_for_clones(site: Site, target: Path) -> Path | None:
    """Copy the project for the blocks that clone it.

    Args:
        site: the pages and their settings.
        target: where the copy goes, a bare repository.

    Returns:
        The target, or None if conf.py names no address that is cloned.

    Raises:
        DoclabError: if the project is no checkout, or Git fails.
    """
    if not site.settings.repository:
        return None
    copy = repository.snapshot(site.root, target)
    if copy is None:
        place = settings.conf_place(site.docs, "doclab_repository", root=site.root)
        raise DoclabError(
            f"{place}: in the lab, `git clone` of this address gives a copy of this project,"
            " which is no Git checkout; make it one with `git init`."
        )
    return copy


def files_of_labs(site: Site, docs: Path) -> dict[str, bytes]:
    """Return the contents of the project's files, but for those on which no lab depends.

    That are the pages, of which what counts are the blocks, and what Sphinx alone reads:
    conf.py and the directories beside it whose names begin with an underscore, as it calls
    them. Programs and data that stand beside the pages are cloned and run by blocks.

    Args:
        site: the pages and their settings.
        docs: directory of the pages.

    Returns:
        By name, as `repository.contents` does.

    Raises:
        DoclabError: if one cannot be read, or Git refuses.
    """
    pages = {".md", ".rst", *(page.path.suffix for page in site.pages)}
    found = []
    for name in repository.files(site.root) or ():
        path = site.root / name
        if path == site.settings.survivors:
            continue
        if path.is_relative_to(docs):
            within = path.relative_to(docs).parts
            if path.suffix in pages or within == ("conf.py",) or within[0].startswith("_"):
                continue
        found.append(name)
    return repository.contents(site.root, found)
