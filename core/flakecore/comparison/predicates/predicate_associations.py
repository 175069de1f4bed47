"""Which predicates the failures of a test go with, ranked by Ochiai's coefficient.

A predicate is: an event happened; one event had not happened when another of another goroutine
did; one goroutine came before another. Ochiai's coefficient, failures with it over the root of
failures times runs with it (Abreu et al. 2007), is 1 for what holds in all failing runs and in no
other. What chance would divide as unevenly is left out, by Fisher's exact test, corrected for all
distinct predicates that were asked for.

Three traps. A run that fails is cut short: what it never came to is missing by definition. So that
an event had not happened counts only where something had that follows it in every run which has
both. What happens because of the failure is not noted at all (``case_events``). And what an
explanation brings along is none: where a test fails after another one, it fails after all that
come before that one, too. So a predicate is reported only where failures go with it still among the
runs in which one that is reported holds, or among those in which none does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.comparison.contrast import contrast_words
from flakecore.comparison.predicates.event import RunEvent, TestRecord
from flakecore.comparison.statistics import fisher_exact, holm_adjusted, p_shown

_SIGNIFICANT = 0.01
"""Corrected p-value up to which a predicate is reported: stricter than for conditions, of which a
person chooses what is tried, while these are found among hundreds."""
_BESIDE = 0.05
"""p-value up to which a predicate adds something to those before it; it is significant by
itself already."""
_PAIRED = 48
"""Events of which the order is asked for, those that most failing runs have; a bound."""
_FOLLOWS = 3
"""Runs with both events from which on one is taken to follow the other."""
_EVENTS = 256
"""Events that are asked for, those that most runs have, failing ones first; a bound."""
_RUNS = 4000
"""Runs that are asked, the failing ones first; a bound."""
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class PredicateAssociation:
    """A predicate that failures go with, and those that hold in the same runs.

    Attributes:
        kind: that of its event, ``order`` or ``absent``.
        words: a clause: ``worker started at pool.go:40 prints 'miss'``.
        alike: the clauses of others that hold in the very same runs.
        failed_with, runs_with: failures and runs in which it held.
        failed_without, runs_without: those in which it did not.
        ochiai: 1 where it held in all failing runs and no other.
        p: probability that chance alone divides the failures so unevenly, corrected.
    """

    kind: str
    words: str
    alike: tuple[str, ...]
    failed_with: int
    runs_with: int
    failed_without: int
    runs_without: int
    ochiai: float
    p: float

    def sentence(self) -> str:
        """Return it with its counts: ``Failed 9 of 9 where …, 0 of 40 where not (p = …)``."""
        counts = contrast_words(self, f"where {self.words}", "where not")
        return f"Failed {counts} (p = {p_shown(self.p)})"

    def short_sentence(self) -> str:
        """Return it with its counts in front, so that its end may be cut off."""
        return (
            f"Failed {self.failed_with} of {self.runs_with}, else {self.failed_without} of"
            f" {self.runs_without}, where {self.words}"
        )


@dataclass(frozen=True, slots=True)
class _Predicate:
    kind: str
    words: str
    first_ns: float


@dataclass(frozen=True, slots=True)
class _Times:
    """When each event happened first in each run: int64, (runs, events), ``_NEVER`` for never."""

    events: list[RunEvent]
    at: NDArray[np.int64]
    reached: NDArray[np.bool_]
    failed: NDArray[np.bool_]


def predicate_associations(
    records: Sequence[TestRecord], failed: Sequence[bool]
) -> tuple[PredicateAssociation, ...]:
    """Return the predicates that the failures of a test go with, the strongest first.

    Args:
        records: of each run of the test of which events are kept.
        failed: whether it failed in that run.
    """
    outcome = np.array(failed, np.bool_)
    if len(outcome) > _RUNS:
        chosen = np.sort(np.argsort(~outcome, kind="stable")[:_RUNS])
        records, outcome = [records[each] for each in chosen.tolist()], outcome[chosen]
    if not len(outcome) or not outcome.any() or outcome.all():
        return ()
    times = _times(records, outcome)
    asked: dict[bytes, list[tuple[_Predicate, NDArray[np.bool_]]]] = {}
    for predicate, held in _predicates(times):
        if held.any() and not held.all():
            asked.setdefault(np.packbits(held).tobytes(), []).append((predicate, held))
    groups = list(asked.values())
    tables = [_table(group[0][1], outcome) for group in groups]
    adjusted = holm_adjusted([fisher_exact(*table) for table in tables])
    found = [
        (_association([predicate for predicate, _ in group], table, p), group[0][1])
        for group, table, p in zip(groups, tables, adjusted, strict=True)
        if p <= _SIGNIFICANT and _rises(*table)
    ]
    found.sort(key=lambda each: (-each[0].ochiai, each[0].p, each[0].words))
    return tuple(_independent(found, outcome))


def _independent(
    found: Sequence[tuple[PredicateAssociation, NDArray[np.bool_]]], failed: NDArray[np.bool_]
) -> Iterator[PredicateAssociation]:
    """Yield predicates but for those that add nothing to the ones before them."""
    explained = np.zeros_like(failed)
    for number, (association, held) in enumerate(found):
        tables = [_table(held[among], failed[among]) for among in (explained, ~explained)]
        if number and not any(_rises(*each) and fisher_exact(*each) <= _BESIDE for each in tables):
            continue
        explained |= held
        yield association


def _times(records: Sequence[TestRecord], failed: NDArray[np.bool_]) -> _Times:
    columns: dict[RunEvent, int] = {}
    places: dict[int, NDArray[np.int64]] = {}
    for record in records:
        if id(record.table) not in places:
            of_table = [columns.setdefault(event, len(columns)) for event in record.table]
            places[id(record.table)] = np.array(of_table, np.int64)
    at = np.full((len(records), len(columns)), _NEVER, np.int64)
    for row, record in enumerate(records):
        at[row, places[id(record.table)][record.event]] = record.at_ns
    reached = at != _NEVER
    frequent = np.lexsort((-reached.sum(axis=0), -reached[failed].sum(axis=0)))[:_EVENTS]
    # Events of other tests are in the table too.
    used = np.sort(frequent[reached[:, frequent].any(axis=0)])
    events = list(columns)
    at = at[:, used]
    return _Times([events[place] for place in used.tolist()], at, reached[:, used], failed)


def _predicates(times: _Times) -> Iterator[tuple[_Predicate, NDArray[np.bool_]]]:
    events, at, reached, failed = times.events, times.at, times.reached, times.failed
    follows = _follows(at, reached)
    middle = [float(np.median(at[reached[:, each], each])) for each in range(len(events))]
    passed_by = np.zeros_like(reached)
    for each, event in enumerate(events):
        yield _Predicate(event.kind, event.words(), middle[each]), reached[:, each]
        passed_by[:, each] = ~reached[:, each] & reached[:, follows[each]].any(axis=1)
        words = f"not: {event.words()}"
        yield _Predicate("absent", words, middle[each]), passed_by[:, each]
    frequent = np.argsort(-reached[failed].sum(axis=0), kind="stable")[:_PAIRED].tolist()
    for first in frequent:
        for second in frequent:
            if first == second or events[first].who == events[second].who:
                continue
            both = reached[:, first] & reached[:, second] & (at[:, first] < at[:, second])
            words = f"{events[first].words()} before {events[second].words()}"
            predicate = _Predicate("order", words, middle[first])
            yield predicate, both | (reached[:, first] & passed_by[:, second])


def _follows(at: NDArray[np.int64], reached: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Return for each event those that come later in every run which has both."""
    found = []
    for each in range(at.shape[1]):
        both = reached & reached[:, [each]]
        later = (~both | (at > at[:, [each]])).all(axis=0)
        found.append(np.flatnonzero(later & (both.sum(axis=0) >= _FOLLOWS)))
    return found


def _table(held: NDArray[np.bool_], failed: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    return (
        int(np.count_nonzero(held & failed)),
        int(np.count_nonzero(held & ~failed)),
        int(np.count_nonzero(~held & failed)),
        int(np.count_nonzero(~held & ~failed)),
    )


def _rises(failed_with: int, passed_with: int, failed_without: int, passed_without: int) -> bool:
    """Return whether failures are more frequent with it than without."""
    with_it, without = failed_with + passed_with, failed_without + passed_without
    return failed_with * without > failed_without * with_it


def _association(
    alike: list[_Predicate], table: tuple[int, int, int, int], p: float
) -> PredicateAssociation:
    def order(each: _Predicate) -> tuple[int, float, str]:
        return _rank(each.kind), each.first_ns, each.words

    first, *others = sorted(alike, key=order)
    failed_with, passed_with, failed_without, passed_without = table
    runs_with, failures = failed_with + passed_with, failed_with + failed_without
    return PredicateAssociation(
        kind=first.kind,
        words=first.words,
        alike=tuple(each.words for each in others),
        failed_with=failed_with,
        runs_with=runs_with,
        failed_without=failed_without,
        runs_without=failed_without + passed_without,
        ochiai=float(failed_with / np.sqrt(failures * runs_with)),
        p=p,
    )


def _rank(kind: str) -> int:
    """Return 0 for a plain event, 1 for an order, 2 for what was missing."""
    return {"order": 1, "absent": 2}.get(kind, 0)
