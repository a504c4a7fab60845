# SPDX-License-Identifier: Apache-2.0
"""Check what the pages say between their blocks.

Inline code names files, units, containers, networks, users, machines, settings and
ports. Each must be in the examples, in a block, or in a file that a page shows: then
it is there, or a run makes it. What is not there is a slip, or needs a reason in
conf.py. And each file of the examples must be shown or run by some page.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from doclab.model import Location, Mention, Page
from doclab.settings import conf_place
from doclab.site import Site

# What a word of a longer phrase must look like to be checked: most of a command is
# not of this project.
_NAME = re.compile(r"@?[\w@.-]*\w\.(?:service|socket|timer|container|network|volume|pod|kube|image"
                   r"|build|target|slice|capnp|js|mjs|json|conf|toml|ya?ml|md|py|sh)")  # fmt: skip
_PATH = re.compile(r"(?:~|\.{1,2})?/[\w.@+%~/-]*\w/?|[\w.-]+(?:/[\w.@-]+)+/?")
_PORT = re.compile(r"(?:\[[0-9a-fA-F:.]*\]|[\d.]*):\d+")
_QUADLET = re.compile(r"([\w.-]+)\.(container|network|volume|pod|kube|image|build)(?![\w-])")
_HOME = re.compile(r"(?:\"?\$HOME\"?|\$\{HOME\}|%h|/home/[a-z][\w-]*)(?=/)")


def check(site: Site) -> list[str]:
    """Return what is wrong, each with its place and the remedy."""
    known = _Known(site)
    return [*_slips(site, known), *_forgotten_files(site)]


class _Known:
    """All text that is proven by being there or by being run."""

    def __init__(self, site: Site) -> None:
        parts = [block.text for page in site.pages for block in page.blocks]
        parts += [*site.settings.machines, site.settings.user]
        paths = {shown.path for page in site.pages for shown in page.shown}
        paths |= set(_example_files(site))
        for path in sorted(paths):
            parts += [str(path), _text(site.root / path)]
        text = "\n".join(parts)
        for name, kind in sorted(set(_QUADLET.findall(text))):
            text += f"\n{name}.service" if kind == "container" else f"\n{name}-{kind}.service"
        self._text = _HOME.sub("~", text)
        self._root = site.root

    def has(self, word: str) -> bool:
        """Whether a word is there, and is not only a part of a longer one."""
        spellings = {word}
        if re.fullmatch(r"[A-Za-z]\w*(?:-\w*)+", word):  # HTTP knows no case in names of headers
            spellings |= {word.lower(), word.title()}
        return any(map(self._has, spellings)) or (
            not word.startswith(("/", "~", ".")) and (self._root / word).exists()
        )

    def _has(self, word: str) -> bool:
        plain = _HOME.sub("~", word).rstrip("/") or word
        before = r"(?<![\w-])" if re.match(r"[\w-]", plain) else ""
        if plain.startswith("/"):  # and not a part of a longer path
            before = r"(?<![\w.~/}-])"
        after = r"(?![\w-])" if re.search(r"\w$", plain) else ""  # `x-` means all that begin so
        whole = re.compile(before + re.escape(plain) + after)
        # To search for what begins with `(?<!` takes a hundred times as long.
        place = self._text.find(plain)
        while place >= 0 and not whole.match(self._text, place):
            place = self._text.find(plain, place + 1)
        return place >= 0


def _slips(site: Site, known: _Known) -> Iterator[str]:
    words, exceptions = site.settings.words, site.settings.prose_exceptions
    used: set[str] = set()
    for page in site.pages:
        patterns = [p for p in exceptions if fnmatch.fnmatch(page.name, p)]
        for place, word in _unknown(page, known):
            if word in words:
                used.add(word)
            elif patterns:
                used.update(patterns)
            else:
                yield (
                    f"{place}: `{word}` is in no example and in no block; correct it, write a"
                    " block that shows it, or give the reason for it in doclab_words in conf.py."
                )
    yield from _entries(site, "doclab_words", words, used)
    yield from _entries(site, "doclab_prose_exceptions", exceptions, used)


def _unknown(page: Page, known: _Known) -> Iterator[tuple[Location, str]]:
    for mention in page.mentions:
        for word in _words_of(mention):
            if not known.has(word):
                yield mention.location, word


def _words_of(mention: Mention) -> Iterator[str]:
    """Return what must be there: the word, or what looks like a name in a phrase."""
    words = mention.text.split()
    for word in words:
        bare = word.strip("\"',;()")
        port = _PORT.fullmatch(bare)
        if "://" in bare:
            continue
        alone = len(words) == 1 and not bare.isdecimal()
        if port is not None or alone or _NAME.fullmatch(bare) or _PATH.fullmatch(bare):
            yield bare.removeprefix(":") if port is not None else bare
    if port := re.fullmatch(r"port (\d+)", mention.text):
        yield port[1]


def _forgotten_files(site: Site) -> Iterator[str]:
    exceptions = site.settings.example_exceptions
    used: set[str] = set()
    shown = {shown.path for page in site.pages for shown in page.shown}
    texts = {(path.name, _text(site.root / path)) for path in shown}
    for path in _example_files(site):
        if path in shown or (path.name, _text(site.root / path)) in texts:
            continue
        if any(_names(page, path) for page in site.pages):
            continue
        patterns = [p for p in exceptions if fnmatch.fnmatch(str(path), p)]
        used.update(patterns)
        if not patterns:
            yield (
                f"{path}:1: no page shows or runs this file; show it with literalinclude or"
                " download, remove it, or give the reason in doclab_example_exceptions in conf.py."
            )
    yield from _entries(site, "doclab_example_exceptions", exceptions, used)


def _names(page: Page, path: Path) -> bool:
    """Whether a page's blocks name a file, and the directory of its example."""
    text = "\n".join(block.text for block in page.blocks)
    return all(
        re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text)
        for name in (path.name, path.parent.name)
    )


def _example_files(site: Site) -> list[Path]:
    if site.settings.examples is None:
        return []
    return [
        Path(os.path.relpath(path, site.root))
        for path in sorted(site.settings.examples.rglob("*"))
        if path.is_file() and "node_modules" not in path.parts
    ]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):  # no text: then nothing can be said of it
        return ""


def _entries(
    site: Site, setting: str, entries: Mapping[str, str], used: Collection[str]
) -> Iterator[str]:
    """Return the entries of a setting that have no reason, or are needed no more."""
    place = conf_place(site.docs, setting, root=site.root)
    for key, reason in entries.items():
        if not reason.strip():
            yield f"{place}: {setting} has {key!r} without a reason; write one."
        if key not in used:
            yield f"{place}: {setting} has {key!r}, and nothing needs it any more; remove it there."
