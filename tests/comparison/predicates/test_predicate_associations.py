"""What goes with a failure is found by counts; what a failure brings about is never told."""

from __future__ import annotations

import random

import numpy as np

from flakecore.comparison.predicates.event import RunEvent, TestRecord
from flakecore.comparison.predicates.predicate_associations import (
    PredicateAssociation,
    predicate_associations,
)

A, B, C = (
    RunEvent("line", who, f"prints {name!r}") for who, name in (("a", "x"), ("b", "y"), ("c", "z"))
)
TABLE = [A, B, C]


def record(failed_ns: int, /, **at: int) -> TestRecord:
    """Return a run with the first times of its events, by letter."""
    event = np.array(["ABC".index(name) for name in at], np.int32)
    return TestRecord(TABLE, event, np.array(list(at.values()), np.int64), failed_ns)


def found(failing: list[TestRecord], passing: list[TestRecord]) -> tuple[PredicateAssociation, ...]:
    outcome = [True] * len(failing) + [False] * len(passing)
    return predicate_associations([*failing, *passing], outcome)


def test_an_event_of_the_failing_runs_alone_stands_first_with_its_counts() -> None:
    first, *others = found([record(9, A=1, B=2)] * 8, [record(-1, A=1)] * 40)
    assert first.sentence().startswith("Failed 8 of 8 where b prints 'y', 0 of 40 where not (p = ")
    assert first.ochiai == 1.0
    assert first.alike == ("a prints 'x' before b prints 'y'",)
    assert others == []


def test_ochiai_ranks_what_holds_in_passing_runs_too_behind() -> None:
    first, second = found(
        [record(9, A=1, B=2)] * 12 + [record(9, A=1, C=3)] * 8,
        [record(-1, A=1)] * 76 + [record(-1, A=1, C=3)] * 4,
    )
    assert "prints 'y'" in first.words
    assert second.words == "c prints 'z'"
    assert second.ochiai == 8 / np.sqrt(20 * 12)


def test_what_an_explanation_brings_along_is_not_told() -> None:
    # C holds in all that failed, and in some that passed: B says it all.
    only = found(
        [record(9, A=1, B=2, C=3)] * 8, [record(-1, A=1)] * 36 + [record(-1, A=1, C=3)] * 4
    )
    assert [each.words for each in only] == ["b prints 'y'"]


def test_the_order_of_two_events_is_told_where_both_always_happen() -> None:
    first, *_ = found([record(9, A=2, B=1)] * 8, [record(-1, A=1, B=2)] * 40)
    assert first.kind == "order"
    assert first.words == "b prints 'y' before a prints 'x'"


def test_an_order_is_told_where_the_failure_came_before_the_later_event() -> None:
    # In all passing runs A precedes B, so a run with B alone came past A.
    first, *_ = found([record(9, B=1)] * 8, [record(-1, A=1, B=2)] * 40)
    assert {first.words, *first.alike} >= {
        "not: a prints 'x'",
        "b prints 'y' before a prints 'x'",
    }


def test_what_a_run_that_ended_early_never_came_to_is_no_explanation() -> None:
    assert found([record(2, A=1)] * 8, [record(-1, A=1, B=5, C=9)] * 40) == ()


def test_chance_alone_goes_with_nothing() -> None:
    told = 0
    for seed in range(20):
        dice = random.Random(seed)
        runs = [
            record(-1, **{name: dice.randrange(9) for name in "ABC" if dice.random() < 0.5})
            for _ in range(60)
        ]
        outcome = [dice.random() < 0.1 for _ in runs]
        told += len(predicate_associations(runs, outcome))
    assert told == 0


def test_few_runs_leave_it_to_chance() -> None:
    assert found([record(9, A=1, B=2)], [record(-1, A=1)] * 3) == ()
    assert found([record(9, B=2)] * 3, []) == ()
    assert found([], [record(-1, B=2)] * 3) == ()


def test_records_of_two_bundles_count_together() -> None:
    other = [B, A]
    theirs = TestRecord(other, np.array([0], np.int32), np.array([3], np.int64), 9)
    first, *_ = found([record(9, B=2)] * 4 + [theirs] * 4, [record(-1, A=1)] * 40)
    assert (first.failed_with, first.runs_with) == (8, 8)
