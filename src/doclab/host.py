# SPDX-License-Identifier: Apache-2.0
"""What is special about this machine, as Podman sees it; an ordinary one has nothing of it."""

from __future__ import annotations

import os
import pwd
import re
import resource
import subprocess
from collections.abc import Sequence
from pathlib import Path

from doclab.model import DoclabError

CGROUPS = Path("/sys/fs/cgroup")
CAP_SYS_RESOURCE = 24
_NAMESPACE = Path("/run/doclab/mount-namespace")
# `useradd` gives users 65536 ids each from 100000 on, and the machines have two
# users with containers of their own: that of the image, and the tutorial's.
_IDS = 100_000 + 2 * 65_536


def check_ids() -> None:
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


def has_capability(number: int) -> bool:
    """Whether this process has a capability; numbers as in linux/capability.h."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^CapEff:\s*([0-9a-f]+)", status, re.MULTILINE)
    return found is not None and bool(int(found[1], 16) >> number & 1)


def limits() -> list[tuple[str, int]]:
    """Limits below the hard ones: root here may not raise them, nor keep them."""
    found = []
    for name, which, most in (
        ("nofile", resource.RLIMIT_NOFILE, 20000),
        ("nproc", resource.RLIMIT_NPROC, 32768),
    ):
        hard = resource.getrlimit(which)[1]
        found.append((name, most if hard == resource.RLIM_INFINITY else min(most, hard - 1)))
    return found


def has_pids_controller(command: Sequence[str]) -> bool:
    """Whether the number of processes can be limited where Podman is called."""
    done = subprocess.run(
        [*command[:-1], "cat", str(CGROUPS / "cgroup.controllers")],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
    )
    return "pids" in done.stdout.split()


def with_cgroup2() -> tuple[str, ...]:
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
          umount -R {CGROUPS} && mount -t cgroup2 cgroup2 {CGROUPS}'
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
        [*enter, "stat", "-fc", "%T", str(CGROUPS)],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
    )
    return done.stdout.strip() == "cgroup2fs"
