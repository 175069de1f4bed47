"""The compiled loops number rows and add up nodes as the columns do."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flakecore.pprof import Granularity, call_totals, node_totals, nodes_by
from flakecore.pprof.distinct_rows import distinct_rows
from flakecore.profile_native import rows
from flakecore.profile_native.library import profile_loops
from pprof.made import profile_of, samples
from profile_native.without_loops import columns
from thoroughness import examples

_ROWS = st.lists(st.lists(st.integers(0, 3), max_size=4), max_size=60)


@given(_ROWS)
def test_rows_are_numbered_alike(made: list[list[int]]) -> None:
    values = np.array([value for row in made for value in row], np.int32)
    offsets = np.cumsum([0, *map(len, made)]).astype(np.int64)
    numbered = rows.number_rows(values, offsets)
    assert numbered is not None
    with columns():
        expected = distinct_rows(values, offsets)
    assert [each.tolist() for each in numbered] == [each.tolist() for each in expected]


def test_rows_whose_hashes_are_alike_too_often_are_left_to_the_columns() -> None:
    # A table that is full of others finds no room for any row.
    loops = profile_loops()
    assert loops is not None
    count = 40_000
    values, offsets = np.arange(count, dtype=np.int32), np.arange(count + 1, dtype=np.int64)
    table, content = np.zeros(1 << 17, np.int32), np.zeros(count, np.int32)
    table[:] = 1
    first = np.zeros(count, np.int64)
    found = loops.number_rows(
        *(values.ctypes.data, offsets.ctypes.data, count, 1, 17),
        *(table.ctypes.data, content.ctypes.data, first.ctypes.data),
    )
    assert found == -1


@given(samples)
@settings(max_examples=examples(50))
def test_nodes_add_up_alike(made: Any) -> None:
    profile = profile_of(made)
    nodes = nodes_by(profile.stacks, Granularity.FUNCTIONS)
    totals = node_totals(profile.stacks, profile.stack_values(1), nodes)
    with columns():
        expected = node_totals(profile.stacks, profile.stack_values(1), nodes)
    assert totals.cumulative.tolist() == expected.cumulative.tolist()
    assert totals.flat.tolist() == expected.flat.tolist()


@given(samples)
@settings(max_examples=examples(50))
def test_calls_add_up_alike(made: Any) -> None:
    profile = profile_of(made)
    values = profile.stack_values(1)
    for granularity in (Granularity.FUNCTIONS, Granularity.LINES):
        nodes = nodes_by(profile.stacks, granularity)
        calls = call_totals(profile.stacks, values, nodes)
        with columns():
            expected = call_totals(profile.stacks, values, nodes)
        for name in ("caller", "callee", "value", "inlined"):
            assert getattr(calls, name).tolist() == getattr(expected, name).tolist()


def test_more_calls_than_a_table_holds_go_into_a_larger_one() -> None:
    count = (1 << 17) + 10
    frames = np.arange(2 * count, dtype=np.int32)
    offsets = np.arange(0, 2 * count + 1, 2, dtype=np.int64)
    calls = rows.add_calls(frames, offsets, frames, frames, np.ones(count, np.int64))
    assert calls is not None and len(calls.caller) == count and calls.value.sum() == count
