# SPDX-License-Identifier: Apache-2.0
"""A prompt: what a shell reports when it is ready for the next command.

The reports are escape sequences that carry a secret of this run (see
`lab/machine/integration.bash`): D what the last command did, B that the shell
is ready, C that it wants more lines, E that a part of a command failed.
"""

from __future__ import annotations

import dataclasses
import functools

from doclab.screen import Output

_START = b"\x1b]133;"
NO_READER = 141  # exit status of a program that wrote to a pipe which nobody reads (SIGPIPE)
_LONGEST = 8192  # bytes of a report


@dataclasses.dataclass(frozen=True, kw_only=True)
class Prompt:
    """What a shell said when it was last at its prompt."""

    code: int  # exit status of the last command, with `pipefail`
    parts: tuple[int, ...]  # of each part, if the last command was a pipeline
    who: str  # user@host
    shell: int  # process id of the shell
    home: str  # the user's directory
    directory: str
    jobs: tuple[int, ...]  # process ids of jobs that still run

    @property
    def status(self) -> int:
        """Exit status, where a writer whose reader had enough is no failure."""
        if self.code != NO_READER or len(self.parts) < 2 or self.parts[-1] == NO_READER:
            return self.code
        return next((part for part in reversed(self.parts) if part not in (0, NO_READER)), 0)

    @property
    def shown(self) -> str:
        """The statuses for people: of each part, if they explain that of the command."""
        parts = self.parts if self.code in self.parts else (self.code,)
        return " | ".join(map(str, parts))


@dataclasses.dataclass(frozen=True, kw_only=True)
class PartFailure:
    """A part of a command that failed, which the status of the whole need not tell."""

    status: str  # of each part, if it was a pipeline
    text: str  # how the part ends, at most 1000 characters

    def explains(self, wanted: int) -> bool:
        """Whether it may be why the whole command has the status that is wanted."""
        return all(int(status) in (0, NO_READER, wanted) for status in self.status.split(" | "))


@functools.lru_cache(maxsize=64)  # most prompts of a shell are alike
def parse_prompt(payload: bytes) -> Prompt:
    """Read the report D.

    Raises:
        ValueError: if it is none.
    """
    statuses, who, shell, home, rest = payload.decode(errors="replace").split(";", 4)
    directory, _, jobs = rest.rpartition(";")
    code, *parts = [int(status) for status in statuses.split()] or [0]
    return Prompt(
        code=code,
        parts=tuple(parts),
        who=who,
        shell=int(shell),
        home=home,
        directory=directory,
        # Among the numbers, `jobs` also tells of a job that ends just then: "Terminated".
        jobs=tuple(int(line) for line in jobs.split("\n") if line.strip().isdigit()),
    )


def parse_failure(payload: bytes) -> PartFailure:
    """Read the report E.

    Raises:
        ValueError: if it is none.
    """
    statuses, text = payload.decode(errors="replace").split(";", 1)
    return PartFailure(
        status=" | ".join(str(int(status)) for status in statuses.split()), text=text
    )


class Reports:
    """Takes reports out of what a terminal shows."""

    def __init__(self, nonce: str) -> None:
        """Take the secret without which a report is only output."""
        self._nonce = nonce.encode()
        self._pending = b""

    def add(self, data: bytes) -> bool:
        """Take the next bytes; say whether there were any."""
        self._pending += data
        return bool(data)

    def next(self, output: Output) -> tuple[bytes, bytes]:
        """Return kind and payload of the next report; what lies before is output."""
        pending = self._pending
        if not pending:
            return b"", b""
        position = 0
        while True:
            start = pending.find(_START, position)
            if start < 0:
                keep = pending.rfind(b"\x1b", max(0, len(pending) - len(_START)))
                cut = keep if keep >= 0 else len(pending)
                output.add(pending[:cut])
                self._pending = pending[cut:]
                return b"", b""
            end = pending.find(b"\x07", start)
            if end < 0 and len(pending) - start < _LONGEST:
                output.add(pending[:start])
                self._pending = pending[start:]
                return b"", b""
            kind, _, rest = pending[start + len(_START) : max(end, start)].partition(b";")
            nonce, _, payload = rest.partition(b";")
            if nonce != self._nonce:
                position = start + len(_START)
                continue
            output.add(pending[:start])
            self._pending = pending[end + 1 :]
            return kind, payload
