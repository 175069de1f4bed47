"""The intervals of lanes, a generation at a time, in a window and in order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from flakecore.gotrace import read_trace
from flakecore.report.perfetto.lane_rows import lane_rows
from gotrace.recordings import trace_file
from report.perfetto.traces import sample
from toolchains import NEWEST


def test_slices_of_a_lane_do_not_overlap() -> None:
    _, found = sample()
    by_track: dict[int, list[tuple[int, int | None]]] = {}
    for each in found.slices:
        by_track.setdefault(each.track, []).append((each.start, each.end))
    for slices in by_track.values():
        slices.sort(key=lambda each: each[0])
        for (_, end), (start, _) in pairwise(slices):
            assert end is not None
            assert end <= start


@pytest.mark.needs_go
def test_rows_of_a_window_are_those_of_the_whole_that_touch_it() -> None:
    trace = read_trace(trace_file(NEWEST).read_bytes(), name="trace")
    assert len(trace.generations) > 1
    kinds = (trace.goroutines, trace.procs, trace.threads)
    for begin, end in ((0, trace.end_ns // 2), (trace.end_ns // 3, trace.end_ns)):
        for intervals in kinds:
            whole = list(lane_rows(intervals, 0, trace.end_ns))
            expected = sum(int(((r.end >= begin) & (r.start <= end)).sum()) for r in whole)
            part = list(lane_rows(intervals, begin, end))
            assert sum(map(len, part)) == expected
            for led_to in ("woken", "created"):
                within = ((getattr(r, led_to), r.start) for r in whole)
                known = sum(int(led[(at >= begin) & (at <= end)].sum()) for led, at in within)
                assert sum(int(getattr(rows, led_to).sum()) for rows in part) == known


@pytest.mark.needs_go
def test_every_creation_that_the_trace_holds_is_one() -> None:
    trace = read_trace(trace_file(NEWEST).read_bytes(), name="trace")
    created = [
        rows.take(np.flatnonzero(rows.created))
        for rows in lane_rows(trace.goroutines, 0, trace.end_ns)
    ]
    numbers = np.concatenate([rows.lane for rows in created])
    by_goroutines = trace.creations.goroutine[trace.creations.creator > 0]
    assert sorted(numbers.tolist()) == sorted(by_goroutines.tolist())
