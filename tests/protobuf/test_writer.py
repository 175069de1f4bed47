"""What is written in columns is what is read, field by field, of each message."""

from __future__ import annotations

import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flakecore.protobuf.reader import FIXED64, LENGTH, VARINT, each_field, varint_at, varints_in
from flakecore.protobuf.writer import (
    fixed64_column,
    message,
    message_column,
    varint,
    varint_column,
    varint_fields,
    varint_sizes,
    varints,
    written,
)

words = st.integers(0, 2**64 - 1)
rows = st.tuples(words, st.booleans(), words, st.booleans(), st.booleans())


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_varints_are_read_as_they_were_written(numbers: list[int]) -> None:
    column = np.array(numbers, np.uint64)
    octets = varints(column)
    assert len(octets) == varint_sizes(column).sum()
    spans = np.array([0]), np.array([len(octets)])
    assert varints_in(np.frombuffer(octets, np.uint8), *spans)[0].tolist() == numbers


@given(words)
def test_one_varint_is_read_as_it_was_written(number: int) -> None:
    octets = varint(number)
    assert varint_at(octets, 0) == (number, len(octets))
    assert varint_sizes(np.array([number], np.uint64)).tolist() == [len(octets)]


@given(st.lists(rows, min_size=1, max_size=12))
def test_messages_in_columns_are_those_written_one_by_one(
    messages: list[tuple[int, bool, int, bool, bool]],
) -> None:
    first, has_first, second, has_second, has_inner = map(list, zip(*messages, strict=True))
    numbers, wide = np.array(first, np.uint64), np.array(second, np.uint64)
    there = [np.array(each, np.bool_) for each in (has_first, has_second, has_inner)]
    always = np.ones(len(messages), np.bool_)
    inner = [varint_column(1, numbers, there[0]), fixed64_column(2000, wide, there[1])]
    data = written([message_column(9, [*inner, message_column(3, inner, there[2])], always)])
    expected = b""
    for number, has_number, fixed, has_fixed, has_below in messages:
        fields = varint(1 << 3 | VARINT) + varint(number) if has_number else b""
        tag = varint(2000 << 3 | FIXED64)
        fields += tag + struct.pack("<Q", fixed) if has_fixed else b""
        expected += message(9, fields + (message(3, fields) if has_below else b""))
    assert data == expected


def test_a_negative_number_is_its_complement_as_in_int64() -> None:
    always = np.ones(1, np.bool_)
    data = written([varint_column(1, np.array([-5], np.int64), always)])
    assert data == varint_fields((1, -5))
    (field,) = each_field(data)
    assert varint_at(data, field.start)[0] == 2**64 - 5


def test_a_field_of_none_is_not_written() -> None:
    never = np.zeros(3, np.bool_)
    assert written([varint_column(1, np.arange(3), never)]) == b""
    assert written([message_column(1, [varint_column(1, np.arange(3), never)], ~never)]) == (
        bytes([1 << 3 | LENGTH, 0]) * 3
    )
