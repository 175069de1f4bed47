"""CPU profile samples of traces of Go 1.19 to 1.21.

The runtime writes them late, with a time of their own and without the thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.v1.format.records import Records
from flakecore.gotrace.v1.format.wire import EvV1


@dataclass(frozen=True, slots=True)
class SamplesV1:
    """CPU samples by tick; every column (n,), int64.

    Attributes:
        tick: time of the sample.
        proc, goroutine: what was running; -1 for none.
        stack: stack number.
    """

    tick: NDArray[np.int64]
    proc: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    stack: NDArray[np.int64]

    def between(self, first: int, after: int) -> SamplesV1:
        """Return the samples with ``first`` <= tick < ``after``."""
        part = slice(*np.searchsorted(self.tick, [first, after]))
        return SamplesV1(self.tick[part], self.proc[part], self.goroutine[part], self.stack[part])


def read_samples(records: Records) -> NDArray[np.int64]:
    """Return the columns of a piece's CPU samples, (4, n)."""
    rows = np.flatnonzero(records.type == EvV1.CPU_SAMPLE)
    return np.stack([records.number(1 + place, rows).astype(np.int64) for place in range(4)])


def join_samples(pieces: Sequence[NDArray[np.int64]]) -> SamplesV1:
    """Return the CPU samples of all pieces of a file."""
    none = np.zeros((4, 0), np.int64)
    tick, proc, goroutine, stack = np.concatenate([none, *pieces], axis=1)
    order = np.argsort(tick, kind="stable")
    goroutine[goroutine == 0] = -1
    return SamplesV1(tick[order], proc[order], goroutine[order], stack[order])
