# SPDX-License-Identifier: Apache-2.0
"""What a site was when it was last read, for what can begin before it is read again.

What is remembered may be out of date: it says what is likely. Only where every file of
the project and every package are what they were, the site is what it was.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pickle
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from doclab import repository
from doclab.site import Site

_FILE = "memory.pickle"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Memory:
    """A site, and the files that it was read from."""

    site: Site
    files: Mapping[str, Mapping[str, str]]  # digest of each file of a page, by the page's name
    conf: str  # digest of conf.py
    world: str  # what `world` returned before it was read

    @property
    def current(self) -> bool:
        """Whether reading the site again would give the same."""
        return bool(self.world) and self.world == world(self.site.root) and not self.changed

    @property
    def changed(self) -> frozenset[str]:
        """Names of pages whose files are not what they were."""
        return frozenset(
            name
            for name, files in self.files.items()
            if any(_digest(Path(path)) != digest for path, digest in files.items())
        )


def world(root: Path) -> str:
    """Digest all that a reading of the site can depend on, but for what Git ignores.

    Returns:
        Empty if the project is not a Git checkout: then nobody knows.
    """
    names = repository.files(root)
    if names is None:
        return ""
    digest = hashlib.sha256(f"{sys.version}\0".encode())
    # A package has a directory with its name and version beside it; reading what is in all of
    # them takes a tenth of a second.
    packages = {found.name for path in sys.path for found in Path(path).glob("*-info")}
    digest.update("\0".join(sorted(packages)).encode())
    for name in sorted(names):
        content = hashlib.sha256(repository.content(root / name)).hexdigest()
        digest.update(os.fsencode(f"\0{name}\0{content}"))
    return digest.hexdigest()


def note(site: Site, *, included: Mapping[str, Iterable[Path]], before: str, work: Path) -> None:
    """Remember a site that was read without a mistake.

    Args:
        site: what was read.
        included: files that a page includes, by the page's name.
        before: what `world` returned before the site was read.
        work: directory for files of ours.
    """
    files = {
        page.name: {
            str(path): _digest(path) for path in (site.root / page.path, *included[page.name])
        }
        for page in site.pages
    }
    found = Memory(site=site, files=files, conf=_digest(site.docs / "conf.py"), world=before)
    new = work / f"{_FILE}.{os.getpid()}"
    new.write_bytes(_code().encode() + b"\n" + pickle.dumps(found))
    new.replace(work / _FILE)


def recall(docs: Path, *, root: Path, work: Path) -> Memory | None:
    """Return what is remembered of a site; None if that is nothing, or is of no use now."""
    try:
        data = (work / _FILE).read_bytes()
    except OSError:
        return None
    code, _, rest = data.partition(b"\n")
    if code.decode(errors="replace") != _code():
        return None
    try:
        # Our own file, beside the pickles that Sphinx keeps.
        found: Memory = pickle.loads(rest)  # noqa: S301
    except Exception:  # noqa: BLE001 - pickle raises anything; what is damaged is of no use
        return None
    site = found.site
    same = (site.docs, site.root, found.conf) == (docs, root, _digest(docs / "conf.py"))
    return found if same else None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _code() -> str:
    """Digest this program and Python, whose next versions may have other classes."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        status = path.stat()
        digest.update(f"{path} {status.st_mtime_ns} {status.st_size}\0".encode())
    return digest.hexdigest()
