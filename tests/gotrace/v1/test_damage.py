"""Damaged old traces: what is sound is kept, what is not is told, and nothing raises otherwise.

50,000 golden traces with random damage (bits flipped, stretches cut out, zeroed, moved or put in,
lying lengths, cut ends) were read and listed once, within 51 MB and 0.07 s each. They found one
fault, a log that is cut off just before its text, which is part of cutting at every byte below.
21,000 more, with batches of other traces put in, found another: a stack number in the millions,
for which tables of 95 MB were made. Another 40,000 found nothing, within 76 MB.
"""

from __future__ import annotations

import random
import re
import tracemalloc
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flakecore.errors import TraceError
from flakecore.gotrace import State, read_trace
from flakecore.gotrace.v1 import TraceV1, read_v1
from flakecore.gotrace.v1.format import event_offsets
from flakecore.gotrace.v1.trace import open_v1
from gotrace.text_form import varint
from gotrace.v1.samples import sample_path
from thoroughness import examples

HEADER = b"go 1.21 trace\0\0\0"
TICK = 1_000_000_000_000


def _read(data: bytes) -> TraceV1:
    return read_v1(memoryview(data), name="some.trace")


def _goroutine_changes(trace: TraceV1) -> Counter[tuple[int, int, int]]:
    """Count who changed when to what, without what was so already when the trace began."""
    lanes = trace.goroutines
    rows = ~lanes.status
    return Counter(
        zip(
            lanes.lane[rows].tolist(),
            lanes.tick[rows].tolist(),
            lanes.state[rows].tolist(),
            strict=True,
        )
    )


@pytest.mark.slow
def test_a_file_may_be_cut_at_any_byte() -> None:
    data = sample_path("user_task_region_1_19_good").read_bytes()
    events = 0
    for size in range(17, len(data)):
        cut = _read(data[:size])
        assert cut.events >= events
        events = cut.events
        # A cut between the stacks at the end shows only in those that are missing.
        assert any("cut off" in loss.what for loss in cut.losses) or cut.losses[-1].count
        assert sum(loss.bytes for loss in cut.losses) <= size - 16
    assert events == _read(data).events


@pytest.mark.parametrize("damaged", [0, 1, 40])
def test_a_file_read_in_pieces_is_the_same(monkeypatch: pytest.MonkeyPatch, damaged: int) -> None:
    data, choose = bytearray(sample_path("stress_1_19_good").read_bytes()), random.Random(damaged)
    for _ in range(damaged):
        data[choose.randrange(16, len(data))] = choose.randrange(256)
    whole = open_v1(memoryview(data), name="some.trace")
    monkeypatch.setattr(event_offsets, "_PIECE", 140_000)
    pieces = open_v1(memoryview(data), name="some.trace")
    assert np.array_equal(pieces.sequence, whole.sequence)
    columns = ("type", "tick", "named", "stack", "streams", "discontinuities", "exits", "ended")
    for column in columns:
        assert np.array_equal(getattr(pieces.events, column), getattr(whole.events, column))
    assert (pieces.strings, pieces.stacks) == (whole.strings, whole.stacks)
    assert pieces.losses == whole.losses


def test_a_loss_says_where_how_much_and_about_when() -> None:
    data = bytearray(sample_path("stress_1_19_good").read_bytes())
    data[150_000:150_200] = bytes(200)
    (loss,) = (loss for loss in _read(bytes(data)).losses if "damaged stretch" in loss.what)
    assert loss.bytes >= 200
    assert re.search(r"at byte 150,000, between 0\.\d{3} \d{3} and 0\.\d{3} \d{3} s$", loss.what)


def test_text_that_ends_within_a_number_misleads_nothing() -> None:
    """The last byte of such a text and the type of the next event look like one number."""
    text = "\u00e9\u20ac".encode()
    batch = b"\x41" + varint(0) + varint(TICK)
    words = [bytes([37]) + varint(n) + varint(len(text)) + text for n in range(1, 400)]
    log = bytes([48 | 3 << 6]) + varint(4) + bytes([1, 0, 7, 0]) + varint(len(text)) + text
    starts = [_event(14, 1, 7, turn) for turn in range(1, 100)]
    body = b"".join([*words[:200], *starts, *words[200:], log, log, *starts[:1]])
    trace = _read(HEADER + batch + body + b"\x02" + varint(40_000_000))
    assert trace.losses == ()
    assert trace.events == len(starts) + 3
    assert trace.strings[399] == text.decode()
    messages = trace.annotations.logs.message.tolist()
    assert [trace.strings[number] for number in messages] == [text.decode()] * 2


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("user_task_region_1_11_good", 11),
        ("stress_start_stop_1_19_good", 101),
        ("http_1_21_good", 101),
        ("stress_1_11_good", 90_001),
    ],
)
def test_a_cut_file_keeps_what_stands_before_the_cut(name: str, step: int) -> None:
    data = sample_path(name).read_bytes()
    whole = _read(data)
    known = _goroutine_changes(whole)
    events = 0
    for size in range(16, len(data), step):
        cut = _read(data[:size])
        assert any("cut off" in loss.what for loss in cut.losses) or cut.losses[-1].count
        assert cut.events >= events
        events = cut.events
        # A syscall that loses its proc behind the cut seems to keep it.
        for lane, tick, state in _goroutine_changes(cut) - known:
            assert state == State.RUNNING or cut.gomaxprocs.tick.size == 0
            assert (lane, tick, State.SYSCALL) in known or cut.gomaxprocs.tick.size == 0
    assert events > 0.8 * whole.events


def test_a_cut_says_that_the_speed_of_time_is_a_guess() -> None:
    data = sample_path("stress_1_21_good").read_bytes()
    trace = _read(data[: len(data) // 2])
    assert any("how fast time passed is guessed" in loss.what for loss in trace.losses)
    assert any("stacks are lost" in loss.what and loss.count for loss in trace.losses)
    assert all(loss.where == "some.trace" for loss in trace.losses)


@pytest.mark.parametrize("name", ["stress_1_11_good", "stress_1_19_good", "stress_1_21_good"])
def test_a_garbled_stretch_loses_what_it_covers_and_the_rest_of_its_batch(name: str) -> None:
    data = sample_path(name).read_bytes()
    whole, damaged = _read(data), bytearray(data)
    middle = len(damaged) // 2
    damaged[middle : middle + 200] = bytes(200)
    trace = _read(bytes(damaged))
    (loss,) = (loss for loss in trace.losses if "damaged stretch" in loss.what)
    assert 200 <= loss.bytes < 64 << 10
    assert trace.events > 0.75 * whole.events
    new = _goroutine_changes(trace) - _goroutine_changes(whole)
    assert new.total() < 10


@pytest.mark.parametrize("name", ["stress_1_11_good", "stress_1_21_good"])
def test_a_damaged_trace_is_still_in_order(name: str) -> None:
    damaged = bytearray(sample_path(name).read_bytes())
    for place in range(5_000, len(damaged), 90_000):
        damaged[place : place + 50] = b"\xff" * 50
    lanes = _read(bytes(damaged)).goroutines
    same = lanes.lane[1:] == lanes.lane[:-1]
    backwards = same & (lanes.tick[1:] < lanes.tick[:-1])
    assert not backwards.any()


def test_a_zero_filled_tail_is_told() -> None:
    data = sample_path("http_1_21_good").read_bytes()
    trace = _read(data + bytes(100_000))
    assert trace.events == _read(data).events
    (loss,) = trace.losses
    assert loss.bytes == 100_000


def _event(kind: int, *numbers: int) -> bytes:
    count = min(len(numbers) - 1, 3)
    body = b"".join(map(varint, numbers))
    length = varint(len(body)) if count == 3 else b""
    return bytes([kind | count << 6]) + length + body


def test_what_looks_like_a_batch_inside_an_event_is_none() -> None:
    start, syscall_end, unblock = 14, 29, 21
    batch = b"\x41" + varint(0) + varint(TICK)
    events = [
        _event(start, 1, 7, 1),
        _event(unblock, 65, 5, TICK, 0),  # 65 is a batch's first byte, 5 a proc, then a tick
        _event(syscall_end, 1, 65, 3, TICK + 5),
        _event(unblock, 65, 6, TICK + 9, 0),
        _event(start, 1, 65, 4),
    ]
    trace = _read(HEADER + batch + b"".join(events) + b"\x02" + varint(40_000_000))
    assert trace.losses == ()
    assert trace.events == len(events)
    assert set(trace.procs.lane.tolist()) == {0}


@pytest.mark.parametrize(
    "data",
    [
        HEADER,
        HEADER + bytes(10_000),
        HEADER + b"A" * 10_000,
        HEADER + b"\xff" * 10_000,
        b"go 1.10 trace\0\0\0" + bytes(100),
        b"go 1.5 trace\0\0\0\0",
    ],
    ids=["header only", "zeros", "seeming batches", "endless number", "Go 1.10", "Go 1.5"],
)
def test_what_holds_no_events_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(TraceError, match=r"^some\.trace: .+; .+"):
        read_trace(data, name="some.trace")


def test_a_stack_number_that_lies_takes_no_memory() -> None:
    """A goroutine waits at a stack with a number in the millions, which is in the table."""
    stack = _event(2, 4_000_000, 1, 65, 2, 3, 4)
    batch = b"\x41" + varint(0) + varint(TICK)
    waits = [_event(14, 1, 7, 1), _event(20, 1, 4_000_000)]
    data = HEADER + batch + b"".join(waits) + b"\x02" + varint(40_000_000) + stack
    tracemalloc.start()
    trace = read_trace(data, name="some.trace")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert trace.events == 2
    assert peak < 10_000_000


@settings(max_examples=examples(120), suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32),
    flips=st.integers(0, 40),
    splice=st.booleans(),
    strange=st.binary(max_size=200),
)
def test_no_damage_raises_anything_but_a_trace_error(
    seed: int, flips: int, splice: bool, strange: bytes
) -> None:
    choose = random.Random(seed)
    name = choose.choice(["http_1_21_good", "stress_start_stop_1_11_good"])
    data = bytearray(sample_path(name).read_bytes())
    for _ in range(flips):
        data[choose.randrange(16, len(data))] = choose.randrange(256)
    if splice:
        start = choose.randrange(16, len(data))
        data[start : choose.randrange(start, len(data))] = strange
    try:
        trace = read_trace(bytes(data), name="bad.trace")
    except TraceError as error:
        assert "bad.trace" in str(error)
    else:
        for columns in (trace.goroutines, trace.procs, trace.threads):
            for part in columns.parts():
                assert np.all(part.end >= part.start)
