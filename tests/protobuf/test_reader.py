from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.protobuf.reader import Fields, WireError, fields_of, outermost_fields, varints_in

words = st.integers(0, 2**64 - 1)


def varint(value: int) -> bytes:
    octets = []
    while value >= 0x80:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*octets, value])


@given(st.lists(st.lists(words, max_size=8), max_size=8))
def test_all_varints_of_many_ranges_come_back_in_order(ranges: list[list[int]]) -> None:
    packed = [b"".join(map(varint, values)) for values in ranges]
    ends = np.cumsum([len(part) for part in packed], dtype=np.int64)
    starts = ends - [len(part) for part in packed]
    data = np.frombuffer(b"".join(packed), np.uint8)
    values, counts = varints_in(data, starts.astype(np.int64), ends)
    assert values.tolist() == [value for part in ranges for value in part]
    assert counts.tolist() == [len(part) for part in ranges]


@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 2**29 - 1), st.one_of(words, st.binary(max_size=9)))),
        max_size=6,
    )
)
def test_fields_of_many_messages_are_those_of_each_alone(
    messages: list[list[tuple[int, int | bytes]]],
) -> None:
    encoded = []
    for fields in messages:
        parts = []
        for number, value in fields:
            if isinstance(value, int):
                parts.append(varint(number << 3) + varint(value))
            else:
                parts.append(varint(number << 3 | 2) + varint(len(value)) + value)
        encoded.append(b"".join(parts))
    blob = b"".join(encoded)
    ends = np.cumsum([len(part) for part in encoded], dtype=np.int64)
    starts = (ends - [len(part) for part in encoded]).astype(np.int64)
    found = fields_of(np.frombuffer(blob, np.uint8), starts, ends)
    expected = [
        (index, number, varint(value) if isinstance(value, int) else value)
        for index, fields in enumerate(messages)
        for number, value in fields
    ]
    order = np.argsort(found.message, kind="stable")
    found = Fields(*(getattr(found, name)[order] for name in Fields.__slots__))
    spans = zip(found.start.tolist(), found.end.tolist(), strict=True)
    contents = [blob[start:end] for start, end in spans]
    numbers = zip(found.message.tolist(), found.number.tolist(), strict=True)
    assert [(*pair, text) for pair, text in zip(numbers, contents, strict=True)] == expected
    alone = outermost_fields(blob)
    assert alone.number.tolist() == found.number.tolist()
    assert alone.start.tolist() == found.start.tolist()
    assert alone.end.tolist() == found.end.tolist()


@given(st.binary(max_size=40))
def test_both_readers_agree_on_what_is_no_message(data: bytes) -> None:
    array = np.frombuffer(data, np.uint8)
    span = (np.array([0]), np.array([len(data)]))
    try:
        alone = outermost_fields(data)
    except WireError:
        with pytest.raises(WireError):
            fields_of(array, *span)
        return
    together = fields_of(array, *span)
    assert together.end.tolist() == alone.end.tolist()


def test_a_field_of_another_type_than_expected_is_refused() -> None:
    fields = outermost_fields(b"\x08\x01\x0d\x00\x00\x00\x00")
    with pytest.raises(WireError):
        fields.varints(np.zeros(7, np.uint8), 1, 1)
