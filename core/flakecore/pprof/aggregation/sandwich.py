"""What calls a function and what it calls: both sides of its frames in a profile's stacks.

A stack is cut at the function's outermost frame, which belongs to both parts. So each stack counts
once on either side, and calls of the function by itself stand among what it calls.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.pprof.stack_columns import Ints, StackColumns


class BothSides(NamedTuple):
    """The stacks that pass through a function, cut in two.

    Attributes:
        row: (found,) int64, which stacks they are.
        callers: from the function's outermost frame to the stack's outermost.
        callees: from the stack's innermost frame to the function's outermost.
    """

    row: Ints
    callers: StackColumns
    callees: StackColumns


def both_sides(stacks: StackColumns, function: str) -> BothSides:
    """Return the stacks through a function; none where the profile does not have it."""
    named = np.array([name == function for name in stacks.functions.names], np.bool_)
    at = np.flatnonzero(named[stacks.frames.function[stacks.frame]])
    rows = stacks.row_of_each()[at]
    # Frames are innermost first: the last one of a stack is the function's outermost.
    outermost = np.append(rows[1:] != rows[:-1], True)[: len(at)]
    cut, row = at[outermost], rows[outermost].astype(np.int64)
    begin, end = stacks.offsets[:-1][row], stacks.offsets[1:][row]
    return BothSides(row, _spans(stacks, cut, end), _spans(stacks, begin, cut + 1))


def _spans(
    stacks: StackColumns, begin: NDArray[np.signedinteger], end: NDArray[np.signedinteger]
) -> StackColumns:
    """Return a stack for each stretch of frames."""
    length = (end - begin).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(length)])
    place = np.arange(offsets[-1]) + np.repeat(begin - offsets[:-1], length)
    return replace(stacks, frame=stacks.frame[place], offsets=offsets)
