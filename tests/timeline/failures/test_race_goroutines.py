"""Which goroutines of a trace may have done an access: by creation, life and the other reports."""

from __future__ import annotations

from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.failures.race_goroutines import certain_goroutines, raced_goroutines
from timeline.failures.constructed_races import OF_A, OF_B, inputs_of, report

STARTED = {OF_A: (40,), OF_B: (50, 51)}


def _candidates(inputs: FailureInputs) -> list[tuple[set[int], ...]]:
    return [tuple(map(set, found)) for found in raced_goroutines(inputs)]


def test_all_that_were_started_where_the_report_says_may_have_raced() -> None:
    inputs = inputs_of([report(18, 19)], STARTED)
    assert _candidates(inputs) == [({40, 50, 51}, {40, 50, 51})]
    assert certain_goroutines(inputs.run.races[0], raced_goroutines(inputs)[0]) == (0, 0)
    assert _candidates(inputs_of([report(18, 19)])) == [(set(), set())]


def test_who_had_ended_when_the_report_was_written_is_not_running() -> None:
    ended, late = (40, 50), {0: 5_000}
    inputs = inputs_of([report(18, 19, finished=True)], STARTED, ended=ended, written_ns=late)
    assert _candidates(inputs) == [({51}, {40, 50})]
    # Both are reported as running, and one alone is left: it is one of them, and not both.
    inputs = inputs_of([report(18, 19)], STARTED, ended=ended, written_ns=late)
    assert certain_goroutines(inputs.run.races[0], raced_goroutines(inputs)[0]) == (0, 0)


def test_what_one_report_shows_holds_for_the_same_number_in_another() -> None:
    reports = [report(18, 19, finished=True), report(18, 20, finished=True)]
    inputs = inputs_of(reports, STARTED, ended=(40, 50), written_ns={1: 5_000})
    found = raced_goroutines(inputs)
    assert _candidates(inputs) == [({51}, {40, 50}), ({51}, {40, 50})]
    assert [certain_goroutines(*each) for each in zip(inputs.run.races, found, strict=True)] == [
        (51, 0),
        (51, 0),
    ]
