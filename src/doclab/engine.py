# SPDX-License-Identifier: Apache-2.0
"""The container engine outside: the `podman` command line of this machine.

What is special about a machine is detected here and in `host.py`, and nowhere
else: see `detect`. An ordinary machine needs none of it.
"""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from doclab import host, storage
from doclab.model import DoclabError

OLDEST_PODMAN = (4, 3)
LABEL = "doclab"
_TO_END = 10.0  # seconds that Podman has to end when we are interrupted


@dataclasses.dataclass(frozen=True, kw_only=True)
class Engine:
    """How to call Podman on this machine."""

    command: tuple[str, ...]  # what comes before Podman's own arguments
    run_flags: tuple[str, ...]  # for every container of the lab
    build_flags: tuple[str, ...]  # for images of the lab
    version: str
    files: tuple[str, ...] = ()  # what comes before a program that handles Podman's files

    @property
    def machine_flags(self) -> tuple[str, ...]:
        """Flags for containers in which systemd is process 1."""
        return (*self.run_flags, "--systemd=always")

    def argv(self, *arguments: str) -> list[str]:
        """Return the full command line of a call."""
        return [*self.command, *arguments]

    def call(
        self,
        *arguments: str,
        check: bool = True,
        timeout: float = 300.0,
        text: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run Podman and return what it printed.

        Args:
            arguments: Podman's own.
            check: whether a failure is an error.
            timeout: seconds.
            text: standard input.

        Raises:
            DoclabError: if it fails or takes too long.
        """
        argv = self.argv(*arguments)
        try:
            done = _run(argv, timeout=timeout, text=text if text is not None else "")
        except subprocess.TimeoutExpired as error:
            raise DoclabError(
                f"`podman {' '.join(arguments[:3])} …` did not end within {timeout:g} s;"
                " look at the load of this machine, and try again."
            ) from error
        if check and done.returncode != 0:
            message = done.stderr.strip() or done.stdout.strip()
            raise DoclabError(_explain(("podman", *arguments), message))
        return done

    def copy_files(self, source: Path, target: Path) -> None:
        """Copy what is in one of Podman's directories into another.

        Raises:
            DoclabError: if it fails.
        """
        self._handle(sys.executable, "-I", "-S", storage.__file__, str(source), str(target))

    def read_file(self, path: Path) -> str | None:
        """Return the text of a file in a volume, or None if there is none."""
        done = self._handle("cat", str(path), check=False)
        return done.stdout if done.returncode == 0 else None

    def write_file(self, path: Path, text: str) -> None:
        """Write a file in a volume, whole or not at all.

        Raises:
            DoclabError: if it fails.
        """
        new = f"{path}.new"
        self._handle("sh", "-c", 'cat > "$1" && mv "$1" "$2"', "sh", new, str(path), text=text)

    def _handle(
        self, *argv: str, check: bool = True, text: str = ""
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*self.files, *argv],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            input=text,
            start_new_session=True,
        )
        if check and done.returncode != 0:
            raise DoclabError(_explain(argv, done.stderr.strip()))
        return done


def _explain(arguments: Sequence[str], message: str) -> str:
    last = "\n".join(message.splitlines()[-15:])
    remedy = ""
    if "no space left on device" in message.lower():
        remedy = "\nThe disk is full: make room (`podman system df` shows what Podman holds)."
    elif re.search(
        r"temporary failure resolving|could not resolve|network is unreachable|no such host",
        message,
        re.IGNORECASE,
    ):
        remedy = "\nThe network did not answer: building the lab needs it, once."
    elif "address already in use" in message.lower():
        remedy = "\nA port or an address is in use: `podman ps --all` shows whose it may be."
    return f"`{' '.join(arguments[:3])} …` failed:\n{last}{remedy}"


def detect() -> Engine:
    """Find Podman, and what this machine needs besides.

    Raises:
        DoclabError: if Podman is missing, too old, or may not be used.
    """
    if shutil.which("podman") is None:
        raise DoclabError("Podman is not installed; `nox -s host` installs it.")
    version = _version()
    command: tuple[str, ...] = ("podman",)
    run_flags = ["--privileged"]
    build_flags: list[str] = []
    if os.geteuid() == 0:
        if not (host.CGROUPS / "cgroup.controllers").exists():
            command = host.with_cgroup2()
        if not host.has_capability(host.CAP_SYS_RESOURCE):
            build_flags.append("--isolation=chroot")
            run_flags += [f"--ulimit={name}={value}:{value}" for name, value in host.limits()]
    else:
        host.check_ids()
    if not host.has_pids_controller(command):
        run_flags.append("--pids-limit=0")
        if "--isolation=chroot" not in build_flags:
            build_flags.append("--isolation=chroot")
    return Engine(
        command=command,
        run_flags=tuple(run_flags),
        build_flags=tuple(build_flags),
        version=version,
        # An ordinary user's files in a container belong to subordinate users.
        files=() if os.geteuid() == 0 else (*command, "unshare"),
    )


def _run(argv: list[str], *, timeout: float, text: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; when we are interrupted, let it clean up after itself."""
    with subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        cwd="/",
        start_new_session=True,  # Ctrl-C is for us, who then clean up
    ) as process:
        try:
            said, complained = process.communicate(text, timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        except BaseException:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_TO_END)
            process.kill()
            raise
    return subprocess.CompletedProcess(argv, process.returncode, said, complained)


def _version() -> str:
    """Return Podman's version, if it is one that works and is not too old."""
    done = subprocess.run(
        ["podman", "version", "--format", "{{.Client.Version}}"],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
    )
    version = done.stdout.strip()
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if done.returncode != 0 or not numbers:
        raise DoclabError(
            f"Podman does not work here: {done.stderr.strip()}\n"
            "`nox -s host` installs what it needs."
        )
    if numbers < OLDEST_PODMAN:
        oldest = ".".join(map(str, OLDEST_PODMAN))
        raise DoclabError(
            f"Podman {version} is too old: the lab needs {oldest} or later."
            " Install a newer one from your distribution."
        )
    return version
