"""Damaged traces: what is sound is kept, what is not is told, and nothing ever raises otherwise."""

from __future__ import annotations

import pytest

from flakecore.errors import TraceError
from flakecore.gotrace import Trace, read_trace
from flakecore.gotrace.format.batch_index import index_trace
from gotrace.recordings import FORMATS, record
from toolchains import NEWEST


def _goroutine_states(trace: Trace, until: int) -> list[tuple[int, int, int]]:
    states = []
    for lane in trace.goroutines.lanes.tolist():
        found = trace.goroutines.of(lane)
        times = zip(found.start.tolist(), found.state.tolist(), strict=True)
        states += [(lane, start, state) for start, state in times if start < until]
    return states


@pytest.mark.parametrize("release", FORMATS)
def test_a_cut_file_keeps_every_generation_before_the_cut(release: str) -> None:
    whole = record(release)
    index = index_trace(memoryview(whole.data), name="whole")
    last = index.generations[-1]
    cut = last.events[len(last.events) // 2].offset + 5
    trace = read_trace(whole.data[:cut], name="cut.trace")
    begins = whole.trace.generations[-1]
    assert _goroutine_states(trace, begins - 1) == _goroutine_states(whole.trace, begins - 1)
    assert not trace.complete
    assert any("cut off" in loss.what for loss in trace.losses)
    assert all(loss.where.startswith("cut.trace") for loss in trace.losses)


@pytest.mark.parametrize("release", FORMATS)
def test_a_cut_generation_keeps_its_events_and_says_that_its_stacks_are_lost(release: str) -> None:
    whole = record(release)
    last = index_trace(memoryview(whole.data), name="whole").generations[-1]
    tables = min(batch.offset for batch in (*last.strings, *last.stacks))
    trace = read_trace(whole.data[: tables - 20], name="cut.trace")
    # The batches of the tables come last, so nearly all events stand before the cut.
    assert trace.events > 0.9 * whole.trace.events
    assert any("stacks and reasons are lost" in loss.what for loss in trace.losses)


def test_a_garbled_batch_loses_only_its_own_tail() -> None:
    whole = record(NEWEST)
    first = index_trace(memoryview(whole.data), name="whole").generations[0]
    batch = max(first.events, key=lambda each: each.size)
    damaged = bytearray(whole.data)
    middle = batch.offset + batch.size // 2
    damaged[middle : middle + 200] = b"\x00" * 200
    trace = read_trace(bytes(damaged), name="bad.trace")
    assert [loss for loss in trace.losses if f"thread {batch.thread}" in loss.what]
    assert len(trace.generations) == len(whole.trace.generations)
    assert trace.events > whole.trace.events / 2


def test_a_zero_filled_tail_is_told_as_a_cut() -> None:
    whole = record(NEWEST)
    trace = read_trace(whole.data + bytes(100_000), name="padded.trace")
    assert trace.events == whole.trace.events
    assert [str(loss) for loss in trace.losses] == [
        f"padded.trace: the file is cut off at byte {len(whole.data):,} (100,000 bytes)"
    ]


def test_what_stands_between_two_sound_stretches_is_passed_over() -> None:
    whole = record("1.25.5")
    first = index_trace(memoryview(whole.data), name="whole").generations[0]
    batch = first.events[3]
    every = (*first.events, *first.strings, *first.stacks, *first.cpu_samples, *first.sync)
    head = max(each.offset + each.size for each in every if each.offset < batch.offset)
    damaged = bytearray(whole.data)
    damaged[head : batch.offset] = b"\xff" * (batch.offset - head)
    trace = read_trace(bytes(damaged), name="bad.trace")
    assert len(trace.generations) == len(whole.trace.generations)
    assert any("damaged stretch" in loss.what for loss in trace.losses)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"go 1.27",
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"go 1.21 trace\0\0\0",
        b"go 1.26 trace\0\0\0",
    ],
    ids=["empty", "short", "picture", "old format", "header only"],
)
def test_what_is_no_readable_trace_is_told_with_its_name_and_a_remedy(data: bytes) -> None:
    with pytest.raises(TraceError, match=r"^some\.trace: .+; .+"):
        read_trace(data, name="some.trace")


def test_a_newer_format_is_read_as_far_as_it_is_known() -> None:
    whole = record(NEWEST)
    trace = read_trace(whole.data.replace(b"go 1.26", b"go 1.31", 1), name="new.trace")
    assert trace.events == whole.trace.events
    assert any("newer" in loss.what for loss in trace.losses)
