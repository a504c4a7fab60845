# SPDX-License-Identifier: Apache-2.0
"""Limits: how long a scenario, and each command in it, may take."""

from __future__ import annotations

import time

SCENARIO = 1800.0  # seconds, if conf.py says nothing else


class Limits:
    """The time that is left."""

    def __init__(self, scenario: float = SCENARIO) -> None:
        """Start the clock of a scenario that may take so many seconds."""
        self.scenario = scenario
        self.given = scenario  # seconds that the last command had
        self._end = time.monotonic() + scenario

    def left(self) -> float:
        """Return the seconds that are left to the scenario."""
        return max(0.0, self._end - time.monotonic())

    def give(self, *seconds: float) -> float:
        """Return the least of some limits and of what the scenario has left."""
        self.given = min(*seconds, self.left())
        return self.given
