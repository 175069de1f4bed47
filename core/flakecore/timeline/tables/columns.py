"""The columns that tables are made of: text by number, and the places in the source of stacks.

A column of text is an object array of ``str``: rows that agree share one object, so a row takes 8
bytes however long its text is. A column without rows is of fixed-width text instead (``<U1``):
polars reads an empty object array as a column of unknown objects, and a filter on it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from flakecore.frames import own_frame
from flakecore.gotrace import Stack

Table: TypeAlias = dict[str, NDArray[Any]]
"""Columns by name, in the order in which they are documented; all of one length."""


def text_column(values: Sequence[str]) -> NDArray[Any]:
    """Return texts as a column."""
    if not len(values):
        return np.zeros(0, "<U1")
    column = np.empty(len(values), np.object_)
    column[:] = values
    return column


def numbered_text(numbers: NDArray[Any], text_of: Callable[[int], str]) -> NDArray[Any]:
    """Return the text that each number stands for; ``text_of`` is called once for each distinct.

    Args:
        numbers: (n,), integers from 0 on, small enough to index a table.
        text_of: returns the text of a number.
    """
    if not len(numbers):
        return text_column(())
    used = np.flatnonzero(np.bincount(numbers))
    texts = np.full(int(used[-1]) + 1, "", np.object_)
    texts[used] = [text_of(number) for number in used.tolist()]
    column: NDArray[Any] = texts[numbers]
    return column


class PlaceColumns(NamedTuple):
    """Where a stack is in the source.

    Attributes:
        function, file, line: of the program's own frame; "" and 0 where the stack has none.
        stack: all of it, a frame a line as ``function file:line``, the innermost first.
    """

    function: str
    file: str
    line: int
    stack: str


NOWHERE = PlaceColumns("", "", 0, "")


def stack_place(stack: Stack, package: str) -> PlaceColumns:
    """Return where a stack is; ``package`` is the import path of the package under test."""
    whole = "\n".join(f"{frame.function} {frame.file}:{frame.line}" for frame in stack)
    own = own_frame(stack, package)
    return (
        PlaceColumns("", "", 0, whole)
        if own is None
        else PlaceColumns(own.function, own.file, own.line, whole)
    )


def places(stacks: NDArray[Any], where: Callable[[int], PlaceColumns], prefix: str = "") -> Table:
    """Return the columns ``function``, ``file``, ``line`` and ``stack`` of stack numbers.

    Args:
        stacks: (n,), integers from 0 on, small enough to index a table.
        where: returns the place of a stack's number; called once for each distinct.
        prefix: put before the columns' names.
    """
    if not len(stacks):
        empty = [text_column(()), text_column(()), np.zeros(0, np.int32), text_column(())]
        return dict(zip((prefix + name for name in PlaceColumns._fields), empty, strict=True))
    used = np.flatnonzero(np.bincount(stacks))
    table = np.full((4, int(used[-1]) + 1), "", np.object_)
    table[2] = 0
    for number in used.tolist():
        table[:, number] = where(number)
    function, file, line, whole = table
    return {
        f"{prefix}function": function[stacks],
        f"{prefix}file": file[stacks],
        f"{prefix}line": line.astype(np.int32)[stacks],
        f"{prefix}stack": whole[stacks],
    }


def joined(parts: Sequence[Table]) -> Table:
    """Return the rows of tables with the same columns, one after another; at least one table."""
    filled = [part for part in parts if len(next(iter(part.values())))] or parts[:1]
    return {name: np.concatenate([part[name] for part in filled]) for name in filled[0]}
