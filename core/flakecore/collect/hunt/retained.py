"""The attempts whose evidence is retained: the first that fail, and the best one that passes.

The artefacts of the first failing attempts are retained, and those of one that passed, to compare:
the last before the first failure, or preferably one that ran under the same conditions. All others
are deleted as soon as they have ended, so that many runs take the disk of a few.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from flakecore.bundle import Attempt, Settings
from flakecore.collect.capture.go_test import Ran
from flakecore.collect.zip_writer import remove_folder

_MOST_RECORDED = 10_000


@dataclass(slots=True)
class RetainedRuns:
    """The attempts of a hunt whose artefacts are retained, and counts of all attempts.

    Attributes:
        keep: how many failing attempts are retained at most.
        failing: the first failing attempts, at most ``keep``.
        passing: the passing attempt that is retained; None as long as there is none.
        recorded: every attempt as the manifest lists it, up to ``_MOST_RECORDED`` passing ones.
        runs: attempts that are over.
        failures: how many failed.
    """

    keep: int
    failing: list[Ran] = field(default_factory=list)
    passing: Ran | None = None
    recorded: list[Attempt] = field(default_factory=list)
    runs: int = 0
    failures: int = 0

    def add(self, ran: Ran, root: Path) -> None:
        """Retain an attempt that has ended, or delete its folder below ``root``."""
        self.runs += 1
        gone: Ran | None = ran
        if ran.attempt.exit_code:
            self.failures += 1
            if len(self.failing) < self.keep:
                self.failing.append(ran)
                gone = None
        elif self._is_better(ran):
            self.passing, gone = ran, self.passing
        kept = gone is not ran
        if kept or ran.attempt.exit_code or len(self.recorded) < _MOST_RECORDED:
            self.recorded.append(_recorded(ran.attempt, kept=kept))
        if gone is not None:
            remove_folder(root / gone.attempt.folder)
            if gone is not ran:
                index = self.recorded.index(_recorded(gone.attempt, kept=True))
                self.recorded[index] = _recorded(gone.attempt, kept=False)

    def _is_better(self, ran: Ran) -> bool:
        if self.passing is None or not self.failing:
            return True
        wanted = self.failing[0].attempt.settings
        return _alike(ran, wanted) and not _alike(self.passing, wanted)

    def in_order(self) -> list[Ran]:
        """Return the retained attempts by number."""
        every = [*self.failing, *([self.passing] if self.passing else [])]
        return sorted(every, key=lambda ran: ran.attempt.number)


def _alike(ran: Ran, settings: Settings) -> bool:
    return replace(ran.attempt.settings, shuffle="") == replace(settings, shuffle="")


def _recorded(attempt: Attempt, *, kept: bool) -> Attempt:
    return replace(attempt, kept=kept, folder=attempt.folder if kept else "")
