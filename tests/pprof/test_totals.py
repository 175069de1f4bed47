from __future__ import annotations

import re

import pytest

from flakecore.pprof import top, top_functions
from pprof.profiles import pprof, profile, written_by
from toolchains import NEWEST

_ROW = re.compile(
    r"^ *(-?\d+)(?:ns|B)? +\S+% +\S+% +(-?\d+)(?:ns|B)? +\S+%  (.+?)(?: \((?:partial-)?inline\))?$",
    re.MULTILINE,
)
_UNITS = {"nanoseconds": "ns", "bytes": "B", "count": "count"}


def test_functions_add_up_to_what_go_tool_pprof_adds_up(release: str, kind: str) -> None:
    ours = profile(release, kind)
    for column, counted in enumerate(ours.sample_types):
        listing = pprof(
            written_by(release)[kind],
            "-top",
            "-nodecount=0",
            "-nodefraction=0",
            f"-unit={_UNITS[counted.unit]}",
            f"-sample_index={counted.kind}",
        )
        theirs = {row[3]: (int(row[1]), int(row[2])) for row in _ROW.finditer(listing)}
        assert bool(theirs) == bool(ours.values[:, column].any())
        totals = top_functions(ours, column, 10_000)
        assert {row.function: (row.flat, row.cumulative) for row in totals} == theirs


def test_stacks_come_largest_first_and_add_up_to_everything(kind: str) -> None:
    ours = profile(NEWEST, kind)
    rows = top(ours, ours.default_type, 10_000)
    totals = [total for _, total in rows]
    assert totals == sorted(totals, reverse=True)
    assert sum(totals) == ours.values[:, ours.default_type].sum()
    assert top(ours, ours.default_type, 1) == rows[:1]


def test_the_function_that_burns_time_is_on_top(release: str) -> None:
    (first,) = top_functions(profile(release, "cpu"), 1, 1)
    assert first.function in ("example.com/work.burn", "example.com/work.step")


def test_the_function_that_allocates_is_on_top(release: str) -> None:
    ours = profile(release, "mem")
    (first,) = top_functions(ours, ours.default_type, 1)
    assert first.function == "example.com/work.allocate"
    # It allocates 64 MB, of which a profile holds an estimate from samples of 512 kB.
    assert first.flat == pytest.approx(64 << 20, rel=0.1)
