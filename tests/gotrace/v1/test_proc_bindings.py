"""What is bound to a proc goes on from one slice of its stream to the next."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace.v1 import segments as module
from flakecore.gotrace.v1.format.wire import EvV1
from flakecore.gotrace.v1.proc_bindings import STARTS, STOPS, positions_in, wide
from gotrace.v1.opened import NEWEST, OLDEST, segments

STRESS = "stress_1_19_good"


@pytest.mark.parametrize("size", [64, 256])
def test_what_runs_on_a_proc_does_not_depend_on_where_segments_end(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (whole,) = segments(NEWEST)
    monkeypatch.setattr(module, "_SEGMENT_EVENTS", size)
    parts = segments(NEWEST)
    assert len(parts) > 1
    place = np.argsort(whole.rows)
    for part in parts:
        same = place[part.rows]
        for name in ("running", "thread", "sequence", "proc"):
            assert np.array_equal(getattr(part, name), getattr(whole, name)[same]), name


@pytest.mark.parametrize("name", [OLDEST, NEWEST, STRESS])
def test_the_goroutine_that_stops_is_the_one_that_started_on_the_proc(name: str) -> None:
    for segment in segments(name):
        stops = np.flatnonzero(STOPS[segment.type[: segment.written]])
        assert np.all(segment.running[stops] > 0)
        starts = np.flatnonzero(STARTS[segment.type[: segment.written]])
        assert np.all(segment.running[starts[1:]] == -1)


@pytest.mark.parametrize("name", [OLDEST, NEWEST])
def test_a_proc_has_the_thread_of_its_last_start(name: str) -> None:
    for segment in segments(name):
        starts = np.flatnonzero(segment.type[: segment.written] == EvV1.PROC_START)
        assert np.array_equal(segment.thread[starts], segment.argument(0, starts))
        assert np.all(segment.thread[starts] >= 0)


def test_rows_are_found_where_they_are_and_others_left_out() -> None:
    rows, wanted = np.array([2, 3, 5, 8]), np.array([1, 3, 8, 9])
    assert positions_in(rows, wanted).tolist() == [1, 3]


def test_a_narrow_column_is_widened_and_a_wide_one_stays() -> None:
    assert wide(np.array([200], np.uint8)).dtype == np.int32
    assert wide(np.array([1], np.int64)).dtype == np.int64
