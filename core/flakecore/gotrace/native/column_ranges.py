"""Ranges of a column's rows, copied one after the other, by the library."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.native.library import trace_loops
from flakecore.native_columns import pointer

Column = TypeVar("Column", bound=NDArray[Any])


def take_ranges(
    column: Column, begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> Column | None:
    """Return ranges of a column's rows, one after the other; None where the library cannot.

    Args:
        column: (n,), of any dtype.
        begins: (ranges,), the first row of each range.
        ends: (ranges,), the row after its last, at most n.
    """
    loops = trace_loops()
    if loops is None or not column.flags.c_contiguous:
        return None
    taken = np.empty(int((ends - begins).sum()), column.dtype)
    loops.take_ranges(
        column.ctypes.data,
        column.itemsize,
        pointer(begins, np.int64),
        pointer(ends, np.int64),
        len(begins),
        taken.ctypes.data,
    )
    return taken  # type: ignore[return-value]
