# SPDX-License-Identifier: Apache-2.0
"""What a screen shows of the bytes that a terminal got."""

from __future__ import annotations

import re

KEEP_BYTES = 256 * 1024  # of the start, and as much of the end, of an output
_LINE_BYTES = 4096  # of the end, in which a question is looked for
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-Za-z]|\x1b[=>78cM]"
)
_ERASE = ("\x1b[K", "\x1b[0K", "\x1b[2K")  # to the end of the line; the last: all of it
# A second screen, on which an editor or a pager draws, and which it leaves.
_ALTERNATE = re.compile(r"\x1b\[\?(?:1049|1047|47)h.*?\x1b\[\?(?:1049|1047|47)l", re.DOTALL)
_CLEAR = re.compile(r"\x1b\[[23]J|\x1bc")


class Output:
    """Collects output of any length in bounded memory."""

    def __init__(self, carried: str = "") -> None:
        """Start with what an earlier block did not take."""
        self._head = bytearray(carried.encode())
        self._tail = bytearray()
        self._lost = 0
        self.size = len(self._head)  # bytes that came in all

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        if not data:
            return
        self.size += len(data)
        room = KEEP_BYTES - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        self._tail += data
        if len(self._tail) > 2 * KEEP_BYTES:
            cut = len(self._tail) - KEEP_BYTES
            self._lost += cut
            del self._tail[:cut]

    def text(self) -> str:
        """Return what a screen would show, with a note where bytes were left out."""
        if not self._tail:
            return clean(self._head.decode(errors="replace"))
        middle = f"\n[{self._lost} bytes left out]\n".encode() if self._lost else b""
        return clean(bytes(self._head + middle + self._tail).decode(errors="replace"))

    def end(self) -> str:
        """Return the end of what a screen would show, without blanks after its last line."""
        last = (self._tail or self._head)[-_LINE_BYTES:]
        return clean(last.decode(errors="replace")).rstrip(" \t")


class _Nowhere(Output):
    """Forgets what it gets."""

    def add(self, data: bytes) -> None:
        """Forget the bytes."""


NOWHERE = _Nowhere()


def clean(text: str) -> str:
    """Remove escape sequences, and what was overwritten, cleared or on a second screen."""
    text = text.replace("\r\n", "\n")
    if "\x1b" in text:
        text = _ALTERNATE.sub("", text)
        text = text[max((found.end() for found in _CLEAR.finditer(text)), default=0) :]
    if "\r" in text:
        text = "\n".join(map(_overwritten, text.split("\n")))
    return _ESCAPES.sub("", text) if "\x1b" in text else text


def _overwritten(line: str) -> str:
    shown = ""
    for part in line.split("\r"):
        if part.startswith(_ERASE):
            shown = ""
        new = _ESCAPES.sub("", part)
        shown = "" if part.endswith(_ERASE[-1]) else new + shown[len(new) :]
    return shown
