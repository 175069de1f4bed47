"""The timed events of a generation, decoded by the compiled loop or in columns."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.format.batch_index import index_trace
from flakecore.loss import Loss
from gotrace.constructed import starts, trace_of
from gotrace.recordings import FORMATS, trace_file


def _decoded(data: bytes) -> tuple[EventColumns, tuple[Loss, ...]]:
    view = memoryview(data)
    return decode_events(view, index_trace(view, name="trace").generations[0], name="trace")


@pytest.mark.parametrize("release", [FORMATS[0], FORMATS[-1]])
def test_loop_and_columns_decode_the_same(release: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = trace_file(release).read_bytes()
    ours, losses = _decoded(data)
    monkeypatch.setattr("flakecore.gotrace.events.decode_events.read_events", lambda *_: None)
    theirs, theirs_lost = _decoded(data)
    assert losses == theirs_lost == ()
    for name in ("type", "tick", "threads", "streams", "stream", "rare_rows"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name


def test_events_are_by_thread_and_times_go_on_within_each() -> None:
    events, _ = _decoded(trace_of({5: starts(5, 8, 1), 1: starts(1, 7, 0)}))
    assert events.threads.tolist() == [1, 5]
    assert events.streams.tolist() == [0, 2, 4]
    assert events.tick.tolist() == [1, 2, 1, 2]


@pytest.mark.parametrize("natively", [True, False])
def test_a_batch_keeps_the_events_before_one_of_no_type(
    natively: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not natively:
        monkeypatch.setattr("flakecore.gotrace.events.decode_events.read_events", lambda *_: None)
    data = bytearray(trace_of({1: starts(1, 7, 0), 5: starts(5, 8, 1)}))
    index = index_trace(memoryview(data), name="trace").generations[0]
    first = next(batch for batch in index.events if batch.thread == 1)
    second_event = first.offset + 4  # after ProcStatus, its time and two arguments
    data[second_event] = 120
    events, (loss,) = _decoded(bytes(data))
    assert events.streams.tolist() == [0, 1, 3]
    assert loss.bytes == first.size - 4
    assert f"thread 1 make no sense from byte {second_event:,}" in loss.what
