# SPDX-License-Identifier: Apache-2.0
"""How time and memory grow: with the number of blocks, and with what a block prints."""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONF = 'project = "Many blocks"\nextensions = ["myst_parser", "sphinx_tabs.tabs", "doclab"]\n'


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sample:
    """One measurement, made in a process of its own."""

    seconds: float
    peak: int  # of resident memory, in bytes


def local(what: str, value: int, *, repeat: int = 1) -> Sample:
    """Run blocks with doclab, and take the mean; see `local_lab.py` for what there is."""
    return _child(str(HERE / "local_lab.py"), what, str(value), f"--repeat={repeat}")


def reading(count: int, *, tabs: bool = False) -> Sample:
    """Read a page with so many blocks, through Sphinx, and plan its scenarios.

    Its seconds are processor time, without that for a page of two blocks: the start
    of Sphinx takes longer than a thousand blocks, and as much of the disk as of it.

    Args:
        count: of blocks.
        tabs: whether they are in the tabs of one set.
    """
    return _child(str(HERE / "scaling.py"), str(count), *(["--tabs"] if tabs else []))


def _page(count: int, *, tabs: bool) -> str:
    # Half of the blocks are the same, so that their fences look alike.
    numbers = [number // 2 * (number % 2) for number in range(count)]
    blocks = [f"```console\n$ echo {number}\n{number}\n```\n\n" for number in numbers]
    if not tabs:
        return "# Many blocks\n\n" + "".join(blocks)
    one, two = "".join(blocks[::2]), "".join(blocks[1::2])
    panels = f"::::{{tab}} One\n{one}::::\n::::{{tab}} Two\n{two}::::\n"
    return f"# Many blocks\n\n:::::{{tabs}}\n{panels}:::::\n"


def _child(*arguments: str) -> Sample:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return Sample(**json.loads(done.stdout))


def _read(count: int, *, tabs: bool) -> float:
    # What only this process needs; one that starts others is faster without.
    from sphinx.util.docutils import docutils_namespace  # noqa: PLC0415

    from doclab import plan  # noqa: PLC0415
    from doclab.collect import collect  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder, docutils_namespace():
        docs = Path(folder) / "docs"
        docs.mkdir()
        (docs / "conf.py").write_text(CONF, encoding="utf-8")
        (docs / "index.md").write_text(_page(count, tabs=tabs), encoding="utf-8")
        started = time.process_time()
        site = collect(docs, root=docs.parent, work=docs.parent / "work")
        plan.plan(site.pages)
        seconds = time.process_time() - started
    found = sum(len(page.blocks) for page in site.pages)
    if found != count:
        sys.exit(f"{found} blocks were found, not {count}")
    return seconds


def main() -> None:
    """Read a page, and print the measurement."""
    from local_lab import peak  # noqa: PLC0415 - see above

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, help="how many blocks the page has")
    parser.add_argument("--tabs", action="store_true", help="in the tabs of one set")
    options = parser.parse_args()
    _read(2, tabs=options.tabs)  # imports all that is needed
    start = _read(2, tabs=options.tabs)
    seconds = _read(options.count, tabs=options.tabs) - start
    print(json.dumps({"seconds": seconds, "peak": peak()}))


if __name__ == "__main__":
    main()
