"""What intervals add up to over a run and its tests."""

from __future__ import annotations

import numpy as np
import pytest

import flakecore
from comparison.features.plain_features import values_of
from flakecore.comparison.features.interval_sums import count_steals, sum_intervals
from flakecore.comparison.features.scopes import order_of_tests
from flakecore.gotrace import State, read_trace
from flakecore.timeline import Case
from program import SAMPLE


@pytest.fixture(scope="module")
def sample() -> Case:
    with flakecore.open(SAMPLE) as bundle:
        return bundle.cases[0]


def test_every_interval_of_the_programs_own_goroutines_counts_once(sample: Case) -> None:
    assert sample.trace is not None
    assert sample.schedule is not None
    run, _ = sum_intervals(sample.trace, sample.schedule, order_of_tests(sample.tests))
    intervals = sample.tables.intervals()
    rows = intervals["kind"] == "G"
    rows &= ~np.isin(intervals["lane"], sample.schedule.tree.system)
    lengths = intervals["end_ns"] - intervals["start_ns"]
    for state in State:
        of_state = rows & (intervals["state"] == state.label)
        assert run.time[0, state] == lengths[of_state].sum()
    calls = rows & (intervals["state"] == "syscall")
    assert values_of(run.syscalls.of(slice(0, 1))) == sorted(lengths[calls].tolist())
    used = np.unique(intervals["proc"][rows & (intervals["state"] == "running")])
    assert np.count_nonzero(run.procs[0]) == np.count_nonzero(used >= 0)


def test_a_test_has_what_lies_within_it(sample: Case) -> None:
    assert sample.trace is not None
    assert sample.schedule is not None
    order = order_of_tests(sample.tests)
    _, tests = sum_intervals(sample.trace, sample.schedule, order)
    table = sample.tables.intervals()
    for test in sample.tests:
        rows = (table["kind"] == "G") & np.isin(
            table["lane"], sample.schedule.tree.of_test(test.index)
        )
        start = np.maximum(table["start_ns"][rows], test.start_ns)
        end = np.minimum(table["end_ns"][rows], test.end_ns)
        running = (end >= start) & (table["state"][rows] == "running")
        place = order.place[test.index]
        assert tests.time[place, State.RUNNING] == (end - start)[running].sum()
        queued = (end - start)[(end >= start) & (table["state"][rows] == "runnable")]
        found = tests.runnable.of(slice(int(place), int(place) + 1))
        assert values_of(found) == sorted(queued.tolist())


@pytest.mark.parametrize("edge", [0, 1, 3])
@pytest.mark.parametrize("totals", [True, False])
def test_tests_that_end_among_sums_are_looked_up_interval_by_interval(
    edge: int, totals: bool, sample: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sample.trace is not None
    assert sample.schedule is not None
    order = order_of_tests(sample.tests)
    expected = sum_intervals(sample.trace, sample.schedule, order)
    assert sample.trace_bytes is not None
    monkeypatch.setattr("flakecore.gotrace.intervals.generation_totals._EDGE", edge)
    read = read_trace(sample.trace_bytes, name="trace", totals=totals)
    for ours, theirs in zip(sum_intervals(read, sample.schedule, order), expected, strict=True):
        for name in ("time", "longest_wait", "unended_waits", "preemptions", "procs"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name
        for name in ("syscalls", "runnable"):
            one, other = getattr(ours, name), getattr(theirs, name)
            for place in range(len(theirs.time)):
                here = slice(place, place + 1)
                assert values_of(one.of(here)) == values_of(other.of(here))


def test_a_proc_that_is_idle_from_within_a_call_was_taken(sample: Case) -> None:
    assert sample.trace is not None
    table = sample.tables.intervals()
    procs = table["kind"] == "P"
    lane, state = table["lane"][procs], table["state"][procs]
    taken = (lane[1:] == lane[:-1]) & (state[:-1] == "syscall") & (state[1:] == "idle")
    assert count_steals(sample.trace) == np.count_nonzero(taken) == 1
