"""Columns as compiled loops take them."""

from __future__ import annotations

from ctypes import c_void_p
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pointer(column: NDArray[Any] | None, dtype: type[np.generic]) -> c_void_p:
    """Return the address of a column, which must outlive the call; NULL for None.

    Raises:
        TypeError: it is not of the type that the library takes, or its rows are not side by side.
    """
    if column is None:
        return c_void_p(None)
    if column.dtype != dtype or not column.flags.c_contiguous:
        raise TypeError(f"{column.dtype} instead of {dtype.__name__}, or not side by side")
    return c_void_p(column.ctypes.data)
