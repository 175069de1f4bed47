"""Sums by lane, bucket and state are exact between the edges of buckets."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from flakecore.gotrace import STATE_COUNT, State, read_trace
from flakecore.gotrace.intervals import overview
from flakecore.gotrace.intervals.overview import Overview, StateSums
from gotrace.recordings import small_trace
from toolchains import NEWEST


def _sums(start_ns: int, rows: list[tuple[int, int, State, int, int]]) -> StateSums:
    """Return sums of buckets of 16 ns from (lane, bucket, state, time, occupant)."""
    lane, bucket, state, time, occupant = (np.array(column) for column in zip(*rows, strict=True))
    lanes = np.unique(lane)
    return StateSums(
        start_ns=start_ns,
        end_ns=start_ns + 64,
        shift=4,
        lanes=lanes,
        first=np.searchsorted(lane, [*lanes.tolist(), lanes[-1] + 1]),
        bucket=bucket,
        state=state.astype(np.uint8),
        time=time,
        occupant=occupant,
    )


def test_the_states_of_a_bucket_follow_one_another_from_its_beginning() -> None:
    rows = [(1, 0, State.RUNNING, 6, 3), (1, 0, State.RUNNABLE, 10, 3), (1, 2, State.SYSCALL, 4, 5)]
    found = Overview([_sums(100, rows)])
    start, end, state = found.of(1)
    assert start.tolist() == [100, 106, 132]
    assert end.tolist() == [106, 116, 136]
    assert state.tolist() == [State.RUNNING, State.RUNNABLE, State.SYSCALL]
    begins, occupants = found.occupants(1)
    assert begins.tolist() == [100, 100, 132]
    assert occupants.tolist() == [3, 3, 5]


def test_a_lane_without_sums_has_none() -> None:
    found = Overview([_sums(100, [(1, 0, State.RUNNING, 6, 3)])])
    assert found.lanes.tolist() == [1]
    assert [len(column) for column in found.of(2)] == [0, 0, 0]


def test_edges_of_one_generation_lie_in_no_other() -> None:
    row = [(1, 0, State.RUNNING, 6, 3)]
    edges = Overview([_sums(0, row), _sums(50, row)]).edges
    assert edges.tolist() == [0, 16, 32, 48, 66, 82, 98, 114, 130]


@pytest.mark.needs_go
def test_lanes_that_are_summed_a_few_at_a_time_have_the_same_sums(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = memoryview(small_trace(NEWEST))
    whole = read_trace(data, name="trace")
    monkeypatch.setattr(overview, "_DENSE", 3 * 257 * STATE_COUNT)
    in_parts = read_trace(data, name="trace")
    for ours, theirs in zip(
        (in_parts.goroutines, in_parts.procs), (whole.goroutines, whole.procs), strict=True
    ):
        pairs = zip(ours.overview.generations, theirs.overview.generations, strict=True)
        for one, other in pairs:
            for field in fields(StateSums):
                assert np.array_equal(getattr(one, field.name), getattr(other, field.name))
