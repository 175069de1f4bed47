"""Rows of a series count what is alive of a heap, and what profiles count by themselves else."""

from __future__ import annotations

from dataclasses import replace

from flakecore.pprof import Profile, ProfileFrame, ValueType
from flakecore.report.profile.series_rows import SeriesRow, series_measure, series_rows
from flakecore.timeline import CaseProfile
from pprof.made import profile_of

KEEP = ProfileFrame("p.keep", "a.go", 3)
BRIEF = ProfileFrame("p.brief", "a.go", 9)
ALIVE, MADE = ValueType("inuse_space", "bytes"), ValueType("alloc_space", "bytes")


def _heap(second: int, keep: int, brief: int) -> Profile:
    made = profile_of([((KEEP,), (), (keep, 100 * second)), ((BRIEF,), (), (brief, second))])
    return replace(made, sample_types=(ALIVE, MADE), default_type=1, time_ns=second * 10**9)


def _series(*heaps: Profile) -> list[CaseProfile]:
    return [CaseProfile(f"mem-{at}.pprof", "mem", heap) for at, heap in enumerate(heaps)]


def test_a_row_tells_what_grew_most_since_the_one_before() -> None:
    series = _series(_heap(1, 10, 5), _heap(3, 30, 2), _heap(4, 20, 1))
    assert series_measure(series) == ALIVE
    assert series_rows(series) == [
        SeriesRow(1, 0, 15, None, "", 0),
        SeriesRow(2, 2 * 10**9, 32, 17, "p.keep", 20),
        SeriesRow(3, 3 * 10**9, 21, -11, "", 0),
    ]


def test_another_measure_is_counted_where_it_is_asked_for() -> None:
    series = _series(_heap(1, 10, 5), _heap(2, 10, 5))
    assert series_measure(series, "alloc_space") == MADE
    assert [row.total for row in series_rows(series, "alloc_space")] == [101, 202]
    assert series_measure(series, "no such") == MADE


def test_a_profile_without_a_moment_has_no_time_of_its_own() -> None:
    unknown = replace(_heap(2, 1, 1), time_ns=0)
    assert [row.after_ns for row in series_rows(_series(unknown, _heap(3, 1, 1)))] == [-1, 0]
