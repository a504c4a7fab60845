# SPDX-License-Identifier: Apache-2.0
"""The directive `archive`: a link to all files of an example, as one archive.

The same files make the same archive, to the byte, on every machine.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from publish import is_site
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

FOLDER = "archives"  # in the site; without a digest, so that a link to it stays
UNPACKED = "node_modules"  # what npm puts among the files of an example


class ArchiveDirective(SphinxDirective):
    """A link to the archive of an example."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a paragraph with the link."""
        name = self.arguments[0]
        known = {path.name for path in examples(self.env.app)}
        if name not in known:
            raise self.error(f"there is no example {name!r}; there are {', '.join(sorted(known))}.")
        up = "../" * self.env.docname.count("/")
        link = nodes.reference(text=file_name(name), refuri=f"{up}{FOLDER}/{file_name(name)}")
        link["internal"] = True
        return [nodes.paragraph("", "All files of the example: ", link, classes=["archive"])]


def examples(app: Sphinx) -> Iterator[Path]:
    """Return the directories of the examples; none, if conf.py does not name where they are."""
    if not app.config.doclab_examples:
        return iter(())
    folder = Path(app.srcdir, app.config.doclab_examples)
    return (path for path in sorted(folder.iterdir()) if path.is_dir())


def file_name(example: str) -> str:
    """Return the name of the archive of an example."""
    return f"{example}.tar.gz"


def pack(folder: Path) -> bytes:
    """Return an archive of a directory: its files, and which of them may be executed."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and UNPACKED not in path.parts:
                content = path.read_bytes()
                entry = tarfile.TarInfo(str(path.relative_to(folder.parent)))
                entry.size = len(content)
                entry.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
                archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def write(app: Sphinx, exception: Exception | None) -> None:
    """Put the archives into the site."""
    if exception is not None or not is_site(app):
        return
    target = Path(app.outdir, FOLDER)
    target.mkdir(exist_ok=True)
    for folder in examples(app):
        (target / file_name(folder.name)).write_bytes(pack(folder))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, and write the archives behind the pages."""
    app.add_directive("archive", ArchiveDirective)
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
