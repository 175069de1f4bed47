"""A trace of either format is one stream of events."""

from __future__ import annotations

import pytest

from flakecore.errors import TraceError
from flakecore.gotrace import EventFilter, EventKind, EventStream, event_stream
from flakecore.gotrace.v1.stream import EventStreamV1
from gotrace.constructed import starts, trace_of
from gotrace.v1.samples import sample_path

OLD = "user_task_region_1_21_good"


def test_the_header_decides_which_format_is_read() -> None:
    assert isinstance(event_stream(trace_of({1: starts(1, 7, 0)}), name="trace"), EventStream)
    assert isinstance(event_stream(sample_path(OLD).read_bytes(), name=OLD), EventStreamV1)


@pytest.mark.parametrize("old", [True, False])
def test_the_filter_is_that_of_the_stream(old: bool) -> None:
    data = sample_path(OLD).read_bytes() if old else trace_of({1: starts(1, 7, 0)})
    only = EventFilter(kinds=frozenset({EventKind.STATE_TRANSITION}))
    counts = event_stream(data, name="trace", event_filter=only).counts()
    assert counts[EventKind.STATE_TRANSITION] == counts.sum() > 0


def test_what_is_no_trace_is_refused_by_its_name() -> None:
    with pytest.raises(TraceError, match=r"notes\.txt"):
        event_stream(b"not a trace, but long enough", name="notes.txt")
