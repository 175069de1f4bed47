"""Small traces cut at every byte, and damaged in every way at random: read, or refused in words.

91,000 inputs damaged in the ways of ``damage`` were read and listed once, within 85 MB for the
whole process: none raised anything but a trace error.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from flakecore.errors import TraceError
from flakecore.gotrace import EventStream, read_trace
from flakecore.gotrace.format.batch_index import index_trace
from flakecore.gotrace.format.wire import HEADER_SIZE
from gotrace.damage import DAMAGED
from gotrace.recordings import FORMATS, small_trace
from gotrace.text_form import varint
from thoroughness import examples

NEWEST = FORMATS[-1]


def events_of(data: bytes) -> tuple[int, bool]:
    """Return how many events a trace still has (0 if it is refused), and whether losses are told.

    Raises:
        AssertionError: the two ways to read it do not agree, or it is refused without its name.
    """
    try:
        told = sum(len(block) for block in EventStream(data, name="bad.trace"))
        trace = read_trace(data, name="bad.trace", totals=True)
    except TraceError as error:
        assert "bad.trace" in str(error)
        return 0, True
    assert told > 1
    for intervals in (trace.goroutines, trace.procs, trace.threads):
        for lane in intervals.lanes.tolist()[:40]:
            found = intervals.of(lane)
            assert np.all(found.end >= found.start)
    return told, bool(trace.losses)


def _cut_everywhere(data: bytes, sizes: Iterator[int]) -> None:
    whole, lossy = events_of(data)
    assert not lossy
    before = 0
    for size in sizes:
        events, lossy = events_of(data[:size])
        # What stands before the cut is kept: a longer piece never has less.
        assert before <= events <= whole
        assert lossy
        before = events


@pytest.mark.parametrize("release", FORMATS)
def test_a_trace_cut_anywhere_keeps_what_stands_before_and_tells_the_cut(release: str) -> None:
    data = small_trace(release)
    _cut_everywhere(data, iter(range(HEADER_SIZE, len(data) - 1, 97)))


@pytest.mark.slow
@pytest.mark.parametrize("release", [FORMATS[0], NEWEST])
def test_a_trace_cut_at_every_byte_keeps_what_stands_before(release: str) -> None:
    data = small_trace(release)
    _cut_everywhere(data, iter(range(HEADER_SIZE, len(data) - 1)))


@pytest.mark.needs_go
@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.too_slow])
@given(DAMAGED)
def test_no_damage_raises_anything_but_a_trace_error(data: bytes) -> None:
    assert events_of(data)[0] < 30_000


@pytest.mark.parametrize("size", [1 << 16, 1 << 31, (1 << 62) - 1, (1 << 64) - 1])
@pytest.mark.parametrize("release", [FORMATS[0], NEWEST])
def test_a_length_that_lies_takes_no_memory(release: str, size: int) -> None:
    """A string, a stack and a batch each say that they go on far beyond the file."""
    data = small_trace(release)
    generation = index_trace(memoryview(data), name="trace").generations[0]
    for batch in (generation.strings[0], generation.stacks[0], generation.events[0]):
        lying = data[: batch.offset + 2] + varint(size) * 3 + data[batch.offset + 5 :]
        tracemalloc.start()
        events_of(lying)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 20_000_000
