"""Columns in the narrowest type; dataclasses of columns: selecting rows, concatenating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import IntColumn

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Columns = TypeVar("Columns", bound=DataclassInstance)


def everywhere(value: int, count: int) -> NDArray[np.int32]:
    """Return a column of one value, (count,), that takes no memory: a read-only broadcast."""
    return np.broadcast_to(np.full(1, value, np.int32), count)


def narrow(column: IntColumn) -> IntColumn:
    """Return a column in the narrowest of 16, 32 and 64 bits that holds its values."""
    if not len(column) or not any(column.strides):
        return column
    low, high = int(column.min()), int(column.max())
    if low == high:
        return np.broadcast_to(column[:1], len(column))
    for dtype in (np.int16, np.int32):
        if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
            return column.astype(dtype, copy=False)
    return column


def chosen(columns: Columns, rows: NDArray[Any] | slice) -> Columns:
    """Return some rows of every column; ``rows`` are row numbers, a mask or a slice."""
    return type(columns)(*(getattr(columns, each.name)[rows] for each in fields(columns)))


def one_after_another(parts: Sequence[Columns]) -> Columns:
    """Return the rows of some dataclasses of columns concatenated; there is at least one."""
    first = parts[0]
    columns = ([getattr(part, each.name) for part in parts] for each in fields(first))
    return type(first)(*map(np.concatenate, columns))
