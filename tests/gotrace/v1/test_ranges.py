"""Range events and metrics under the types of the newer format."""

from __future__ import annotations

import numpy as np

from flakecore.gotrace.format.wire import Ev
from flakecore.gotrace.v1.format.wire import EvV1
from flakecore.gotrace.v1.ranges import find_metric, find_range_events, join_range_events
from gotrace.v1.opened import OLDEST, segments

NAME = "http_1_19_good"


def test_range_events_are_by_time_and_as_many_as_the_file_holds() -> None:
    parts = [find_range_events(segment, np.array([0, 5])) for segment in segments(NAME)]
    found = join_range_events(parts)
    assert np.all(np.diff(found.tick) >= 0)
    begins = sum(int((segment.type == EvV1.GC_START).sum()) for segment in segments(NAME))
    assert (found.type == Ev.GC_BEGIN).sum() == begins


def test_a_stop_the_world_ends_on_the_goroutine_that_began_it() -> None:
    parts = [find_range_events(segment, np.array([0, 5])) for segment in segments(OLDEST)]
    found = join_range_events(parts)
    begins = np.flatnonzero(found.type == Ev.STW_BEGIN)
    for begin in begins.tolist():
        after = np.flatnonzero(found.type[begin:] == Ev.STW_END)
        if len(after):
            assert found.goroutine[begin + after[0]] == found.goroutine[begin]


def test_a_kind_of_stop_the_world_beyond_the_last_has_the_last_name() -> None:
    (segment,) = segments(NAME)
    kinds = np.array([11, 12, 13])
    type_, _, _, _, name, _ = find_range_events(segment, kinds)
    assert set(name[type_ == Ev.STW_BEGIN].tolist()) <= {11, 12, 13}
    assert not name[type_ != Ev.STW_BEGIN].any()


def test_the_number_of_procs_is_a_metric() -> None:
    (segment,) = segments(NAME)
    procs = find_metric(segment, EvV1.GOMAXPROCS)
    assert np.all(procs.value > 0)
    assert np.all(np.diff(procs.tick) >= 0)
