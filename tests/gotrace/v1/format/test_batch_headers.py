"""Candidates for the headers of batches: every real one is among them."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.wire import HEADER_SIZE
from flakecore.gotrace.v1.format.batch_headers import NEAR, find_headers
from flakecore.gotrace.v1.format.records import read_records
from flakecore.gotrace.v1.format.wire import BATCH_BYTE, EvV1
from gotrace.v1.samples import sample_path


@functools.cache
def data() -> bytes:
    return sample_path("user_task_region_1_21_good").read_bytes()


@functools.cache
def buffer() -> NDArray[np.uint8]:
    return np.frombuffer(data(), np.uint8)


def test_every_batch_of_a_trace_is_among_the_candidates_and_near_their_tick() -> None:
    found, tick = find_headers(buffer())
    for records in read_records(memoryview(data())):
        batches = np.flatnonzero(records.type == EvV1.BATCH)
        assert np.isin(records.offset(batches), found).all()
        assert (np.abs(records.number(1, batches).astype(np.int64) - tick) < NEAR).all()


def test_candidates_ascend_and_begin_with_the_byte_of_a_batch() -> None:
    found, _ = find_headers(buffer())
    assert found[0] == HEADER_SIZE
    assert (np.diff(found) > 0).all()
    assert (buffer()[found] == BATCH_BYTE).all()


def test_a_file_without_batches_has_no_candidates() -> None:
    for size in (0, HEADER_SIZE, 4096):
        assert len(find_headers(np.zeros(size, np.uint8))[0]) == 0
