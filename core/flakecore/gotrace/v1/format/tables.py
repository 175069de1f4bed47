"""The strings and stacks of a file: strings stand among the events, stacks at its end.

Frames name their function and file by string, as in the newer format (``src/runtime/trace.go``,
``traceStackTable.dump``); a file that is cut off has hardly any.
"""

from __future__ import annotations

import numpy as np

from flakecore.gotrace.format.tables import RawFrame
from flakecore.gotrace.v1.format.records import FRAME_NUMBERS, Records
from flakecore.gotrace.v1.format.wire import EvV1

_SLOWEST, _FASTEST = 10_000, 1 << 33
"""Bounds of ticks a second, the upper one excluded; a frequency outside of them is damage."""


def read_strings(data: memoryview, records: Records) -> dict[int, str]:
    """Return a piece's strings by number; bytes that are no UTF-8 become U+FFFD."""
    rows = np.flatnonzero(records.type == EvV1.STRING)
    number, begin = records.number(0, rows), records.after(1, rows)
    end = begin + records.number(1, rows)
    bounds = zip(number.tolist(), begin.tolist(), end.tolist(), strict=True)
    return {string: str(data[first:after], "utf-8", "replace") for string, first, after in bounds}


def read_stacks(records: Records) -> dict[int, tuple[RawFrame, ...]]:
    """Return a piece's stacks by number, innermost frame first."""
    rows = np.flatnonzero(records.type == EvV1.STACK)
    number, frames = records.number(0, rows), records.number(1, rows)
    flat = iter(records.numbers(2, FRAME_NUMBERS * frames, rows).tolist())
    every = list(zip(flat, flat, flat, flat, strict=True))
    ends = np.cumsum(frames)
    return {
        stack: tuple(every[end - count : end])
        for stack, end, count in zip(number.tolist(), ends.tolist(), frames.tolist(), strict=True)
    }


def read_frequency(records: Records) -> int:
    """Return the ticks a second; 0 where they are missing or out of bounds."""
    rows = np.flatnonzero(records.type == EvV1.FREQUENCY)
    frequency = records.number(0, rows)
    frequency = frequency[(frequency >= _SLOWEST) & (frequency < _FASTEST)]
    return int(frequency[-1]) if len(frequency) else 0
