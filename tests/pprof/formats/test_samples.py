"""Locations are found by their numbers, and samples that make no sense are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.pprof.formats.samples import RowLookup, sample_columns
from flakecore.protobuf.reader import WireError


@given(
    st.lists(st.one_of(st.integers(1, 40), st.integers(1, 2**64 - 1)), unique=True, min_size=1),
    st.lists(st.integers(0, 2**64 - 1)),
)
def test_a_number_stands_for_its_row_whether_numbers_are_dense_or_far_apart(
    known: list[int], more: list[int]
) -> None:
    lookup = RowLookup(np.array(known, np.uint64))
    asked = [*known, *(each for each in more if each not in known)]
    found = lookup.find(np.array(asked, np.uint64)).tolist()
    assert found == [*range(len(known)), *([-1] * (len(asked) - len(known)))]


def _columns(message: bytes, *, types: int = 1, known: int = 3) -> tuple[list[int], list[int]]:
    data = np.frombuffer(message, np.uint8)
    ends = np.array([len(message)], np.int64)
    lookup = RowLookup(np.arange(1, known + 1, dtype=np.uint64))
    found = sample_columns(data, np.zeros(1, np.int64), ends, lookup, types)
    return found.location.tolist(), found.values.ravel().tolist()


def test_numbers_may_be_packed_or_stand_alone() -> None:
    packed = b"\x0a\x02\x01\x03\x12\x01\x07"
    alone = b"\x08\x01\x08\x03\x10\x07"
    assert _columns(packed) == _columns(alone) == ([0, 2], [7])


def test_a_location_that_is_not_there_and_too_many_values_are_refused() -> None:
    with pytest.raises(WireError, match="a location that is not there"):
        _columns(b"\x08\x04\x10\x07")
    with pytest.raises(WireError, match="without one value for each of 2 types"):
        _columns(b"\x08\x01\x10\x07", types=2)
