"""Fields of a long message are found where a walk from its first byte finds them."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flakecore.protobuf.reader import WireError, each_field
from flakecore.protobuf.records import record_starts
from thoroughness import examples


def _varint(value: int) -> bytes:
    octets = []
    while value >= 0x80:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*octets, value])


def _walked(data: bytes) -> tuple[list[int], int]:
    """Return where fields begin and where they stop, found one by one."""
    starts: list[int] = []
    at = 0
    fields = each_field(data)
    while True:
        try:
            field = next(fields)
        except StopIteration:
            return starts, at
        except WireError:
            return starts, at
        if not 0 < field.number < 1 << 29:
            return starts, at
        starts.append(at)
        at = field.end


def _message(seed: int, fields: int) -> bytes:
    source = random.Random(seed)
    parts = []
    for _ in range(fields):
        number = source.choice((2, 2, 2, 4, 5, 6, 300))
        if source.random() < 0.1:
            parts.append(_varint(number << 3) + _varint(source.getrandbits(source.choice((5, 60)))))
        else:
            size = source.choice((0, 3, 40, 90, 200, 3000) if source.random() < 0.3 else (40, 60))
            parts.append(_varint(number << 3 | 2) + _varint(size) + source.randbytes(size))
    return b"".join(parts)


@given(st.integers(0, 2**32), st.integers(0, 2000))
@settings(max_examples=examples(30))
def test_fields_begin_where_a_walk_from_the_first_byte_finds_them(seed: int, fields: int) -> None:
    data = _message(seed, fields)
    starts, end = record_starts(np.frombuffer(data, np.uint8))
    assert (starts.tolist(), end) == _walked(data)
    assert end == len(data)


@given(st.integers(0, 2**32), st.integers(0, 100_000), st.integers(0, 255))
@settings(max_examples=examples(30))
def test_fields_before_a_damaged_byte_are_found(seed: int, place: int, octet: int) -> None:
    damaged = bytearray(_message(seed, 1500))
    damaged[place % len(damaged)] = octet
    starts, end = record_starts(np.frombuffer(damaged, np.uint8))
    assert (starts.tolist(), end) == _walked(bytes(damaged))


def test_one_field_may_fill_many_chunks() -> None:
    data = b"\x12" + _varint(1 << 17) + b"\x12\x02ab" * (1 << 15) + b"\x08\x01"
    starts, end = record_starts(np.frombuffer(data, np.uint8))
    assert (starts.tolist(), end) == ([0, len(data) - 2], len(data))
