"""Which test a race is in where the output names the wrong one, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flakecore.timeline.failures.failure import RaceOwner
from flakecore.timeline.failures.race_goroutines import raced_goroutines
from flakecore.timeline.failures.race_tests import race_tests
from timeline.failures.constructed_races import OF_A, OF_B, inputs_of, report

A, B = 0, 1


def _owners(
    *reports: str,
    started: Mapping[int, Sequence[int]] | None = None,
    ended: Sequence[int] = (),
    written_ns: Mapping[int, int] | None = None,
) -> list[tuple[str, RaceOwner | None]]:
    inputs = inputs_of(reports, started, ended=ended, written_ns=written_ns)
    return [(each.name, each.owner) for each in race_tests(inputs, raced_goroutines(inputs))]


def test_a_race_is_of_the_test_that_alone_started_such_goroutines() -> None:
    only = {OF_A: (), OF_B: (50, 51)}
    assert _owners(report(18, 19), started=only) == [("TestB", None)]


def test_a_race_is_of_the_test_whose_goroutine_alone_was_left() -> None:
    both = {OF_A: (40, 41), OF_B: (50, 51)}
    reported, ended = report(18, 19, finished=True), (40, 41, 50)
    found = _owners(reported, started=both, ended=ended, written_ns={0: 5_000})
    assert found == [("TestB", None)]


def test_three_goroutines_of_two_reports_are_of_the_test_that_started_as_many() -> None:
    reports = report(18, 19), report(18, 23)
    counted = RaceOwner((A,), 3, (3, 2))
    found = _owners(*reports, started={OF_A: (40, 41), OF_B: (50, 51, 52)})
    assert found == [("TestB", counted)] * 2
    # Reports that no goroutine joins may be of both.
    apart = _owners(report(18, 19), report(20, 21), started={OF_A: (40, 41), OF_B: (50, 51, 52)})
    assert apart == [("TestA", RaceOwner((B,)))] * 2


def test_where_several_tests_or_none_started_enough_it_is_open() -> None:
    even = _owners(report(18, 19), started={OF_A: (40, 41), OF_B: (50, 51)})
    assert even == [("TestA", RaceOwner((B,)))]
    few = _owners(report(18, 19), started={OF_A: (40,), OF_B: (50,)})
    assert few == [("TestA", RaceOwner((B,)))]


def test_without_a_trace_it_may_be_of_any_that_ran_beside() -> None:
    assert _owners(report(18, 19)) == [("TestA", RaceOwner((B,)))]
