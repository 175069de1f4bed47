"""Between which moments a line was written, by the lines around it whose writes the trace has.

The bytes of a pipe keep their order. So whoever wrote a line was still in its write when the write
of any line before it had begun, and had begun it by the latest time that the line may have.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from flakecore.timeline.output.output_lines import TIME_SOURCES, LineColumns, TimeSource

ALWAYS = (-(1 << 62), 1 << 62)
"""The bounds of a line of which nothing is known."""


def line_bounds(
    output: LineColumns, index_of: NDArray[np.signedinteger]
) -> Callable[[int], tuple[int, int]]:
    """Return what gives two moments for a line's position, in nanoseconds on the case's clock.

    Its write had not ended at the first, and had begun at the second. The columns behind it are
    made when it is first called.

    Args:
        output: all lines in order of time.
        index_of: from a line's position to its index in ``output``.
    """
    columns: list[NDArray[np.int64]] = []

    def bounds(position: int) -> tuple[int, int]:
        if not columns:
            columns.append(_earliest(output, index_of))
        at = index_of[position]
        if output.time_source[at] == TIME_SOURCES.index(TimeSource.UNKNOWN):
            return ALWAYS
        return int(columns[0][position]), int(output.time[at] + output.error[at])

    return bounds


def _earliest(output: LineColumns, index_of: NDArray[np.signedinteger]) -> NDArray[np.int64]:
    """Return (lines,) when the latest write of a line up to each began, by position."""
    exact = output.time_source[index_of] == TIME_SOURCES.index(TimeSource.EXACT)
    return np.maximum.accumulate(np.where(exact, output.time[index_of], ALWAYS[0]))
