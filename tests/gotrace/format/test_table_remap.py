"""Columns of a generation under the numbers of the trace's table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.stacks import Frame, StackTable
from flakecore.gotrace.format.table_remap import TableRemap


@dataclass(frozen=True)
class Inner:
    wake_stack: NDArray[np.int64]


@dataclass(frozen=True)
class Outer:
    reason: NDArray[np.int64]
    stack: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    inner: Inner


STRINGS = {1: "sleep", 2: "chan send", 3: "pool.work", 4: "pool.go"}
STACKS = {9: ((0, 3, 4, 12),)}


def _second_generation() -> tuple[StackTable, TableRemap]:
    """Return a table to which another generation has already given its strings."""
    table = StackTable()
    TableRemap(table, {1: "other", 2: "sleep"}, {1: ((0, 1, 1, 1),)})
    return table, TableRemap(table, STRINGS, STACKS)


def test_strings_and_stacks_are_those_of_the_generations_own_numbers() -> None:
    _, remap = _second_generation()
    assert [remap.string(number) for number in (1, 2, 99)] == ["sleep", "chan send", ""]
    assert remap.stack(9) == (Frame("pool.work", "pool.go", 12),)
    assert remap.stack(8) == ()


def test_columns_of_strings_and_stacks_are_translated_by_their_names_at_any_depth() -> None:
    table, remap = _second_generation()
    column = np.array([9, 8])
    found = remap.translate(Outer(np.array([1, 2]), column, column, Inner(column)))
    assert [table.string(number) for number in found.reason.tolist()] == ["sleep", "chan send"]
    for stacks in (found.stack, found.inner.wake_stack):
        assert [len(table.stack(number)) for number in stacks.tolist()] == [1, 0]


def test_other_columns_stay_as_they_are() -> None:
    _, remap = _second_generation()
    column = np.array([9, 8])
    outer = Outer(column, column, column, Inner(column))
    assert remap.translate(outer).goroutine is column
