"""Where a goroutine's time went, of a run of which that is known, and how it is put in words."""

from __future__ import annotations

from diagnosis.assertion_runs import case_of
from diagnosis.program_runs import failure_of
from flakecore.diagnosis.time_shares import longest_wait, shares_in_words, time_shares
from flakecore.timeline import Lane, LaneKind
from flakecore.times import MILLISECOND
from toolchains import NEWEST


def test_the_shares_of_a_window_sum_up_to_it_and_the_longest_wait_is_in_it() -> None:
    case = case_of("measured_time", NEWEST)
    failure = failure_of(case, "TestWaitsForTheAnswer")
    lane = Lane(LaneKind.GOROUTINE, failure.goroutine)
    start_ns = failure.at_ns - 150 * MILLISECOND
    parts = time_shares(case, lane, start_ns, failure.at_ns)
    assert sum(parts.values()) == 150 * MILLISECOND
    assert max(parts, key=lambda each: parts[each]) == "chan receive"
    longest = longest_wait(case, lane, "chan receive", start_ns, failure.at_ns)
    assert longest is not None
    assert longest.took_ns == parts["chan receive"]
    assert longest.interval.start_ns < start_ns  # and only what lies within the window counts
    assert longest.place.startswith("measured_test.go:")
    assert longest.ended_by not in (0, lane.id)


def test_small_shares_are_summed_up_as_the_rest() -> None:
    parts = {"running": 990_000, "runnable": 5_000, "GC": 5_000}
    assert shares_in_words(parts, 1_000_000) == "running 99%, the rest 10.0µs"
