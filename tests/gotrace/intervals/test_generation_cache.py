"""Intervals of generations are decoded when they are looked at; the last used stay in memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from flakecore.gotrace import read_trace
from flakecore.gotrace.intervals.generation_cache import GenerationCache, LaneColumns
from gotrace.constructed import starts, trace_of


class Decoder:
    """Gives the same columns for every generation, and counts how often it is called."""

    def __init__(self) -> None:
        waits = ["GoBlock dt=1 reason=0 stack=0", "GoStart dt=1 g=7 g_seq=1"]
        trace = read_trace(trace_of({1: [*starts(1, 7, 0), *waits]}), name="trace")
        lanes = trace.goroutines, trace.procs, trace.threads
        self.count = 0
        self._columns = LaneColumns(*(each.generation(0) for each in lanes))

    def __call__(self, _: int) -> LaneColumns:
        self.count += 1
        return self._columns


@pytest.fixture
def decode() -> Decoder:
    return Decoder()


def test_a_generation_looked_at_again_is_not_decoded_again(decode: Decoder) -> None:
    cache = GenerationCache(decode)
    assert not cache.is_cached(0)
    assert cache.get(0) is cache.get(0)
    assert cache.is_cached(0)
    assert decode.count == 1


def test_the_generations_used_least_recently_are_freed(decode: Decoder) -> None:
    cache = GenerationCache(decode, capacity=0)
    for generation in range(10):
        cache.get(generation)
    cached = [generation for generation in range(10) if cache.is_cached(generation)]
    assert cached == [6, 7, 8, 9]
    cache.get(6)
    cache.get(0)
    assert cache.is_cached(6)
    assert not cache.is_cached(7)


def test_threads_that_ask_at_once_decode_a_generation_once(decode: Decoder) -> None:
    cache = GenerationCache(decode)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(cache.get, [3] * 16))
    assert all(each is found[0] for each in found)
    assert decode.count == 1


def test_a_generation_that_was_put_is_not_decoded(decode: Decoder) -> None:
    cache = GenerationCache(decode)
    columns = decode(0)
    cache.put(5, columns)
    assert cache.get(5) is columns
    assert decode.count == 1
