"""Runs of the same test binaries, numbered from 1, each with a folder of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

from flakecore.bundle import Settings
from flakecore.collect.capture.go_test import Ran
from flakecore.collect.capture.process import Interruption
from flakecore.collect.command.plan import Plan, Tools
from flakecore.collect.hunt.rerun import Built, run_again


class NumberedRuns:
    """Runs the tests again and again below a bundle's ``attempts``; threads may share it.

    Attributes:
        root: the bundle in its unpacked layout.
        interruption: what signals are noted in, which end each run.
    """

    def __init__(
        self,
        plan: Plan,
        tools: Tools,
        root: Path,
        interruption: Interruption,
        oom_kills: Callable[[], int],
    ) -> None:
        """Make the folder of the attempts.

        Args:
            plan: what is run.
            tools: the relay.
            root: the bundle in its unpacked layout, without attempts yet.
            interruption: what signals are noted in.
            oom_kills: returns how many processes were killed so far for want of memory.
        """
        self.root = root
        self.interruption = interruption
        self._plan = plan
        self._tools = tools
        self._oom_kills = oom_kills
        self._numbers = itertools.count(1)
        self._attempts = root / "attempts"
        self._attempts.mkdir()

    def run(self, built: Built, settings: Callable[[int], Settings]) -> Ran:
        """Run the tests once, under the settings for the number of the run."""
        number = next(self._numbers)
        folder = self._attempts / f"{number:03d}"
        folder.mkdir()
        return run_again(
            self._plan,
            self._tools,
            built,
            folder,
            number,
            settings(number),
            self.interruption,
            self._oom_kills,
        )
