# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from claims import agent

_STAT = "7 (a (b) c) S 1 7 7 0 -1 4194560 1 0 0 0 150 50 9 9 20 0 1 0 100 1 1"


def test_stat_of_a_program_with_brackets_in_its_name() -> None:
    assert agent.parse_stat(_STAT) == ("7 a (b) c", 2.0)


def test_what_is_no_stat_is_an_error() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        agent.parse_stat("nonsense")


def test_interrupts_are_the_hard_and_the_soft_ones() -> None:
    assert agent.parse_interrupts("cpu  1 2 3 4 5 60 40 8 9 10\ncpu0 9 9") == 1.0


@pytest.mark.parametrize(
    ("name", "known"),
    [("pasta.avx2", "pasta"), ("rootlessport-ch", "rootlessport"), ("ksoftirqd/1", "ksoftirqd"),
     ("workerd", "workerd")],
)  # fmt: skip
def test_programs_have_the_names_that_people_know(name: str, known: str) -> None:
    assert agent.program(name) == known


def test_a_program_that_ended_meanwhile_takes_nothing_away() -> None:
    before = {"1 workerd": 5.0, "2 pasta": 9.0}
    after = {"1 workerd": 5.5, "3 workerd": 1.0, "4 idle": 0.001}
    assert agent.difference(before, after) == {"workerd": 1.5}


def test_run_says_what_was_printed_and_who_worked() -> None:
    work = "import sys; sum(range(4_000_000)); print('out'); print('err', file=sys.stderr); exit(3)"
    done = agent.run([sys.executable, "-c", work], "busy")
    assert (done["status"], done["out"], done["err"]) == (3, "out\n", "err\n")
    assert done["processor"]["busy"] > 0.01


@pytest.fixture
def deaf() -> Iterator[None]:
    """Have programs start deaf to SIGINT, so that none is hit before it can say what to do."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


@pytest.mark.usefixtures("deaf")
def test_run_interrupts_in_time() -> None:
    listens = "signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT]); time.sleep(60)"
    polite = f"import signal, time\ntry: {listens}\nexcept KeyboardInterrupt: print('bye')"
    ready = agent.run([sys.executable, "-c", polite], "polite", interrupt=0.2)
    assert (ready["status"], ready["out"]) == (0, "bye\n")


@pytest.mark.usefixtures("deaf")
def test_run_kills_at_last() -> None:
    dead = agent.run(["sleep", "60"], "deaf", interrupt=0.1, limit=0.3)
    assert dead["status"] == -signal.SIGKILL


_TWO_THREADS = """
import threading
end = threading.Event()
threading.Thread(target=end.wait).start()
print("ready", flush=True)
input()
end.set()
"""
_WHERE = "import os; print(sorted(os.sched_getaffinity(0)))"


@pytest.mark.parametrize("alone", [False, True])
def test_who_runs_alone_has_the_last_processor(*, alone: bool) -> None:
    mine = sorted(os.sched_getaffinity(0))
    found = agent.run([sys.executable, "-c", _WHERE], "where", alone=alone)
    assert json.loads(found["out"]) == (mine[-1:] if alone else mine)
    assert sorted(os.sched_getaffinity(0)) == mine


def test_all_threads_of_a_program_are_kept_on_the_first_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _TWO_THREADS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()
    group = tmp_path / "user.slice" / "way.service"
    group.mkdir(parents=True)
    (group / "cgroup.procs").write_text(f"{child.pid}\n{os.getpid()}\n")
    monkeypatch.setattr(agent, "CGROUPS", tmp_path)
    name = agent._name(str(child.pid))
    monkeypatch.setattr(agent, "_name", lambda pid: name if pid == str(child.pid) else "other")
    mine = os.sched_getaffinity(0)
    try:
        assert agent.pin("way.service", name) == 2
        threads = [int(path.name) for path in Path(f"/proc/{child.pid}/task").iterdir()]
        assert [os.sched_getaffinity(thread) for thread in threads] == [{min(mine)}] * 2
        assert os.sched_getaffinity(0) == mine
    finally:
        child.communicate(b"\n")


def answering(text: bytes) -> int:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener, listener.accept()[0] as client:
            client.recv(1000)
            client.sendall(text)

    threading.Thread(target=serve, daemon=True).start()
    return int(listener.getsockname()[1])


def test_first_byte_is_timed() -> None:
    found = agent.first_byte(answering(b"HTTP/1.1 200 OK\r\n\r\n"), "example.com")
    assert 0 < found["total"] < 10
    assert found["real"] > 1e9


def test_an_answer_that_is_no_success_is_an_error() -> None:
    with pytest.raises(OSError, match="502 Bad"):
        agent.first_byte(answering(b"HTTP/1.1 502 Bad Gateway\r\n\r\n"), "example.com")


def test_the_agent_answers_line_by_line() -> None:
    asked = [
        {"do": "run", "argv": ["echo", "hello"], "name": "echo"},
        {"do": "no such thing"},
        {"do": "open"},
        {"do": "close"},
        {"do": "run", "argv": ["/no/such/program"], "name": "none"},
    ]
    done = subprocess.run(
        [sys.executable, agent.__file__], check=True, text=True, capture_output=True,
        input="".join(json.dumps(line) + "\n" for line in asked),
    )  # fmt: skip
    run, unknown, opened, closed, missing = map(json.loads, done.stdout.splitlines())
    assert run["answer"]["out"] == "hello\n"
    assert unknown["problem"].startswith("KeyError")
    assert opened == {"answer": None}
    assert isinstance(closed["answer"], dict)
    assert missing["problem"].startswith("FileNotFoundError")


def test_processes_of_a_service_are_found_by_its_control_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = tmp_path / "app.slice" / "x.service" / "libpod-payload-1"
    group.mkdir(parents=True)
    (group / "cgroup.procs").write_text(f"{os.getpid()}\n")
    monkeypatch.setattr(agent, "CGROUPS", tmp_path)
    found = agent.footprint("x.service")
    assert len(found["programs"]) == 1
    assert found["bytes"] > 1_000_000
    assert agent.footprint("y.service") == {"programs": [], "bytes": 0}
