"""Damages inputs at random, where there is no fuzzer that is guided by what it covers."""

from __future__ import annotations

import random
from collections.abc import Sequence

_TELLING = (b"\x00", b"\xff", b"\x80", b"\x7f", b"\n", b"\x1b]52;c;\x07", b"\xc2\x9b", b"9" * 25)
_LONGEST = 64 << 10


def mutated(inputs: Sequence[bytes], choose: random.Random) -> bytes:
    """Return one of some inputs after one to eight changes: bytes, cuts, repetitions, splices."""
    data = bytearray(choose.choice(inputs))
    for _ in range(choose.randint(1, 8)):
        at = choose.randrange(len(data) + 1)
        end = min(len(data), at + choose.choice((1, 2, 8, 64, 1024)))
        way = choose.randrange(6)
        if way == 0 and at < len(data):
            data[at] ^= 1 << choose.randrange(8)
        elif way == 1:
            del data[at:end]
        elif way == 2:
            data[at:at] = data[at:end] * choose.choice((1, 2, 30))
        elif way == 3:
            data[at:at] = choose.choice(_TELLING)
        elif way == 4:
            other = choose.choice(inputs)
            start = choose.randrange(len(other) + 1)
            data[at:end] = other[start : start + choose.choice((4, 64, 1024))]
        else:
            data[at:end] = choose.randbytes(end - at)
    return bytes(data[:_LONGEST])
