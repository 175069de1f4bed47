"""Finds system calls by their stacks: with ``-v`` or ``-json`` every line is a write of its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import Stack, State, Trace


def system_calls(trace: Trace, wanted: Callable[[Stack], bool]) -> NDArray[np.int64]:
    """Return the rows of goroutines' system calls whose stack is wanted, in order of time.

    Args:
        trace: whose goroutine intervals are looked at.
        wanted: asked once for each distinct stack.
    """
    columns, table = trace.goroutines, trace.table
    rows = np.flatnonzero((columns.state == State.SYSCALL) & (columns.stack > 0))
    stacks = np.unique(columns.stack[rows]).tolist()
    chosen = [number for number in stacks if wanted(table.stack(number))]
    rows = rows[np.isin(columns.stack[rows], np.array(chosen, np.int32))]
    return rows[np.argsort(columns.start[rows], kind="stable")]
