"""Segments of a trace without generations."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from flakecore.gotrace.v1 import segments as module
from flakecore.gotrace.v1.format.wire import EvV1
from flakecore.gotrace.v1.segments import STARTS, STOPS, find_initial
from gotrace.v1.opened import NEWEST, OLDEST, opened, segments

STRESS = "stress_1_19_good"


@pytest.mark.parametrize("size", [64, 256])
def test_every_event_is_in_one_segment_and_times_do_not_overlap(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SEGMENT_EVENTS", size)
    found = segments(NEWEST)
    assert len(found) > 1
    rows = np.sort(np.concatenate([segment.rows for segment in found]))
    assert np.array_equal(rows, np.arange(len(opened(NEWEST).events)))
    for before, after in pairwise(found):
        assert before.after == after.first
        assert int(before.tick.max()) < before.after <= int(after.tick.min())


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


@pytest.mark.parametrize("name", [OLDEST, NEWEST, STRESS])
def test_a_trace_begins_with_the_goroutines_that_exist_and_then_starts_the_world(
    name: str,
) -> None:
    events = opened(name).events
    initial = find_initial(events)
    assert (events.type[initial] == EvV1.GO_CREATE).any()
    assert not STOPS[events.type[initial]].any()
    assert events.type[initial.stop] == EvV1.GOMAXPROCS
