"""The first step at which two runs of a test differ and that could reach how it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.comparison.divergence.execution import ExecutionPair, TestExecution, goroutine_name
from flakecore.comparison.divergence.roles import GoroutineRole, is_elsewhere
from flakecore.comparison.predicates.event import RunEvent, TestRecord
from flakecore.times import format_duration

_STRAY = 0.05
"""Share of the runs that passed up to which what they did is no habit: a run that should have
failed passes now and then. Chosen: one of twenty."""


@dataclass(frozen=True, slots=True)
class FirstDifference:
    """Where two runs of a test part.

    Attributes:
        role: the goroutine that did otherwise.
        numbers: its number in either run; 0 where it is not there.
        times_ns: when it did, in either run since the test began; None where it did nothing more.
        words: what it did in either run, its name in front of both.
        is_usual: whether other runs that passed did as the first one did, so that it may mean
            nothing.
        places: where a delay could bring the first run's side about, ``x_test.go:32``, the likelier
            first: what came in time in the second run, then what the first one did instead.
    """

    role: GoroutineRole
    numbers: tuple[int, int]
    times_ns: tuple[int | None, int | None]
    words: tuple[str, str]
    is_usual: bool
    places: tuple[str, ...] = ()

    @property
    def since_ns(self) -> int:
        """The moment in the first run, or else in the second."""
        first, second = self.times_ns
        return first if first is not None else second or 0

    def sentence(self) -> str:
        """Return both sides with their moments: ``in A, at 8ms, work (G9) …; in B, at 7ms, …``."""
        sides = []
        for letter, words, time_ns in zip("AB", self.words, self.times_ns, strict=True):
            at = f", at {format_duration(time_ns)}," if time_ns is not None else ""
            sides.append(f"in {letter}{at} {words}")
        return "; ".join(sides)


class UsualEvents:
    """In how many of the runs that passed each event happened."""

    def __init__(self, passed: Sequence[TestRecord]) -> None:
        """Count them."""
        sets = [{record.table[at] for at in record.event.tolist()} for record in passed]
        self._runs, self._counts = len(sets), Counter(event for each in sets for event in each)

    def differ(self, first: RunEvent | None, second: RunEvent | None) -> bool:
        """Return whether runs that passed may do as the first one did, and not as the second."""
        if first is None or self._counts[first] <= _STRAY * self._runs:
            return False
        return second is None or self._runs - self._counts[second] > _STRAY * self._runs


Found = tuple[bool, FirstDifference]
"""A difference, behind whether it may only be that a run was over, or that nobody came."""


def difference_between(
    runs: ExecutionPair,
    role: GoroutineRole,
    times_ns: tuple[int | None, int | None],
    words: tuple[str, str],
    is_usual: bool,
    sites: Sequence[str],
) -> FirstDifference:
    """Return what one goroutine did otherwise in two runs.

    Args:
        runs: both.
        role: the goroutine.
        times_ns: when it did, since the test began; None where it did nothing more.
        words: what it did in either run, without its name.
        is_usual: as in the difference.
        sites: where it happened in either run, ``x_test.go:32``; "" for no place.
    """
    numbers = [run.numbers.get(role, 0) for run in runs]
    named = [
        f"{goroutine_name(run, role)} {each}" if role in run.numbers else _absence(run, role)
        for run, each in zip(runs, words, strict=True)
    ]
    return FirstDifference(
        role=role,
        numbers=(numbers[0], numbers[1]),
        times_ns=times_ns,
        words=(named[0], named[1]),
        is_usual=is_usual,
        places=tuple(dict.fromkeys(site for site in reversed(sites) if site)),
    )


def _absence(run: TestExecution, role: GoroutineRole) -> str:
    if is_elsewhere(run.case, role, [*run.numbers.values()]):
        return f"none that the test is known to have started is {role.words()}"
    return f"there was no {role.words()}"
