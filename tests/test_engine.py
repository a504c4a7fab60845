# SPDX-License-Identifier: Apache-2.0
"""The container engine is found, or the message says what to do about it.

A program in place of Podman answers: no container engine is called.
"""

from __future__ import annotations

import os
import pwd
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from doclab.engine import Engine, detect
from doclab.model import DoclabError

# Says how many ids a user has when asked, and its version otherwise.
ROOTLESS = """case "$1 $3" in
  "unshare /proc/self/uid_map") printf '0 1000 1\\n1 100000 {uids}\\n';;
  "unshare /proc/self/gid_map") printf '0 1000 1\\n1 100000 {gids}\\n';;
  *) echo {version};;
esac"""


def podman(folder: Path, script: str) -> Path:
    """Make a program that is called podman."""
    program = folder / "podman"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory that comes first in PATH, for somebody who is not root."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return tmp_path


@pytest.mark.parametrize("version", ["4.3", "4.3.1", "5.4.2", "6.0.0-dev", "10.0"])
def test_new_enough(programs: Path, version: str) -> None:
    """A version that the lab can use is taken."""
    podman(programs, ROOTLESS.format(uids=231071, gids=231071, version=version))
    found = detect()
    assert found.version == version
    assert found.argv("ps") == ["podman", "ps"]
    assert {"--privileged", "--systemd=always"} <= set(found.machine_flags)


@pytest.mark.parametrize("version", ["3.4.4", "4.2.9", "4.0", "4", "0.1"])
def test_too_old(programs: Path, version: str) -> None:
    """The message names both versions."""
    podman(programs, f"echo {version}")
    with pytest.raises(DoclabError) as caught:
        detect()
    assert str(caught.value) == (
        f"Podman {version} is too old: the lab needs 4.3 or later."
        " Install a newer one from your distribution."
    )


@pytest.mark.parametrize(
    ("uids", "gids", "kind", "found"),
    [(65536, 65536, "uid", 65537), (231070, 300000, "uid", 231071), (300000, 9, "gid", 10)],
)
def test_too_few_ids(
    programs: Path, monkeypatch: pytest.MonkeyPatch, uids: int, gids: int, kind: str, found: int
) -> None:
    """The message says how many there are, and how to get more."""
    entry = pwd.getpwuid(0)
    monkeypatch.setattr(pwd, "getpwuid", lambda _uid: entry)
    podman(programs, ROOTLESS.format(uids=uids, gids=gids, version="5.4.2"))
    with pytest.raises(DoclabError) as caught:
        detect()
    message = str(caught.value)
    assert message.startswith(f"root has {found} subordinate ids ({kind}), and the machines")
    assert "sudo usermod --add-subuids 1000000-1299999" in message


@pytest.mark.parametrize(
    "script",
    [
        "echo no runtime >&2; exit 125",
        "echo 5.4.2; echo no runtime >&2; exit 1",
        "echo no runtime >&2",
        "echo no runtime >&2; kill -9 $$",
    ],
)
def test_broken(programs: Path, script: str) -> None:
    """The message has Podman's own, and the remedy."""
    podman(programs, script)
    with pytest.raises(DoclabError) as caught:
        detect()
    assert str(caught.value) == (
        "Podman does not work here: no runtime\n`nox -s host` installs what it needs."
    )


def test_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the remedy."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DoclabError, match=r"^Podman is not installed; `nox -s host` "):
        detect()


def an_engine(program: Path) -> Engine:
    """Return an engine that is a program."""
    return Engine(command=(str(program),), run_flags=(), build_flags=(), version="5")


def test_call(tmp_path: Path) -> None:
    """A call passes arguments and standard input, and returns what was printed."""
    program = podman(tmp_path, 'printf "<%s>" "$@"; cat; pwd; echo err >&2')
    done = an_engine(program).call("a b", "*", text="input\n")
    assert (done.stdout, done.stderr) == ("<a b><*>input\n/\n", "err\n")


def test_call_that_may_fail(tmp_path: Path) -> None:
    """Without `check`, a failure is an answer."""
    assert an_engine(podman(tmp_path, "exit 3")).call("x", check=False).returncode == 3


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("Error: write: no space left on device", "The disk is full"),
        ("Temporary failure resolving 'mirror.example.org'", "The network did not answer"),
        ("dial tcp: lookup registry.example.org: no such host", "The network did not answer"),
        ("bind: address already in use", "A port or an address is in use"),
    ],
)
def test_failure_with_a_remedy(tmp_path: Path, message: str, remedy: str) -> None:
    """What is known to happen comes with what to do."""
    program = podman(tmp_path, f"echo {shlex.quote(message)} >&2; exit 125")
    with pytest.raises(DoclabError) as caught:
        an_engine(program).call("run", "--detach", "image")
    assert str(caught.value).startswith(f"`podman run --detach …` failed:\n{message}\n{remedy}")


def test_failure_that_says_much(tmp_path: Path) -> None:
    """Of a long message, the end counts."""
    program = podman(tmp_path, "seq 100 >&2; exit 1")
    with pytest.raises(DoclabError) as caught:
        an_engine(program).call("build", ".")
    assert str(caught.value).split("\n")[1:] == [str(number) for number in range(86, 101)]


def test_call_that_hangs(tmp_path: Path) -> None:
    """A call ends at its time limit."""
    program = podman(tmp_path, "exec sleep 60")
    with pytest.raises(DoclabError, match=r"`podman pull x …` did not end within 0\.2 s"):
        an_engine(program).call("pull", "x", timeout=0.2)


def test_interrupted(tmp_path: Path, interrupt_after: Callable[[Path], None]) -> None:
    """Podman may clean up after itself, and is not there any more then."""
    text = (
        f"trap 'echo > {tmp_path}/removed; exit 1' TERM\necho > {tmp_path}/started\n"
        "while :; do sleep 0.1; done"
    )
    engine = an_engine(podman(tmp_path, text))

    interrupt_after(tmp_path / "started")
    with pytest.raises(KeyboardInterrupt):
        engine.call("build", ".")
    assert (tmp_path / "removed").exists()
