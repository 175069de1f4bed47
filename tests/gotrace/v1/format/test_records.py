"""Events of a file with their offsets; what cannot be read is a gap, and the rest is read."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from flakecore.gotrace.v1.format.records import merged_gaps, ranges, read_records
from flakecore.gotrace.v1.format.wire import TYPE_BITS, EvV1
from gotrace.v1.samples import sample_path


@functools.cache
def data() -> bytes:
    return sample_path("user_task_region_1_21_good").read_bytes()


def test_each_event_stands_at_its_offset_in_the_file() -> None:
    for records in read_records(memoryview(data())):
        every = np.arange(len(records))
        offsets = records.offset(every)
        assert (np.diff(offsets) > 0).all()
        at = np.frombuffer(data(), np.uint8)[offsets]
        assert ((at & TYPE_BITS) == records.type).all()


def test_an_undamaged_file_has_no_gaps() -> None:
    assert sum(len(records.gaps) for records in read_records(memoryview(data()))) == 0


def test_a_batch_of_an_impossible_proc_is_a_gap_and_other_batches_are_read() -> None:
    (records,) = read_records(memoryview(data()))
    batches = np.flatnonzero(records.type == EvV1.BATCH)
    offsets = records.offset(batches)
    damaged = bytearray(data())
    begin = int(offsets[1])
    damaged[begin + 1 : begin + 9] = b"\xff" * 8
    (found,) = read_records(memoryview(bytes(damaged)))
    assert 0 < len(found) < len(records)
    assert len(found.gaps) >= 1


@pytest.mark.parametrize(
    ("gaps", "merged"),
    [
        ([], []),
        ([[5, 9], [1, 3]], [[1, 3], [5, 9]]),
        ([[1, 5], [3, 9]], [[1, 9]]),
        ([[1, 5], [5, 9]], [[1, 9]]),
        ([[1, 9], [2, 3], [10, 11]], [[1, 9], [10, 11]]),
    ],
)
def test_gaps_that_overlap_or_touch_are_one(gaps: list[list[int]], merged: list[list[int]]) -> None:
    assert merged_gaps(np.array(gaps, np.int64).reshape(-1, 2)).tolist() == merged


def test_ranges_follow_one_another() -> None:
    assert ranges(np.array([5, 20]), np.array([3, 2])).tolist() == [5, 6, 7, 20, 21]
    assert ranges(np.array([5, 20]), np.array([0, 1])).tolist() == [20]
