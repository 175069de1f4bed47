"""The line that allocates above half of all bytes is found by what it, not testing, allocates."""

from __future__ import annotations

from dataclasses import replace

from flakecore.pprof import Profile, ProfileFrame, ValueType, allocation_share
from pprof.made import profile_of

GROW = ProfileFrame("example.com/p.grow", "C:\\p\\a.go", 7)
RUN = ProfileFrame("testing.(*T).Run", "/go/src/testing/testing.go", 3)
RUNNER = ProfileFrame("testing.tRunner", "/go/src/testing/testing.go", 9)
MALLOC = ProfileFrame("runtime.mallocgc", "/go/src/runtime/malloc.go", 3)
MB = 1 << 20


def _heap(period: int, *samples: tuple[tuple[ProfileFrame, ...], int]) -> Profile:
    made = profile_of([(stack, (), (1, size)) for stack, size in samples])
    types = (ValueType("alloc_objects", "count"), ValueType("alloc_space", "bytes"))
    return replace(made, sample_types=types, period=period)


def test_a_line_that_the_test_runner_calls_is_found_with_its_share() -> None:
    found = allocation_share(
        _heap(4096, ((MALLOC, GROW, RUNNER), 30 * MB), ((MALLOC,), 10 * MB)), "example.com/p"
    )
    assert found is not None
    assert (found.where, found.size, found.total) == (
        replace(GROW, file="C:/p/a.go"),
        30 * MB,
        40 * MB,
    )


def test_what_testing_allocates_for_a_line_is_nobodys() -> None:
    heap = _heap(4096, ((MALLOC, RUN, GROW, RUNNER), 30 * MB), ((MALLOC, GROW, RUNNER), 10 * MB))
    assert allocation_share(heap, "example.com/p") is None


def test_a_share_that_chance_may_have_made_is_none() -> None:
    samples = ((MALLOC, GROW), 36 * MB), ((MALLOC,), 28 * MB)  # 56 %, of 128 samples or of many
    assert allocation_share(_heap(512 << 10, *samples), "example.com/p") is None
    assert allocation_share(_heap(4096, *samples), "example.com/p") is not None
