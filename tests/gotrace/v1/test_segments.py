"""Segments of a trace without generations."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from flakecore.gotrace.v1 import segments as module
from flakecore.gotrace.v1.format.wire import EvV1
from flakecore.gotrace.v1.proc_bindings import STOPS
from flakecore.gotrace.v1.segments import find_initial
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


@pytest.mark.parametrize("name", [OLDEST, NEWEST, STRESS])
def test_a_trace_begins_with_the_goroutines_that_exist_and_then_starts_the_world(
    name: str,
) -> None:
    events = opened(name).events
    initial = find_initial(events)
    assert (events.type[initial] == EvV1.GO_CREATE).any()
    assert not STOPS[events.type[initial]].any()
    assert events.type[initial.stop] == EvV1.GOMAXPROCS
