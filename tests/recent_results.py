"""Results that a process holds until it grows large, and then those alone that it used last.

Of a run of all tests, a worker used to hold 5 GB: the events of every release's trace as Python
objects, and the cases of hundreds of captures with what was read in them.
"""

from __future__ import annotations

import gc
import os
from collections import OrderedDict
from collections.abc import Hashable
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

LARGE_BYTES = 1 << 30
"""How much resident memory a process may have before results are let go."""

_STATE = Path("/proc/self/statm")

Result = TypeVar("Result")


class RecentResults(Generic[Result]):
    """A mapping that loses the half of its results that was not used for longest, when told so."""

    def __init__(self, large_bytes: int = LARGE_BYTES) -> None:
        self._large_bytes = self._limit_bytes = large_bytes
        self._results: OrderedDict[Hashable, Result] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._results

    def __getitem__(self, key: Hashable) -> Result:
        self._results.move_to_end(key)
        return self._results[key]

    def __setitem__(self, key: Hashable, result: Result) -> None:
        """Hold a result, and let go of the older half of the others if the process is large.

        What others hold of the process may alone be as much as it may have: from then on a quarter
        of that must have come on top before results are let go once more.
        """
        if resident_bytes() > self._limit_bytes:
            for old in list(islice(self._results, (len(self._results) + 1) // 2)):
                del self._results[old]
            gc.collect()
            self._limit_bytes = max(self._large_bytes, resident_bytes() + self._large_bytes // 4)
        self._results[key] = result


def resident_bytes() -> int:
    """Return how much memory this process has, 0 where the system has no ``/proc``."""
    if not _STATE.exists():
        return 0
    return int(_STATE.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
