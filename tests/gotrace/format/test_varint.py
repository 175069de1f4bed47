from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotrace.format.varint import numbers_behind, read_varint, tokenize
from gotrace.text_form import varint


@given(st.lists(st.integers(0, 2**63 - 1)))
def test_a_column_of_numbers_is_what_was_encoded(numbers: list[int]) -> None:
    buffer = np.frombuffer(b"".join(map(varint, numbers)), np.uint8)
    tokens = tokenize(buffer)
    assert len(tokens) == len(numbers)
    assert tokens.values(np.arange(len(tokens))).tolist() == numbers


_NUMBERS = st.one_of(st.integers(0, 300), st.integers(0, 2**31), st.integers(0, 2**63 - 1))


@given(st.lists(st.lists(_NUMBERS, min_size=4, max_size=4)), st.integers(0, 3))
def test_a_number_is_read_behind_others(rows: list[list[int]], skipped: int) -> None:
    encoded = [b"".join(map(varint, row)) for row in rows]
    buffer = np.frombuffer(b"".join(encoded), np.uint8)
    at = np.cumsum([0, *map(len, encoded)], dtype=np.int32)[:-1]
    values = numbers_behind(buffer, at, skipped)
    assert values.tolist() == [row[skipped] for row in rows]
    assert values.itemsize == (4 if all(row[skipped] < 2**31 for row in rows) else 8)


@given(st.integers(0, 2**64 - 1), st.binary(max_size=3))
def test_one_number_is_read_with_the_place_after_it(number: int, rest: bytes) -> None:
    encoded = varint(number)
    assert read_varint(memoryview(encoded + rest), 0, len(encoded)) == (number, len(encoded))


@given(st.integers(128, 2**64 - 1))
def test_a_number_that_does_not_end_in_time_has_no_place_after_it(number: int) -> None:
    encoded = varint(number)
    assert read_varint(memoryview(encoded), 0, len(encoded) - 1)[1] == -1
