# SPDX-License-Identifier: Apache-2.0
"""A lab machine as the benchmark uses it: commands, and the agent that measures there."""

from __future__ import annotations

import dataclasses
import json
import select
import subprocess
from pathlib import Path
from typing import Any

from doclab.machine import Machine
from doclab.model import DoclabError

AGENT = Path(__file__).parent / "agent.py"
PLACE = "/run/bench"  # directory on the machine
USER = "test"
_LIMIT = 100.0  # seconds for an answer of the agent; its programs have less


@dataclasses.dataclass(frozen=True, kw_only=True)
class Done:
    """A program that has ended."""

    status: int  # its exit status; negative: the signal that ended it
    out: str
    err: str
    processor: dict[str, float]  # seconds that each program took meanwhile, by name


class Station:
    """One machine of the lab."""

    def __init__(self, machine: Machine) -> None:
        """Bring the agent to a machine that is up, and start it.

        Raises:
            DoclabError: if the machine has no Python.
        """
        self._machine = machine
        self.name = machine.name
        self.address = machine.addresses[0]
        self.put("agent.py", AGENT.read_text(encoding="utf-8"))
        self._agent = subprocess.Popen(
            machine.engine.argv(
                "exec", "--interactive", machine.container, "python3", f"{PLACE}/agent.py"
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for us, who then remove the lab
        )

    def ask(self, do: str, **arguments: Any) -> Any:
        """Let the agent do something; return its answer.

        Raises:
            DoclabError: if it fails, or does not answer within 100 s.
        """
        stdin, stdout, stderr = self._agent.stdin, self._agent.stdout, self._agent.stderr
        if stdin is None or stdout is None or stderr is None:
            raise AssertionError("Popen was told to make pipes")
        try:
            stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            stdin.flush()
            ready, _, _ = select.select([stdout], [], [], _LIMIT)
            line = stdout.readline() if ready else ""
        except BrokenPipeError:
            line = ""
        if not line:
            self._agent.kill()
            raise DoclabError(
                f"{self.name}: the agent of the benchmark did not answer when told to {do!r}."
                f"\n{stderr.read().strip()[-1000:]}"
            )
        answer = json.loads(line)
        if "problem" in answer:
            raise DoclabError(f"{self.name}: {do}: {answer['problem']}")
        return answer["answer"]

    def run(
        self,
        argv: list[str],
        *,
        name: str,
        interrupt: float = 0.0,
        limit: float = 60.0,
        alone: bool = False,
    ) -> Done:
        """Run a program as root, and see what processor time is spent meanwhile.

        Args:
            argv: its command line.
            name: under which its own processor time is listed.
            interrupt: seconds after which it gets SIGINT; 0: never.
            limit: seconds after which it is killed.
            alone: whether it stays on the last processor.
        """
        return Done(
            **self.ask("run", argv=argv, name=name, interrupt=interrupt, limit=limit, alone=alone)
        )

    def put(self, name: str, text: str) -> str:
        """Write a file that everybody may read; return its place on the machine."""
        path = f"{PLACE}/{name}"
        script = 'mkdir -p "$(dirname "$1")" && cat > "$1" && chmod 755 "$1"'
        self._machine.execute("sh", "-c", script, "sh", path, text=text)
        return path

    def as_root(self, script: str) -> str:
        """Run a shell script as root; return what it prints.

        Raises:
            DoclabError: if it fails.
        """
        done = self.run(["bash", "-c", f"set -e\n{script}"], name="bash")
        if done.status != 0:
            raise DoclabError(f"{self.name}: this script failed:\n{script}\n{done.out}{done.err}")
        return done.out

    def as_user(self, script: str) -> str:
        """Run a script in a login shell of the user `test`; return what it prints.

        Raises:
            DoclabError: if it fails; with its output.
        """
        # From a file: systemd would look for variables in an argument.
        path = self.put("script", f"set -e\n{script}\necho all-done\n")
        done = self._machine.execute(
            "machinectl", "--quiet", "--setenv=SYSTEMD_PAGER=cat", "shell", f"{USER}@",
            "/bin/bash", "-l", path, check=False,
        )  # fmt: skip
        output = done.stdout.replace("\r\n", "\n")
        if not output.endswith("all-done\n"):
            raise DoclabError(f"{self.name}: this script failed:\n{script}\n{output}{done.stderr}")
        return output.removesuffix("all-done\n")

    def versions(self) -> dict[str, str]:
        """Return the versions of what the machine is made of."""
        return self._machine.versions()

    def close(self) -> None:
        """End the agent; the machine stays."""
        if self._agent.poll() is None:
            self._agent.kill()
        self._agent.communicate()
