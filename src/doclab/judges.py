# SPDX-License-Identifier: Apache-2.0
"""The project's own tests as judges of mutants: cheaper than a lab, where they reach.

The setting `doclab_judges` names the command that judges a file. It runs in a copy
of the project's files in which the file is broken. If `doclab_judge_files` names what
these commands need, the copy has nothing else, so that their verdicts stand as long as
that does not change.
"""

from __future__ import annotations

import fnmatch
import os
import queue
import re
import shlex
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from doclab import mutants, repository
from doclab.model import DoclabError
from doclab.mutants import By, Mutant, Verdict
from doclab.terminal import StoppedError

LEAST_SECONDS = 60.0  # that a command has in any case
PATIENCE = 5  # times as long as without a mutant may a command take
_POLL = 0.2  # seconds between two looks whether the trials are to end
_FAILED = re.compile(r"^FAILED (\S+)", re.MULTILINE)  # as pytest names a test
_ENDLESS = -1  # the status of a command that did not end in time


def matches(mutant: Mutant, pattern: str) -> bool:
    """Whether the name of a mutant's file, or of a copy, is of this pattern."""
    return any(fnmatch.fnmatchcase(str(path), pattern) for path in mutant.files)


def given(root: Path, patterns: Sequence[str]) -> list[str]:
    """Return the names of the project's files that judges get.

    Args:
        root: directory of the project.
        patterns: as in the setting `doclab_judge_files`.

    Raises:
        DoclabError: if a pattern matches no file, or Git refuses.
    """
    found = repository.files(root) or []
    for pattern in patterns:
        if pattern != "*" and not fnmatch.filter(found, pattern):
            raise DoclabError(
                f"doclab_judge_files in conf.py names {pattern!r}, and no file of the project has"
                " such a name; correct the pattern, or leave it out."
            )
    return [name for name in found if any(fnmatch.fnmatchcase(name, p) for p in patterns)]


def check_patterns(
    commands: Mapping[str, str], every: Iterable[Mutant], names: Iterable[str]
) -> None:
    """See that each pattern of the settings stands for something, and the judges get it.

    Args:
        commands: as in the setting `doclab_judges`.
        every: all mutants.
        names: the files that the judges get.

    Raises:
        DoclabError: if one matches no file that has mutants, or one of those is not given.
    """
    found = list(every)
    have = set(names)
    for mutant in found:
        missing = [path for path in map(str, mutant.files) if path not in have]
        if missing and any(matches(mutant, pattern) for pattern in commands):
            raise DoclabError(
                f"doclab_judge_files in conf.py leaves out {missing[0]}, whose mutants"
                " doclab_judges gives to a command; add a pattern for it."
            )
    for pattern in commands:
        if not any(matches(mutant, pattern) for mutant in found):
            raise DoclabError(
                f"doclab_judges in conf.py names {pattern!r}, and no file of this name has"
                " mutants; correct the pattern, or leave it out."
            )


class Judges:
    """Runs the commands."""

    def __init__(
        self, commands: Mapping[str, str], folders: Sequence[Path], stop: threading.Event
    ) -> None:
        """Prepare.

        Args:
            commands: from a pattern of file names, such as "examples/*.js", to a command.
            folders: copies of the project, one for each that judges at a time.
            stop: set when the trials are to end.
        """
        self._commands = commands
        self._folders: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for folder in folders:
            self._folders.put(folder)
        self._stop = stop
        self._deadlines: dict[str, float] = {}  # of each command, in seconds

    def of(self, mutant: Mutant) -> list[str]:
        """Return the commands that judge a mutant's file."""
        found = [command for pattern, command in self._commands.items() if matches(mutant, pattern)]
        return list(dict.fromkeys(found))

    def check(self, command: str) -> None:
        """See that a command passes while nothing is broken, and how long it takes.

        Raises:
            DoclabError: if it does not: it could judge nothing.
        """
        start = time.monotonic()
        with self._folder() as folder:
            status, output = self._run(command, folder, None)
        if status != 0:
            raise DoclabError(
                f"doclab_judges: `{command}` ends with status {status} while nothing is broken,"
                f" so it can judge nothing; mend it first.\n{output[-2000:]}"
            )
        self._deadlines[command] = max(LEAST_SECONDS, PATIENCE * (time.monotonic() - start))

    def run(self, mutant: Mutant) -> Verdict:
        """Run the commands that judge a mutant until one fails.

        Raises:
            DoclabError: if one ends in a way that proves nothing.
            StoppedError: if the trials are to end.
        """
        with self._folder() as folder, _broken(mutant, folder):
            for command in self.of(mutant):
                deadline = self._deadlines[command]
                status, output = self._run(command, folder, deadline)
                if status == _ENDLESS:
                    red = f"`{command}`, which had not ended after {deadline:.0f} s"
                    return Verdict(mutant=mutant, by=By.TESTS, killed_by=red)
                if status == 1:
                    test = _FAILED.search(output)
                    red = test[1] if test else f"`{command}`"
                    return Verdict(mutant=mutant, by=By.TESTS, killed_by=red)
                if status != 0:
                    raise DoclabError(
                        f"{mutant}: `{command}` ended with status {status}, which proves nothing:"
                        f" 0 means that all is well, 1 that something is not.\n{output[-2000:]}"
                    )
        return Verdict(mutant=mutant, by=By.TESTS, killed_by="")

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        folder = self._folders.get()
        try:
            yield folder
        finally:
            self._folders.put(folder)

    def _run(self, command: str, folder: Path, deadline: float | None) -> tuple[int, str]:
        """Run a command; return its exit status and what it printed."""
        with tempfile.TemporaryFile() as output:
            try:
                process = subprocess.Popen(
                    shlex.split(command),
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise DoclabError(f"doclab_judges: `{command}` cannot be run: {error}.") from error
            end = None if deadline is None else time.monotonic() + deadline
            status = None
            try:
                while status is None:
                    try:
                        status = process.wait(_POLL)
                    except subprocess.TimeoutExpired:
                        if self._stop.is_set():
                            raise StoppedError from None
                        if end is not None and time.monotonic() > end:
                            status = _ENDLESS
            finally:
                with suppress(ProcessLookupError):  # what it has left behind too
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            output.seek(0)
            return status, output.read().decode("utf-8", "replace")


@contextmanager
def opened(
    commands: Mapping[str, str],
    root: Path,
    names: Iterable[str],
    *,
    count: int,
    stop: threading.Event,
) -> Iterator[Judges]:
    """Make copies of the project for judges, and remove them in the end.

    Args:
        commands: as in the setting.
        root: directory of the project.
        names: the files that the copies have.
        count: how many judge at a time.
        stop: set when the trials are to end.
    """
    with tempfile.TemporaryDirectory(prefix="doclab-") as parent:
        folders = [Path(parent) / str(number) for number in range(count)]
        for folder in folders:
            repository.copy_files(root, names, folder)
        yield Judges(commands, folders, stop)


@contextmanager
def _broken(mutant: Mutant, folder: Path) -> Iterator[None]:
    """Break a mutant's files in a copy of the project for a while."""
    original = (folder / mutant.location.path).read_text(encoding="utf-8")
    try:
        for path in mutant.files:
            (folder / path).write_text(mutants.broken_text(mutant, original), encoding="utf-8")
        yield
    finally:
        for path in mutant.files:
            (folder / path).write_text(original, encoding="utf-8")
