# SPDX-License-Identifier: Apache-2.0
"""The terminals on a lab's machines: each is opened when it is first wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from doclab.machine import START_DEADLINE
from doclab.model import DoclabError
from doclab.terminal import Terminal


class Terminals:
    """Those that are open, by machine and name."""

    def __init__(
        self, login: Callable[[str], list[str]], *, nonce: str, stop: threading.Event
    ) -> None:
        """Prepare; none is open yet.

        Args:
            login: returns the command line that logs in on a machine.
            nonce: secret of the lab, by which shells make themselves known.
            stop: set when the run is to end.
        """
        self._login = login
        self._nonce = nonce
        self._stop = stop
        self._open: dict[tuple[str, str], Terminal] = {}

    def __iter__(self) -> Iterator[tuple[str, str, Terminal]]:
        """Return the machine and the name of each terminal that is open, and the terminal."""
        for (machine, name), terminal in self._open.items():
            yield machine, name, terminal

    def get(self, machine: str, name: str) -> Terminal:
        """Return a terminal on a machine; log in if there is none of this name.

        Raises:
            DoclabError: if no shell comes.
        """
        key = (machine, name)
        if key not in self._open:
            terminal = Terminal(
                self._login(machine),
                nonce=self._nonce,
                stop=self._stop,
                meanwhile=self._keep_reading,
            )
            self._open[key] = terminal
            outcome = terminal.wait_for_prompt(START_DEADLINE)
            if outcome.problem is not None:
                self.close(machine, name)
                raise DoclabError(
                    f"no shell on {machine!r}: {outcome.problem.value}\n{outcome.output}"
                )
        return self._open[key]

    def _keep_reading(self) -> None:
        """Take what commands print that go on in the terminals."""
        for terminal in self._open.values():
            terminal.keep_reading()

    def close(self, machine: str, name: str | None) -> None:
        """End the terminal of this name on a machine if there is one; all, without a name."""
        for key in list(self._open):
            if key[0] == machine and name in (None, key[1]):
                self._open.pop(key).close()

    def close_all(self) -> None:
        """End all terminals."""
        for machine, name in list(self._open):
            self.close(machine, name)
