"""Golden traces of Go 1.11 to 1.21, opened and divided into segments."""

from __future__ import annotations

import functools

from flakecore.gotrace.v1.segments import Segment, find_segments
from flakecore.gotrace.v1.trace import OpenedTraceV1, open_v1
from gotrace.v1.samples import sample_path

OLDEST, NEWEST = "stress_start_stop_1_11_good", "http_1_21_good"


@functools.cache
def opened(name: str) -> OpenedTraceV1:
    """Return the event columns of a golden trace."""
    return open_v1(memoryview(sample_path(name).read_bytes()), name=name)


def segments(name: str) -> list[Segment]:
    """Return the segments of a golden trace."""
    trace = opened(name)
    return list(find_segments(trace.events, trace.sequence))
