"""What goes with a failure: conditions of runs against their outcome, by exact tests.

Each condition that differs between the runs is asked for in turn: a text by each of its values, a
number by each bound between two of its values, some eight of them at most. The p-values are
corrected for how many were asked for, and what remains above 0.05 is left out. Nothing here
is a cause: a condition that goes with the failure in these runs is where to look, or what to try.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.comparison.contrast import contrast_words
from flakecore.comparison.runs.conditions import DELAY, Condition, condition_shown
from flakecore.comparison.runs.run import Run
from flakecore.comparison.statistics import fisher_exact, holm_adjusted, p_shown

_BOUNDS = 8
"""Bounds that a number is asked for: each of them costs all others some of their significance."""
_SIGNIFICANT = 0.05
"""Corrected p-value up to which a condition is named."""


@dataclass(frozen=True, slots=True)
class Association:
    """A condition that failures go with.

    Attributes:
        condition: its name.
        words: the condition for a person: ``GOMAXPROCS=1``, ``busy processes above 2``.
        failed_with, runs_with: failures and runs that had it.
        failed_without, runs_without: those that had not.
        p: probability that chance alone divides the failures so unevenly, corrected for how many
            conditions were asked for.
    """

    condition: str
    words: str
    failed_with: int
    runs_with: int
    failed_without: int
    runs_without: int
    p: float

    def sentence(self) -> str:
        """Return it with its counts: ``Failed 9 of 12 with GOMAXPROCS=1, 0 of 40 without (…)``."""
        return f"Failed {contrast_words(self, f'with {self.words}')} (p = {p_shown(self.p)})"


@dataclass(frozen=True, slots=True)
class _Candidate:
    condition: str
    words: str
    table: tuple[int, int, int, int]


def associations(runs: Sequence[Run], failed: Callable[[Run], bool]) -> tuple[Association, ...]:
    """Return the conditions that failures go with, the surest first.

    Of several that hold for the very same runs the first by name stands for all. Runs whose
    conditions were chosen because tests had failed under them do not count: with one condition that
    matters they have all the others that were chosen with it. Nor do runs beside another one of the
    same conditions.

    Args:
        runs: all runs of the same tests.
        failed: whether a run is one of the failures that are asked about.
    """
    runs = [run for run in runs if run.drawn]
    outcome = np.array([failed(run) for run in runs], np.bool_)
    names = dict.fromkeys(name for run in runs for name in run.conditions)
    columns = {name: _column([run.conditions.get(name) for run in runs]) for name in names}
    return associations_of_columns(columns, outcome)


class ConditionColumn(NamedTuple):
    """The values of one condition over all runs.

    Attributes:
        values: the distinct values.
        codes: (runs,), integers, which of them each run has; -1 for none.
    """

    values: Sequence[Condition]
    codes: NDArray[Any]


def associations_of_columns(
    columns: Mapping[str, ConditionColumn], outcome: NDArray[np.bool_]
) -> tuple[Association, ...]:
    """Return the conditions that failures go with, of runs as columns, the surest first.

    Args:
        columns: the conditions by name.
        outcome: (runs,), whether each is one of the failures that are asked about.
    """
    if not outcome.any() or outcome.all():
        return ()
    # A condition and its opposite are one question, and so are two that hold for the same runs.
    asked: dict[bytes, list[_Candidate]] = {}
    for condition, words, held in _questions(columns):
        table = (
            int(np.count_nonzero(held & outcome)),
            int(np.count_nonzero(held & ~outcome)),
            int(np.count_nonzero(~held & outcome)),
            int(np.count_nonzero(~held & ~outcome)),
        )
        key = min(held.tobytes(), (~held).tobytes())
        asked.setdefault(key, []).append(_Candidate(condition, words, table))
    adjusted = holm_adjusted([fisher_exact(*each[0].table) for each in asked.values()])
    found = []
    for alike, p in zip(asked.values(), adjusted, strict=True):
        rising = [each for each in alike if _rises(each.table)]
        if p <= _SIGNIFICANT and rising:
            found.append(_association(rising[0], p))
    return tuple(sorted(found, key=lambda each: (each.p, each.condition, each.words)))


def holds(found: Association, conditions: Mapping[str, Condition]) -> bool:
    """Return whether a run's conditions have the one that failures go with."""
    value = conditions.get(found.condition)
    if value is None:
        return False
    above, bound = f"{found.condition} above ", found.words.rpartition(" ")[2]
    if isinstance(value, float) and found.words.startswith(above):
        return value > float(bound)
    if isinstance(value, float) and found.words.startswith(f"{found.condition} up to "):
        return value <= float(bound)
    return condition_shown(found.condition, value) == found.words


def _association(asked: _Candidate, p: float) -> Association:
    failed_with, passed_with, failed_without, passed_without = asked.table
    return Association(
        condition=asked.condition,
        words=asked.words,
        failed_with=failed_with,
        runs_with=failed_with + passed_with,
        failed_without=failed_without,
        runs_without=failed_without + passed_without,
        p=p,
    )


def _rises(table: tuple[int, int, int, int]) -> bool:
    """Return whether failures are more frequent with the condition than without."""
    failed_with, passed_with, failed_without, passed_without = table
    return failed_with * (failed_without + passed_without) > failed_without * (
        failed_with + passed_with
    )


def _column(values: Sequence[Condition | None]) -> ConditionColumn:
    distinct = [*dict.fromkeys(value for value in values if value is not None)]
    places: dict[Condition | None, int] = {value: at for at, value in enumerate(distinct)}
    return ConditionColumn(distinct, np.array([places.get(each, -1) for each in values], np.int32))


def _questions(
    columns: Mapping[str, ConditionColumn],
) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    """Yield name, words and the runs for which it holds, of all that differs between runs."""
    for name, (values, codes) in sorted(columns.items()):
        if name == DELAY or len(values) + bool((codes < 0).any()) < 2:
            continue
        numbers = [value for value in values if isinstance(value, float)]
        if len(numbers) == len(values) > 1:
            yield from _bounds(name, np.array([*numbers, np.nan])[codes])
        else:
            for value in sorted(values, key=str):
                yield name, condition_shown(name, value), codes == values.index(value)


def _bounds(
    name: str, numbers: NDArray[np.float64]
) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    """Yield a number's bounds: between neighbours, or else at even steps through the runs.

    One of two values is reported as such.
    """
    distinct = np.unique(numbers[~np.isnan(numbers)])
    if len(distinct) == 2:
        low, high = distinct.tolist()
        yield name, condition_shown(name, high), numbers == high
        yield name, condition_shown(name, low), numbers == low
        return
    below = distinct[:-1]
    if len(below) > _BOUNDS:
        ranks = np.linspace(0, len(below) - 1, _BOUNDS).round().astype(int)
        below = below[ranks]
    for bound in below.tolist():
        yield name, f"{name} above {bound:g}", numbers > bound
        yield name, f"{name} up to {bound:g}", numbers <= bound
