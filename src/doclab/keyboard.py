# SPDX-License-Identifier: Apache-2.0
"""The keyboard of a person who takes over a shell of the lab."""

from __future__ import annotations

import re

from doclab.wire import Wire

#: Takes back what the integration does to a shell; shows a prompt like Debian's.
_ORDINARY = (
    b" trap - ERR; unset PROMPT_COMMAND; set +o pipefail +o errtrace -o emacs;"
    b" PS1='\\u@\\h:\\w\\$ ' PS2='> '; stty sane; stty echo; echo\n"
)
_REPORT = re.compile(rb"\x1b\]133;[^\x07]*\x07")


def connect(wire: Wire) -> None:
    """Make a shell an ordinary one again, and connect it with our own terminal."""

    def shown(data: bytes) -> bytes:
        # A shell further out, to which somebody returns, still reports to us.
        if b"\x1b]133;D;" in data:
            wire.write(_ORDINARY)
        return _REPORT.sub(b"", data)

    wire.write(_ORDINARY)
    wire.interact(shown)
