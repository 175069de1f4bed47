"""The features of a run and of each of its tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.bundle import Bundle
from flakecore.comparison.features.durations import pearson_skewness, percentile
from flakecore.comparison.features.feature import BLOCKED_PREFIX, FEATURES
from flakecore.comparison.features.goroutine_counts import (
    CountStatistics,
    count_statistics,
    left_after_tests,
    left_at_the_end,
    lifetimes,
)
from flakecore.comparison.features.interval_sums import IntervalSums, count_steals, sum_intervals
from flakecore.comparison.features.scopes import NestedTests, order_of_tests, sums_with_subtests
from flakecore.gotrace import RangeKind, State, Trace
from flakecore.timeline import Case, Schedule, TestSpan
from flakecore.times import parse_duration

_WAITS = [state for state in State if state.waiting]
_OF_THE_COLLECTOR = "GC "
"""Begins the reasons of the collector's stops of the world (``runtime/proc.go``, stwReason)."""
_PROBE = ".flaketui"
_PERCENTILE = 0.99
"""The percentile of ``runnable_p99_ns``."""


@dataclass(frozen=True, slots=True)
class ScopeFeatures:
    """The features of a run, or of a test.

    Attributes:
        test: index in ``Case.tests``; -1 for the run.
        name: full name of the test; "" for the run.
        values: by id; None where there is no evidence for it, such as without a trace.
    """

    test: int
    name: str
    values: Mapping[str, float | None]


def case_features(case: Case, limit_ns: int | None = None) -> tuple[ScopeFeatures, ...]:
    """Return the features of a case's run, then those of each of its tests, by index.

    A large trace is decoded again for it, unless its totals were added up while it was read.

    Args:
        case: the case; without a trace only what its output has is known.
        limit_ns: how long the run might have taken; None if unknown or without limit.
    """
    order = order_of_tests(case.tests)
    rows: list[dict[str, float | None]] = [{} for _ in range(len(case.tests) + 1)]
    whole_run = case.trace is not None and not case.trace.starts_late
    if whole_run and case.trace is not None and case.schedule is not None:
        own = np.array([test.goroutine for test in case.tests], np.int64)
        _add_trace(rows, case.trace, case.schedule, order, own)
    _add_output(rows, case, order, limit_ns)
    names = ["", *(test.name for test in case.tests)]
    return tuple(
        ScopeFeatures(at - 1, name, _in_order(values))
        for at, (name, values) in enumerate(zip(names, rows, strict=True))
    )


def time_limit_ns(bundle: Bundle) -> int | None:
    """Return the limit of a bundle's run; None if it had none, or that is not recorded."""
    timeout = bundle.manifest.timeout if bundle.manifest is not None else ""
    return parse_duration(timeout) or None if timeout else None


def _in_order(values: Mapping[str, float | None]) -> dict[str, float | None]:
    """Return values in the order of ``FEATURES``, the waits by reason last."""
    listed = [feature.id for feature in FEATURES if feature.id in values]
    return {name: values[name] for name in (*listed, *sorted(set(values) - set(listed)))}


def _add_trace(
    rows: list[dict[str, float | None]],
    trace: Trace,
    schedule: Schedule,
    order: NestedTests,
    own: NDArray[np.int64],
) -> None:
    lives = lifetimes(trace, schedule, order)
    run, tests = sum_intervals(trace, schedule, order)
    counts = count_statistics(lives, schedule.start_ns, schedule.end_ns)
    rows[0] |= _counts(counts, left_at_the_end(lives, order))
    rows[0] |= _times(run, 0, slice(0, 1), schedule.end_ns - schedule.start_ns, schedule.procs)
    rows[0] |= _collector(trace, schedule.start_ns, schedule.end_ns)
    running = int(run.time[0, State.RUNNING])
    rows[0]["assist_share"] = _assists(trace, schedule.start_ns, schedule.end_ns, None, running)
    rows[0]["steals"] = count_steals(trace)
    summed = _with_subtests(tests, order)
    left = sums_with_subtests(order, left_after_tests(lives, order, own))
    for index in range(len(order)):
        places, row = order.places(index), rows[index + 1]
        start = int(order.start_ns[places.start])
        end = int(order.end_ns[places.start])
        row |= _counts(count_statistics(lives.of(places, order), start, end), int(left[index]))
        row |= _times(summed, index, places, end - start, schedule.procs)
        row |= _collector(trace, start, end)
        members = np.array(schedule.tree.of_test(index), np.int64)
        ran = int(summed.time[index, State.RUNNING])
        row["assist_share"] = _assists(trace, start, end, members, ran)


def _with_subtests(tests: IntervalSums, order: NestedTests) -> IntervalSums:
    """Return sums by place without subtests as sums by index with them; durations stay."""
    slices = [order.places(index) for index in range(len(order))]
    return IntervalSums(
        time=sums_with_subtests(order, tests.time),
        longest_wait=np.array(
            [tests.longest_wait[each].max(initial=0) for each in slices], np.int64
        ),
        unended_waits=sums_with_subtests(order, tests.unended_waits),
        preemptions=sums_with_subtests(order, tests.preemptions),
        procs=sums_with_subtests(order, tests.procs.astype(np.int64)) > 0,
        syscalls=tests.syscalls,
        runnable=tests.runnable,
    )


def _counts(counts: CountStatistics, left: int) -> dict[str, float | None]:
    return {
        "goroutine_count_variance": counts.variance,
        "goroutine_count_variance_by_time": counts.variance_by_time,
        "goroutines_peak": counts.peak,
        "goroutines_left": left,
    }


def _times(
    sums: IntervalSums, scope: int, places: slice, wall_ns: int, procs: int
) -> dict[str, float | None]:
    time = sums.time[scope]
    lived, running = int(time.sum()), int(time[State.RUNNING])
    waited = sum(int(time[state]) for state in _WAITS)
    runnable = int(time[State.RUNNABLE])
    return {
        "syscall_latency_skew": pearson_skewness(sums.syscalls.of(places)),
        "waits_never_ended": int(sums.unended_waits[scope]),
        "longest_wait_ns": int(sums.longest_wait[scope]),
        "blocked_share": _ratio(waited, lived),
        "runnable_p99_ns": percentile(sums.runnable.of(places), _PERCENTILE),
        "runnable_share": _ratio(runnable, runnable + running),
        "cpu_share": _ratio(running, wall_ns * procs),
        "procs_used": int(np.count_nonzero(sums.procs[scope])),
        "preemptions": int(sums.preemptions[scope]),
        **{
            f"{BLOCKED_PREFIX}{state.label}": _ratio(int(time[state]), lived)
            for state in _WAITS
            if time[state]
        },
    }


def _collector(trace: Trace, start_ns: int, end_ns: int) -> dict[str, float | None]:
    ranges = trace.ranges
    until = int(np.searchsorted(ranges.start, end_ns, side="right"))
    stops = np.flatnonzero(ranges.kind[:until] == RangeKind.STOP_THE_WORLD)
    stops = stops[(ranges.end[stops] >= start_ns) & ~_by_the_probe(trace, ranges.stack[stops])]
    length = np.minimum(ranges.end[stops], end_ns) - np.maximum(ranges.start[stops], start_ns)
    names, which = np.unique(ranges.name[stops], return_inverse=True)
    collecting = np.array(
        [trace.table.string(name).startswith(_OF_THE_COLLECTOR) for name in names.tolist()],
        np.bool_,
    )
    paused = int(length[collecting[which]].sum()) if len(stops) else 0
    cycles = ranges.kind[:until] == RangeKind.COLLECTION
    return {
        "gc_pause_ratio": _ratio(paused, end_ns - start_ns),
        "stw_max_ns": int(length.max(initial=0)),
        "gc_cycles": int(np.count_nonzero(cycles & (ranges.start[:until] >= start_ns))),
    }


def _by_the_probe(trace: Trace, stacks: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which stacks are of what ``collect`` itself does within the test binary."""
    distinct, which = np.unique(stacks, return_inverse=True)
    ours = [
        any(_PROBE in frame.function for frame in trace.table.stack(number))
        for number in distinct.tolist()
    ]
    return np.array(ours, np.bool_)[which]


def _assists(
    trace: Trace, start_ns: int, end_ns: int, goroutines: NDArray[np.int64] | None, running: int
) -> float | None:
    """Return the share of running in which goroutines marked; ``goroutines`` None for all."""
    ranges = trace.ranges
    until = int(np.searchsorted(ranges.start, end_ns, side="right"))
    rows = np.flatnonzero(ranges.kind[:until] == RangeKind.ASSIST)
    rows = rows[ranges.end[rows] >= start_ns]
    if goroutines is not None:
        rows = rows[np.isin(ranges.goroutine[rows], goroutines)]
    length = np.minimum(ranges.end[rows], end_ns) - np.maximum(ranges.start[rows], start_ns)
    return _ratio(int(length.sum()), running)


def _add_output(
    rows: list[dict[str, float | None]], case: Case, order: NestedTests, limit_ns: int | None
) -> None:
    of_line = case.output.columns.test
    place = order.place[of_line[of_line >= 0]]
    lines = sums_with_subtests(order, np.bincount(place, minlength=len(order)).astype(np.int64))
    elapsed = case.elapsed_ns if case.elapsed_ns is not None else case.end_ns - case.start_ns
    rows[0] |= _output(len(of_line), elapsed if elapsed > 0 else None, limit_ns)
    overlapping = _overlapping(case, order)
    for test in case.tests:
        took = test.duration_ns if test.has_duration else None
        row = rows[test.index + 1]
        row |= _output(int(lines[test.index]), took, limit_ns)
        row["overlapping_tests"] = int(overlapping[test.index]) if test.timed else None


def _output(lines: int, elapsed_ns: int | None, limit_ns: int | None) -> dict[str, float | None]:
    return {
        "lines": lines,
        "lines_per_s": _ratio(lines * 10**9, elapsed_ns or 0),
        "elapsed_ns": elapsed_ns,
        "budget_share": _ratio(elapsed_ns, limit_ns or 0) if elapsed_ns is not None else None,
    }


def _overlapping(case: Case, order: NestedTests) -> NDArray[np.int64]:
    """Return how many other tests without subtests ran at the same time as each; (tests,).

    A test's own subtests are left out, and so is the time before it went on (``t.Parallel``).
    """
    start = np.array([_went_on(test) for test in case.tests], np.int64)
    end = np.maximum(np.array([test.end_ns for test in case.tests], np.int64), start + 1)
    timed = np.array([test.timed for test in case.tests], np.bool_)
    leaf = timed & (order.size == 1)
    begun = np.searchsorted(np.sort(start[leaf]), end, side="left")
    over = np.searchsorted(np.sort(end[leaf]), start, side="right")
    by_place = np.zeros(len(order), np.int64)
    by_place[order.place] = leaf
    others: NDArray[np.int64] = begun - over - sums_with_subtests(order, by_place)
    return np.maximum(others, 0)


def _went_on(test: TestSpan) -> int:
    return test.waits[-1][1] if test.waits else test.start_ns


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
