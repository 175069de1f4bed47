"""Events of batches side by side: where each begins, and where a batch cannot be read on."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace.format.event_offsets import Walked, find_offsets
from flakecore.gotrace.format.wire import Ev
from gotrace.constructed import event

STATUS = event(Ev.GO_STATUS, 1, 7, 3, 2)
STOP = event(Ev.GO_STOP, 300, 1, 0)


def _walk(*batches: bytes) -> Walked:
    buffer = np.frombuffer(b"".join(batches), np.uint8).copy()
    return find_offsets(buffer, np.cumsum([len(each) for each in batches]))


def _types(walked: Walked) -> list[int]:
    types: list[int] = walked.tokens.values(walked.first).tolist()
    return types


def test_the_events_of_each_batch_are_found_in_order() -> None:
    walked = _walk(STATUS + STOP, STOP)
    assert _types(walked) == [Ev.GO_STATUS, Ev.GO_STOP, Ev.GO_STOP]
    assert walked.counts.tolist() == [2, 1]
    assert np.array_equal(walked.stopped, walked.ends)


def test_more_events_than_one_stride_has_steps_are_all_found() -> None:
    walked = _walk(STOP * 3000, STATUS)
    assert walked.counts.tolist() == [3000, 1]


@pytest.mark.parametrize("bad", [0, 127], ids=["no type", "a type that no event has"])
def test_a_batch_stops_at_a_byte_that_is_no_type_and_the_next_one_is_read(bad: int) -> None:
    walked = _walk(STATUS + bytes([bad]) + STOP, STOP)
    assert walked.counts.tolist() == [1, 1]
    assert (walked.stopped < walked.ends).tolist() == [True, False]


@pytest.mark.parametrize("size", range(1, len(STOP)))
def test_an_event_cut_short_is_none_and_takes_nothing_of_the_next_batch(size: int) -> None:
    walked = _walk(STATUS + STOP[:size], STOP)
    assert walked.counts.tolist() == [1, 1]
    assert _types(walked) == [Ev.GO_STATUS, Ev.GO_STOP]
