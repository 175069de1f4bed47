"""Ways in which a trace can be damaged, each at random: by a broken disk, a cut, or somebody."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeAlias

from hypothesis import strategies as st

from flakecore.gotrace.format.batch_index import index_trace
from flakecore.gotrace.format.wire import HEADER_SIZE
from gotrace.recordings import FORMATS, small_trace
from gotrace.text_form import varint
from thoroughness import releases

Way: TypeAlias = Callable[[bytearray, random.Random], None]


def flip(data: bytearray, choose: random.Random) -> None:
    for _ in range(choose.choice([1, 3, 20, 100])):
        data[choose.randrange(len(data))] ^= 1 << choose.randrange(8)


def cut(data: bytearray, choose: random.Random) -> None:
    del data[choose.randrange(len(data)) :]


def leave_out(data: bytearray, choose: random.Random) -> None:
    start = choose.randrange(len(data))
    del data[start : start + choose.choice([1, 10, 1_000])]


def zero(data: bytearray, choose: random.Random) -> None:
    start, size = choose.randrange(len(data)), choose.randrange(2_000)
    data[start : start + size] = bytes(size)


def batches(data: bytes) -> list[tuple[int, int]]:
    """Return where each batch of a trace begins and ends."""
    view = memoryview(data)
    ends = {HEADER_SIZE}
    for generation in index_trace(view, name="trace").generations:
        kinds = (generation.strings, generation.stacks, generation.cpu_samples, generation.sync)
        for batch in (*generation.events, *(each for kind in kinds for each in kind)):
            ends.add(batch.offset + batch.size)
    return list(zip(sorted(ends), sorted(ends)[1:], strict=False))


def splice(data: bytearray, choose: random.Random) -> None:
    """Put batches of another trace in between."""
    other = small_trace(choose.choice(releases(FORMATS)))
    for _ in range(choose.choice([1, 2, 5])):
        start, end = choose.choice(batches(other))
        at = choose.randrange(HEADER_SIZE, len(data) + 1)
        data[at:at] = other[start:end]


def shuffle(data: bytearray, choose: random.Random) -> None:
    places = batches(bytes(data))
    choose.shuffle(places)
    data[HEADER_SIZE:] = b"".join(bytes(data[start:end]) for start, end in places)


def lie(data: bytearray, choose: random.Random) -> None:
    """Put another number where one stands, most often in a batch's header."""
    start = choose.choice([start for start, _ in batches(bytes(data))] or [HEADER_SIZE])
    at = start + choose.randrange(1, 14) if choose.random() < 0.7 else choose.randrange(len(data))
    at = end = min(at, len(data) - 1)
    while end < len(data) - 1 and data[end] >= 0x80:
        end += 1
    data[at : end + 1] = varint(choose.choice([0, 127, 1 << 16, 1 << 31, 1 << 62, (1 << 64) - 1]))


WAYS: list[Way] = [
    flip,
    cut,
    leave_out,
    zero,
    splice,
    lie,
]


def damaged(release: str, ways: list[Way], shuffled: bool, seed: int) -> bytes:
    """Return a small trace of a release, damaged in some ways; what follows a seed is the same."""
    data, choose = bytearray(small_trace(release)), random.Random(seed)
    if shuffled:
        shuffle(data, choose)
    header = bytes(data[:HEADER_SIZE])
    for way in ways:
        if len(data) > HEADER_SIZE and data.startswith(header):
            way(data, choose)
    return bytes(data)


DAMAGED = st.builds(
    damaged,
    st.sampled_from(releases(FORMATS)),
    st.lists(st.sampled_from(WAYS), min_size=1, max_size=3),
    st.booleans(),
    st.integers(0, 2**32),
)
"""Damaged traces, for hypothesis."""
