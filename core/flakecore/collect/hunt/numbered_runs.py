"""Runs of the same test binaries, numbered from 1, each with a folder of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flakecore.bundle import Settings
from flakecore.collect.capture.go_test import Ran
from flakecore.collect.capture.process import Interruption
from flakecore.collect.command.plan import Plan, Tools
from flakecore.collect.hunt.rerun import Built, run_again


@dataclass(slots=True)
class NumberedRuns:
    """Runs the tests again and again below a bundle's ``attempts``; threads may share it.

    Attributes:
        plan: what is run.
        tools: the relay.
        root: the bundle in its unpacked layout, without attempts yet.
        interruption: what signals are noted in, which end each run.
        oom_kills: returns how many processes were killed so far for want of memory.
    """

    plan: Plan
    tools: Tools
    root: Path
    interruption: Interruption
    oom_kills: Callable[[], int]
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1), init=False)

    def __post_init__(self) -> None:
        """Make the folder of the attempts."""
        (self.root / "attempts").mkdir()

    def run(self, built: Built, settings: Callable[[int], Settings]) -> Ran:
        """Run the tests once, under the settings for the number of the run."""
        number = next(self._numbers)
        folder = self.root / "attempts" / f"{number:03d}"
        folder.mkdir()
        return run_again(
            self.plan,
            self.tools,
            built,
            folder,
            number,
            settings(number),
            self.interruption,
            self.oom_kills,
        )
