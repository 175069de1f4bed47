from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotrace.varint import read_varint, tokenize


def _encode(number: int) -> bytes:
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


@given(st.lists(st.integers(0, 2**63 - 1)))
def test_a_column_of_numbers_is_what_was_encoded(numbers: list[int]) -> None:
    buffer = np.frombuffer(b"".join(map(_encode, numbers)), np.uint8)
    tokens = tokenize(buffer)
    assert len(tokens) == len(numbers)
    assert tokens.values(np.arange(len(tokens))).tolist() == numbers


@given(st.integers(0, 2**64 - 1), st.binary(max_size=3))
def test_one_number_is_read_with_the_place_after_it(number: int, rest: bytes) -> None:
    encoded = _encode(number)
    assert read_varint(memoryview(encoded + rest), 0, len(encoded)) == (number, len(encoded))


@given(st.integers(128, 2**64 - 1))
def test_a_number_that_does_not_end_in_time_has_no_place_after_it(number: int) -> None:
    encoded = _encode(number)
    assert read_varint(memoryview(encoded), 0, len(encoded) - 1)[1] == -1
