"""The attempts whose evidence is retained: of each failing test, and the best of those that pass.

The artefacts of the first failing attempts are retained. Once there are as many as may be, one in
which a test fails that has failed in none of them takes the place of the latest that the others
make up for, so that each failing test has evidence as long as there is room. Of those that passed
some are retained to compare: the last before the first failure, or preferably those that ran under
more of its conditions. All others are deleted as soon as they have ended, so that many runs take
the disk of a few.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from flakecore.bundle import Attempt, Settings
from flakecore.collect.capture.go_test import Ran
from flakecore.collect.zip_writer import remove_folder

_MOST_RECORDED = 10_000
_PASSING = 3
"""Passing attempts that are retained."""
_BY_CHANCE = "shuffle"
"""The setting that each run draws anew, by which no two are alike."""


@dataclass(slots=True)
class RetainedRuns:
    """The attempts of a hunt whose artefacts are retained, and counts of all attempts.

    Attributes:
        keep: how many failing attempts are retained at most.
        failing: the failing attempts that are retained, at most ``keep``, as they ran.
        passing: the passing attempts that are retained, at most ``_PASSING``, as they ran.
        recorded: every attempt as the manifest lists it, up to ``_MOST_RECORDED`` passing ones.
        runs: attempts that are over.
        failures: how many failed.
        drawn_runs, drawn_failures: those of them whose conditions were drawn evenly.
    """

    keep: int
    failing: list[Ran] = field(default_factory=list)
    passing: list[Ran] = field(default_factory=list)
    recorded: list[Attempt] = field(default_factory=list)
    runs: int = 0
    failures: int = 0
    drawn_runs: int = 0
    drawn_failures: int = 0

    def add(self, ran: Ran, root: Path) -> None:
        """Retain an attempt that has ended, or delete its folder below ``root``."""
        self.runs += 1
        self.drawn_runs += ran.attempt.drawn
        self.drawn_failures += ran.attempt.drawn and bool(ran.attempt.exit_code)
        gone: Ran | None = ran
        if ran.attempt.exit_code:
            self.failures += 1
            gone = self._redundant_with(ran)
        else:
            gone = self._worst_with(ran)
        kept = gone is not ran
        if kept or ran.attempt.exit_code or len(self.recorded) < _MOST_RECORDED:
            self.recorded.append(_recorded(ran.attempt, kept=kept))
        if gone is not None:
            remove_folder(root / gone.attempt.folder)
            if gone is not ran:
                index = self.recorded.index(_recorded(gone.attempt, kept=True))
                self.recorded[index] = _recorded(gone.attempt, kept=False)

    def _redundant_with(self, ran: Ran) -> Ran | None:
        """Take a failing attempt in; return the one that gives way, None as long as there is room.

        That is the attempt itself where all that failed in it has failed in those retained, or
        where each of them has a failure that no other has.
        """
        if len(self.failing) < self.keep:
            self.failing.append(ran)
            return None
        times = Counter(each for kept in self.failing for each in _failed(kept.attempt))
        failed = _failed(ran.attempt)
        if all(times[each] for each in failed):
            return ran
        times.update(failed)
        for at in reversed(range(len(self.failing))):
            if all(times[each] > 1 for each in _failed(self.failing[at].attempt)):
                self.failing.append(ran)
                return self.failing.pop(at)
        return ran

    def _worst_with(self, ran: Ran) -> Ran | None:
        """Take a passing attempt in; return the one that gives way, None as long as there is room.

        Before the first failure the oldest does, then the one that ran least as the failing one.
        """
        self.passing.append(ran)
        if len(self.passing) <= _PASSING:
            return None
        if not self.failing:
            return self.passing.pop(0)
        wanted = self.failing[0].attempt.settings
        alike = [_shared(each.attempt.settings, wanted) for each in self.passing]
        least = max(at for at, count in enumerate(alike) if count == min(alike))
        return self.passing.pop(least)

    def in_order(self) -> list[Ran]:
        """Return the retained attempts by number."""
        return sorted([*self.failing, *self.passing], key=lambda ran: ran.attempt.number)


def _failed(attempt: Attempt) -> frozenset[str]:
    """Return what failed in an attempt: tests, packages, and "" where no test is named."""
    return frozenset((*attempt.failed, *attempt.hung)) or frozenset(("",))


def _shared(settings: Settings, others: Settings) -> int:
    """Return how many settings two attempts had in common."""
    names = [each.name for each in fields(Settings) if each.name != _BY_CHANCE]
    return sum(getattr(settings, name) == getattr(others, name) for name in names)


def _recorded(attempt: Attempt, *, kept: bool) -> Attempt:
    return replace(attempt, kept=kept, folder=attempt.folder if kept else "")
