"""A row of columns is the same interval in an object, and a wait's ends with who ended it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import flakecore
from flakecore.gotrace import State, Trace
from flakecore.timeline import Interval, Lane, LaneKind
from flakecore.timeline.lanes.interval_views import IntervalViews
from program import SAMPLE


@pytest.fixture(scope="module")
def trace() -> Trace:
    with flakecore.open(SAMPLE) as opened:
        found = opened.cases[0].trace
    assert found is not None
    return found


def _views(trace: Trace) -> Iterator[tuple[Interval, Interval | None]]:
    """Yield the intervals of each goroutine, each with the next one."""
    views = IntervalViews(trace, {LaneKind.GOROUTINE: trace.goroutines})
    for number in trace.goroutines.lanes.tolist():
        lane, found = Lane(LaneKind.GOROUTINE, number), trace.goroutines.of(number)
        rows = [views.at_row(lane, found, row) for row in range(len(found))]
        assert [each.start_ns for each in rows] == found.start.tolist()
        assert [each.end_ns for each in rows] == found.end.tolist()
        assert [each.state for each in rows] == [State(state) for state in found.state.tolist()]
        yield from zip(rows, [*rows[1:], None], strict=True)


def test_a_wait_ends_with_its_wake_and_nothing_else_has_one(trace: Trace) -> None:
    ended = 0
    for now, then in _views(trace):
        if not now.state.waiting or then is None:
            assert now.wake is None or now.state.waiting
            continue
        assert now.wake is not None
        assert now.wake.time_ns == now.end_ns
        ended += 1
    assert ended > 100


def test_an_interval_that_does_not_cross_generations_is_not_found_among_those_that_do(
    trace: Trace,
) -> None:
    views = IntervalViews(trace, {LaneKind.GOROUTINE: trace.goroutines})
    assert views.crossing(Lane(LaneKind.GOROUTINE, 1), -1) is None
