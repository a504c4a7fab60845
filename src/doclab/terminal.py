"""A terminal: a long-lived shell behind a pseudo-terminal, fed line by line.

The shell reports each prompt with an escape sequence that carries a secret of
this run (see `lab/machine/integration.bash`). So the end of a command is never
guessed, neither by time nor by the look of a prompt, and a shell that a command
opened (`machinectl shell`, `sudo -i`) is recognised in the same way.
"""

from __future__ import annotations

import dataclasses
import os
import re
import select
import signal
import threading
import time
from collections.abc import Iterator, Sequence

import pexpect

from doclab.commands import runs_nothing

ROWS, COLUMNS = 40, 100
LONGEST_LINE = 4094  # bytes that the kernel's line buffer holds, without the newline
KEEP_BYTES = 256 * 1024  # of the start, and as much of the end, of an output
_START = b"\x1b]133;"
_LONGEST_REPORT = 8192
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-Za-z]|\x1b[=>78cM]"
)
_ERASE = ("\x1b[K", "\x1b[0K", "\x1b[2K")  # to the end of the line; the last: all of it


#: Takes back what the integration does to a shell; shows a prompt like Debian's.
_ORDINARY = (
    " trap - ERR; unset PROMPT_COMMAND; set +o pipefail +o errtrace -o emacs -o history;"
    " PS1='\\u@\\h:\\w\\$ ' PS2='> '; stty sane; stty echo; echo"
)


class StoppedError(Exception):
    """Somebody wants the run to end."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Prompt:
    """What a shell said when it was last at its prompt."""

    code: int  # exit status of the last command, with `pipefail`
    parts: tuple[int, ...]  # of each part, if the last command was a pipeline
    who: str  # user@host
    shell: int  # process id of the shell
    directory: str
    jobs: tuple[int, ...]  # process ids of jobs that still run

    @property
    def status(self) -> int:
        """Exit status, where a writer whose reader had enough is no failure."""
        if self.code != 141:
            return self.code
        return next((part for part in reversed(self.parts) if part not in (0, 141)), 0)

    @property
    def shown(self) -> str:
        """The statuses for people: of each part, if they explain that of the command."""
        parts = self.parts if self.code in self.parts else (self.code,)
        return " | ".join(map(str, parts))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one complete command did."""

    line: int  # offset of its first line in what was fed
    text: str  # its lines
    output: str  # what the terminal showed, without escape sequences
    prompt: Prompt | None  # None: no prompt came back
    errors: tuple[tuple[str, str], ...]  # statuses and text of each failed part
    problem: str | None  # why no prompt came back


class Output:
    """Collects output of any length in bounded memory."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._lost = 0

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
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
        middle = f"\n[{self._lost} bytes left out]\n".encode() if self._lost else b""
        return clean(bytes(self._head + middle + self._tail).decode(errors="replace"))


def clean(text: str) -> str:
    """Remove escape sequences, and what a carriage return had overwritten."""
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(map(_overwritten, text.split("\n")))
    return _ESCAPES.sub("", text)


def _overwritten(line: str) -> str:
    shown = ""
    for part in line.split("\r"):
        if part.startswith(_ERASE):
            shown = ""
        new = _ESCAPES.sub("", part)
        shown = "" if part.endswith(_ERASE[-1]) else new + shown[len(new) :]
    return shown


class Terminal:
    """A shell that blocks are fed to."""

    def __init__(self, argv: Sequence[str], *, nonce: str, stop: threading.Event) -> None:
        """Start the shell.

        Args:
            argv: program and arguments that open the shell.
            nonce: the secret that the shell's reports carry.
            stop: set when the run is to end.
        """
        self._stop = stop
        self._nonce = nonce.encode()
        self._child = pexpect.spawn(
            argv[0],
            list(argv[1:]),
            dimensions=(ROWS, COLUMNS),
            timeout=None,
            echo=False,
            preexec_fn=_as_at_login,
        )
        self._pending = b""
        self._poll = select.poll()
        self._poll.register(self._child.child_fd, select.POLLIN)
        self.prompt: Prompt | None = None
        self._shells: list[int] = []  # from the first to the innermost

    def wait_for_prompt(self, deadline: float) -> Outcome:
        """Wait for the first prompt, at most so many seconds."""
        outcome = self._until_prompt(0, "", deadline)
        assert outcome is not None  # noqa: S101 - only with `more`
        return outcome

    def feed(self, text: str, *, deadline: float) -> Iterator[Outcome]:
        """Type the lines of a text; yield an outcome for each complete command.

        The shell itself says where a command ends: after each line it shows
        either a prompt, or the sign that it wants more lines. A line that is
        empty or a comment is no command.

        Args:
            text: one or more lines.
            deadline: seconds for each command.
        """
        lines = text.split("\n")
        start = 0
        if any(len(line.encode()) > LONGEST_LINE for line in lines):
            yield self._refused(
                0,
                text,
                f"it has a line of more than {LONGEST_LINE} bytes, which a terminal cuts off;"
                " end lines with a backslash, and go on in the next.",
            )
            return
        while start < len(lines):
            if runs_nothing(lines[start]):
                start += 1
                continue
            end = start
            while True:
                self._write(lines[end].encode() + b"\n")
                outcome = self._until_prompt(
                    start, "\n".join(lines[start : end + 1]), deadline, more=True
                )
                end += 1
                if outcome is not None:
                    yield outcome
                    if outcome.problem is not None:
                        return
                    break
                if end == len(lines):
                    self.interrupt()
                    yield self._refused(
                        start,
                        "\n".join(lines[start:]),
                        "the command is not complete: the shell waits for the rest of a"
                        " quotation, a here-document or a compound command.",
                    )
                    return
            start = end

    def _refused(self, line: int, text: str, problem: str) -> Outcome:
        return Outcome(
            line=line, text=text, output="", prompt=self.prompt, errors=(), problem=problem
        )

    def interrupt(self) -> bool:
        """Press Ctrl-C; say whether the prompt came back within five seconds."""
        self._write(b"\x03")
        return self.wait_for_prompt(5.0).problem is None

    def interact(self) -> None:
        """Make the shell an ordinary one again, and connect it with our own terminal."""
        self._write(f"{_ORDINARY}\n".encode())
        self._child.interact()

    def close(self) -> None:
        """End the shell."""
        self._child.close(force=True)

    def _write(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._child.child_fd, data) :]
        except OSError:
            pass  # the shell is gone: reading says so, with the right message

    def _until_prompt(
        self, line: int, text: str, deadline: float, *, more: bool = False
    ) -> Outcome | None:
        output = Output()
        errors: list[tuple[int, str, str]] = []
        end = time.monotonic() + deadline
        problem: str | None = None
        prompt: Prompt | None = None
        while prompt is None and problem is None:
            kind, payload = self._next_report(output)
            if kind == b"D":
                prompt = _parse_prompt(payload)
            elif kind == b"E":
                shell, statuses, failed = payload.decode(errors="replace").split(";", 2)
                errors.append((int(shell), " | ".join(statuses.split()), failed))
            elif kind == b"C":
                if more:
                    return None
            elif self._stop.is_set():
                raise StoppedError
            elif (left := end - time.monotonic()) <= 0:
                problem = f"it did not end within {deadline:g} s."
            elif not self._read(min(left, 0.2)):
                problem = "it ended the terminal."
        closed = self._note_shell(prompt) if prompt is not None else ()
        return Outcome(
            line=line,
            text=text,
            output=output.text(),
            prompt=prompt,
            # What a shell does at logout is not the page's business.
            errors=tuple((status, text) for shell, status, text in errors if shell not in closed),
            problem=problem,
        )

    def _note_shell(self, prompt: Prompt) -> tuple[int, ...]:
        """Take note of who is at the prompt; return the shells that were left."""
        left: tuple[int, ...] = ()
        if prompt.shell in self._shells:
            inner = self._shells.index(prompt.shell) + 1
            left = tuple(self._shells[inner:])
            del self._shells[inner:]
        else:
            self._shells.append(prompt.shell)
        self.prompt = prompt
        return left

    def _read(self, timeout: float) -> bool:
        """Read what there is; say whether the terminal is still open."""
        if not self._poll.poll(timeout * 1000):
            return True
        try:
            data = os.read(self._child.child_fd, 65536)
        except OSError:
            return False
        self._pending += data
        return bool(data)

    def _next_report(self, output: Output) -> tuple[bytes, bytes]:
        """Take the next report out of what was read; what lies before is output."""
        position = 0
        while True:
            start = self._pending.find(_START, position)
            if start < 0:
                keep = self._pending.rfind(b"\x1b", max(0, len(self._pending) - len(_START)))
                cut = keep if keep >= 0 else len(self._pending)
                output.add(self._pending[:cut])
                self._pending = self._pending[cut:]
                return b"", b""
            end = self._pending.find(b"\x07", start)
            if end < 0 and len(self._pending) - start < _LONGEST_REPORT:
                output.add(self._pending[:start])
                self._pending = self._pending[start:]
                return b"", b""
            kind, nonce, payload = _split(self._pending[start + len(_START) : max(end, start)])
            if nonce != self._nonce:
                position = start + len(_START)
                continue
            output.add(self._pending[:start])
            self._pending = self._pending[end + 1 :]
            return kind, payload


def _as_at_login() -> None:
    """Give the shell the signals that it would have: Python ignores SIGPIPE."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def _split(report: bytes) -> tuple[bytes, bytes, bytes]:
    kind, _, rest = report.partition(b";")
    nonce, _, payload = rest.partition(b";")
    return kind, nonce, payload


def _parse_prompt(payload: bytes) -> Prompt:
    statuses, who, shell, rest = payload.decode(errors="replace").split(";", 3)
    directory, _, jobs = rest.rpartition(";")
    code, *parts = [int(status) for status in statuses.split()] or [0]
    return Prompt(
        code=code,
        parts=tuple(parts),
        who=who,
        shell=int(shell),
        directory=directory,
        jobs=tuple(int(job) for job in jobs.split()),
    )
