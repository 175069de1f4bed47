"""When goroutines change, held to a plain walk over their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace import Intervals
from flakecore.timeline import Lane, LaneKind
from flakecore.timeline.lanes.idle_stretches import changes, longest_stretch
from timeline.captures import Capture, capture
from timeline.lane_spans import spans
from toolchains import NEWEST


@pytest.fixture(scope="module")
def run() -> Capture:
    return capture(NEWEST, "work")


def _walked(run: Capture, numbers: list[int]) -> set[int]:
    trace = run.case.trace
    assert trace is not None
    found = set()
    for number in numbers:
        for span in spans(trace, Lane(LaneKind.GOROUTINE, number)):
            found |= {span.start} if span.last else {span.start, span.end}
    return found


def test_every_change_is_found_and_no_other_moment(run: Capture) -> None:
    trace = run.case.trace
    assert trace is not None
    for test in run.case.tests:
        numbers = sorted(run.schedule.goroutines_of(test.index))
        found = changes(trace.goroutines, np.array(numbers, np.int64)).tolist()
        assert set(found) == _walked(run, numbers)


def test_from_sums_no_change_lies_within_a_stretch_without_one(
    run: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = run.case.trace
    assert trace is not None
    monkeypatch.setattr(Intervals, "is_cached", lambda *_: False)
    for test in run.case.tests:
        numbers = sorted(run.schedule.goroutines_of(test.index))
        exact = np.array(sorted(_walked(run, numbers)), np.int64)
        coarse = changes(trace.goroutines, np.array(numbers, np.int64))
        if len(exact):
            assert coarse[0] <= exact[0]
            assert coarse[-1] >= exact[-1]
        for begin, end in zip(coarse[:-1].tolist(), coarse[1:].tolist(), strict=True):
            inside = exact[(exact > begin) & (exact < end)]
            shift = max(sums.shift for sums in trace.goroutines.overview.generations)
            assert not len(inside) or end - begin <= 1 << shift


def test_no_stretch_is_longer_than_what_the_sums_tell(run: Capture) -> None:
    trace, start, end = run.case.trace, run.case.start_ns, run.case.end_ns
    assert trace is not None
    widest = max(1 << sums.shift for sums in trace.goroutines.overview.generations)
    for test in run.case.tests:
        numbers = sorted(run.schedule.goroutines_of(test.index))
        told = longest_stretch(trace.goroutines, np.array(numbers, np.int64), start, end)
        exact = np.clip([start, *sorted(_walked(run, numbers)), end], start, end)
        assert 0 <= told - int(np.diff(exact).max()) <= 4 * widest


def test_goroutines_that_the_trace_lacks_never_change(run: Capture) -> None:
    trace = run.case.trace
    assert trace is not None
    assert not len(changes(trace.goroutines, np.array([999_999], np.int64)))
    assert not len(changes(trace.goroutines, np.zeros(0, np.int64)))
