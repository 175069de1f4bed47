"""A line whose allocations stay alive, profile after profile, is told; others are not."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from capture_cache import Recipe, cached_capture
from flakecore.pprof import (
    Profile,
    ProfileFrame,
    ValueType,
    alive_by_line,
    growing_sites,
    grows_steadily,
    read_profile,
)
from pprof.made import profile_of
from toolchains import NEWEST, go_environment, go_toolchain

SERIES = Path(__file__).parents[1] / "testdata" / "heap_series"

KEEP = ProfileFrame("p.keep", "/src/p/a.go", 3)
BRIEF = ProfileFrame("p.brief", "/src/p/a.go", 9)
MALLOC = ProfileFrame("runtime.mallocgc", "/go/src/runtime/malloc.go", 1)
MB = 1 << 20
PERIOD = 512 << 10


def _heap(keep: int, brief: int = 0) -> Profile:
    made = profile_of([((MALLOC, KEEP), (), (1, keep)), ((MALLOC, BRIEF), (), (1, brief))])
    types = (ValueType("inuse_objects", "count"), ValueType("inuse_space", "bytes"))
    return replace(made, sample_types=types, period=PERIOD)


def _found(kept: Sequence[int], brief: Sequence[int] = ()) -> list[tuple[str, int]]:
    series = [_heap(size * MB, (brief[at] if brief else 0) * MB) for at, size in enumerate(kept)]
    return [(each.where.function, each.growth // MB) for each in growing_sites(series)]


def test_what_grows_through_all_profiles_is_told_with_its_growth() -> None:
    assert _found([10, 20, 31, 40, 52]) == [("p.keep", 42)]
    assert alive_by_line(_heap(5, 7)) == {BRIEF: 7, KEEP: 5}


def test_what_goes_up_and_down_is_silent() -> None:
    assert _found([10, 40, 20, 50, 60]) == []
    assert _found([10, 20, 31, 40, 52], [50, 40, 90, 30, 70]) == [("p.keep", 42)]


def test_growth_that_slows_down_is_silent() -> None:
    assert _found([10, 40, 60, 61, 61, 61, 61, 62]) == []


def test_a_step_that_stands_still_is_chance_and_a_quarter_that_does_is_not() -> None:
    brief = [50, 90, 40, 80, 50, 90, 40, 80, 50]
    assert _found([10, 20, 20, 31, 40, 40, 52, 60, 71], brief) == [("p.keep", 61)]
    assert _found([10, 30, 50, 50, 51, 51, 70, 90, 110], brief) == []


def _steadily(*megabytes: float, at: Sequence[int] = ()) -> bool:
    sizes = [int(each * MB) for each in megabytes]
    return grows_steadily(sizes, at or range(len(sizes)))


def test_hardly_a_fall_is_allowed() -> None:
    assert _steadily(10, 20, 31, 40, 39, 52, 61, 70)
    assert not _steadily(10, 20, 31, 40, 30, 52, 61, 70)
    assert not _steadily(10, 20, 31, 40)
    assert not _steadily(*(each / 1000 for each in range(900)))


def test_quarters_are_of_the_time_in_which_it_grew() -> None:
    assert _steadily(3, 10, 15, 45, 47, 48, 53, at=(0, 107, 181, 502, 628, 695, 833))
    assert not _steadily(3, 10, 15, 45, 47, 48, 53)
    assert _steadily(10, 20, 30, 40, 50, at=(0, 0, 0, 0, 0))


def test_growth_within_what_sampling_is_off_by_is_silent() -> None:
    assert _found([100, 102, 104, 106, 108]) == []


def test_profiles_between_which_nothing_was_collected_count_once() -> None:
    assert _found([10, 10, 20, 20, 31, 40]) == []
    assert _found([10, 10, 20, 20, 31, 40, 40, 52]) == [("p.keep", 42)]


def test_four_profiles_tell_nothing() -> None:
    assert _found([10, 20, 30, 40]) == []


def test_other_profiles_have_nothing_alive() -> None:
    assert growing_sites([profile_of([((KEEP,), (), (1, each * MB))]) for each in range(9)]) == ()


@pytest.mark.needs_go
@pytest.mark.parametrize(("test", "told"), [("TestLeaks", ["leak"]), ("TestUpAndDown", [])])
def test_of_a_real_process_the_line_that_keeps_is_told(test: str, told: list[str]) -> None:
    go = go_toolchain(NEWEST)

    def run(folder: Path) -> None:
        subprocess.run(
            [go, "test", "-count=1", f"-run=^{test}$", "."],
            cwd=SERIES,
            env=go_environment(NEWEST) | {"PROFILES": str(folder)},
            check=True,
            capture_output=True,
            timeout=300,
        )

    folder = cached_capture(Recipe(f"heap-series-{test}", (SERIES,), (go,)), run)
    files = sorted(folder.glob("*.pprof"))
    series = [read_profile(file.read_bytes(), name=file.name) for file in files]
    assert len(series) == 8
    found = growing_sites(series, "example.com/heapseries")
    assert [each.where.function for each in found] == [f"example.com/heapseries.{f}" for f in told]
    assert all(20 * MB < each.growth < 60 * MB for each in found)  # 7 times 6 MB, by samples


def test_of_repetitions_one_that_took_long_is_one_all_the_same() -> None:
    took_ms = (0, 10, 20, 30, 40, 50, 200)
    series = [
        replace(_heap(size * MB), time_ns=at * 1_000_000)
        for at, size in zip(took_ms, (10, 20, 30, 40, 50, 60, 62), strict=True)
    ]
    assert growing_sites(series) == ()
    (site,) = growing_sites(series, of_repetitions=True)
    assert site.growth == 52 * MB
