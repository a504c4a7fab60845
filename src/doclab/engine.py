"""The container engine outside: the `podman` command line of this machine.

What is special about a machine is detected here, and nowhere else: see
`detect`. An ordinary machine needs none of it.
"""

from __future__ import annotations

import dataclasses
import os
import pwd
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from doclab import storage
from doclab.model import DoclabError

OLDEST_PODMAN = (4, 3)
LABEL = "doclab"
_CGROUPS = Path("/sys/fs/cgroup")
_NAMESPACE = Path("/run/doclab/mount-namespace")
_CAP_SYS_RESOURCE = 24
# `useradd` gives users 65536 ids each from 100000 on, and the machines have two
# users with containers of their own: that of the image, and the tutorial's.
_IDS = 100_000 + 2 * 65_536


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
            done = subprocess.run(
                argv,
                check=False,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout,
                cwd="/",
                input=text if text is not None else "",
                start_new_session=True,  # Ctrl-C is for us, who then clean up
            )
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
        if not (_CGROUPS / "cgroup.controllers").exists():
            command = _with_cgroup2()
        if not _has_capability(_CAP_SYS_RESOURCE):
            build_flags.append("--isolation=chroot")
            run_flags += [f"--ulimit={name}={value}:{value}" for name, value in _limits()]
    else:
        _check_ids()
    if not _has_pids_controller(command):
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


def _check_ids() -> None:
    """See whether machines made by an ordinary user can have users with containers."""
    for kind in ("uid", "gid"):
        done = subprocess.run(
            ["podman", "unshare", "cat", f"/proc/self/{kind}_map"],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
        )
        if done.returncode != 0:
            raise DoclabError(f"Podman does not work here: {done.stderr.strip()}")
        found = sum(int(line.split()[2]) for line in done.stdout.splitlines())
        if found < _IDS:
            user = pwd.getpwuid(os.geteuid()).pw_name
            raise DoclabError(
                f"{user} has {found} subordinate ids ({kind}), and the machines of a lab need"
                f" {_IDS}, since their users have containers too. Give it more, if no other"
                " user has these:\n  sudo usermod --add-subuids 1000000-1299999"
                f" --add-subgids 1000000-1299999 {user}\n  podman system migrate"
            )


def _has_capability(number: int) -> bool:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^CapEff:\s*([0-9a-f]+)", status, re.MULTILINE)
    return found is not None and bool(int(found[1], 16) >> number & 1)


def _limits() -> list[tuple[str, int]]:
    """Limits below the hard ones: root here may not raise them, nor keep them."""
    found = []
    for name, which, most in (
        ("nofile", resource.RLIMIT_NOFILE, 20000),
        ("nproc", resource.RLIMIT_NPROC, 32768),
    ):
        hard = resource.getrlimit(which)[1]
        found.append((name, most if hard == resource.RLIM_INFINITY else min(most, hard - 1)))
    return found


def _has_pids_controller(command: Sequence[str]) -> bool:
    done = subprocess.run(
        [*command[:-1], "cat", str(_CGROUPS / "cgroup.controllers")],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
    )
    return "pids" in done.stdout.split()


def _with_cgroup2() -> tuple[str, ...]:
    """Make a mount namespace in which cgroups are v2 only; return how to enter it.

    crun refuses *hybrid* cgroups. The namespace lasts until the next boot, since
    all calls that share containers must be made in the same one.
    """
    enter = ("nsenter", f"--mount={_NAMESPACE}", "--wd=/")
    if _usable(enter):
        return (*enter, "podman")
    script = f"""
        set -eu
        mkdir -p {_NAMESPACE.parent}
        mountpoint -q {_NAMESPACE.parent} || mount --bind {_NAMESPACE.parent} {_NAMESPACE.parent}
        mount --make-private {_NAMESPACE.parent}
        touch {_NAMESPACE}
        unshare --mount={_NAMESPACE} --propagation private sh -c '
          umount -R {_CGROUPS} && mount -t cgroup2 cgroup2 {_CGROUPS}'
    """
    done = subprocess.run(
        ["sh", "-c", script], check=False, capture_output=True, text=True, cwd="/"
    )
    if done.returncode != 0 or not _usable(enter):
        raise DoclabError(
            "This machine's cgroups are not v2 only, and a mount namespace with v2 only"
            f" could not be made: {done.stderr.strip()}\nBoot with"
            " systemd.unified_cgroup_hierarchy=1, or use another machine."
        )
    return (*enter, "podman")


def _usable(enter: Sequence[str]) -> bool:
    if not _NAMESPACE.exists():
        return False
    done = subprocess.run(
        [*enter, "stat", "-fc", "%T", str(_CGROUPS)],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
    )
    return done.stdout.strip() == "cgroup2fs"
