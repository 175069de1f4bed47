"""Which units of output may be parts of lines that others wrote into the middle of.

A pipe takes no more than a page at once, so what others print while a long line is written comes
into the line's middle: lines are concatenated, and one more line begins with the rest. The rest may
be the long one: the line that was broken stands before it then, and others between them. So what is
before a long line is in doubt as well, unless its write is of a site that prints long ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.units import OutputWrites, Units

_MAX_INTERLEAVED = 8
"""Lines that come into the middle of another, at most. Halved, one line more is certain."""
_PIPE_WRITE_NS = 200_000
"""How long a write of several pages takes, in nanoseconds, where its end is not recorded."""


def are_interrupted(
    owner: NDArray[np.int64], units: Units, writes: OutputWrites
) -> NDArray[np.bool_]:
    """Return (units,) whether a unit is near a long line while whose write others wrote as well.

    Args:
        owner: (units,) the write of each unit; -1 for none.
        units: in the order in which they were read.
        writes: in the order in which they began.
    """
    found = np.zeros(len(units), np.bool_)
    ends = np.minimum(writes.latest_end, np.maximum(writes.end, writes.start + _PIPE_WRITE_NS))
    latest_before = np.maximum.accumulate(np.append(0, ends))
    long = np.flatnonzero(units.interruptible)
    owned = owner >= 0
    lines = np.bincount(writes.site[owner[owned]])
    long_lines = np.bincount(writes.site[owner[long[owned[long]]]], minlength=len(lines))
    prints_long = 2 * long_lines >= lines
    for unit in long.tolist():
        write = int(owner[unit])
        if write < 0:
            first, last = unit - _MAX_INTERLEAVED, unit + _MAX_INTERLEAVED
        else:
            begun = int(np.searchsorted(writes.start, ends[write]))
            if begun == write + 1 and latest_before[write] <= writes.start[write]:
                continue
            lasting = int(np.searchsorted(latest_before, writes.start[write], "right")) - 1
            before = 0 if prints_long[writes.site[write]] else max(write - lasting, 0)
            first = unit - min(before, _MAX_INTERLEAVED)
            last = unit + min(begun - write, _MAX_INTERLEAVED)
        found[max(first, 0) : last + 1] = True
    return found
