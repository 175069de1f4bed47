"""What the garbage collector and the runtime did, as marks of the newer format, and metrics.

The old format has the same ranges under other numbers (``src/internal/trace/tracev1.go``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.wire import Ev
from flakecore.gotrace.v1.format.wire import EvV1
from flakecore.gotrace.v1.segments import Segment

MARKS = {
    EvV1.GC_START: Ev.GC_BEGIN,
    EvV1.GC_DONE: Ev.GC_END,
    EvV1.STW_START: Ev.STW_BEGIN,
    EvV1.STW_DONE: Ev.STW_END,
    EvV1.GC_SWEEP_START: Ev.GC_SWEEP_BEGIN,
    EvV1.GC_SWEEP_DONE: Ev.GC_SWEEP_END,
    EvV1.GC_MARK_ASSIST_START: Ev.GC_MARK_ASSIST_BEGIN,
    EvV1.GC_MARK_ASSIST_DONE: Ev.GC_MARK_ASSIST_END,
}
"""Types that begin and end ranges, and the types of the newer format that mean the same."""
_NEW = np.zeros(256, np.uint8)
for _old, _new in MARKS.items():
    _NEW[_old] = _new


@dataclass(frozen=True, slots=True)
class OldMarks:
    """Beginnings and ends of ranges, unpaired, in order of time; every column (n,).

    Attributes:
        type: uint8, the event of the newer format (``gotrace.wire.EvV1``) that means the same.
        tick: int64, when.
        goroutine, proc: int64, where; -1 for none. A stop-the-world ends where it began.
        name: int64, string number of a stop-the-world's kind; 0 for the other ranges.
        stack: int64, stack number of where it began; 0 for none.
    """

    type: NDArray[np.uint8]
    tick: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    proc: NDArray[np.int64]
    name: NDArray[np.int64]
    stack: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OldMetric:
    """A number that changed over time, in order of time: int64 columns, (n,)."""

    tick: NDArray[np.int64]
    value: NDArray[np.int64]


MarkColumns = tuple[NDArray[Any], ...]
"""The columns of ``OldMarks``, of one stretch."""


def find_marks(stretch: Segment, kinds: NDArray[np.int64]) -> MarkColumns:
    """Return the beginnings and ends of ranges in a stretch, in order of time.

    ``kinds`` are the string numbers of the kinds of stop-the-world; the last is of all larger ones.
    """
    rows = np.flatnonzero(_NEW[stretch.type])
    rows = rows[np.argsort(stretch.tick[rows], kind="stable")]
    kind = _NEW[stretch.type[rows]]
    begins = np.flatnonzero(kind == Ev.STW_BEGIN)
    name = np.zeros(len(rows), np.int64)
    told = stretch.argument(0, rows[begins]).astype(np.int64).view(np.uint64)
    name[begins] = kinds[np.minimum(told, len(kinds) - 1).astype(np.int64)]
    wide = (stretch.running[rows], stretch.proc[rows], name, stretch.stack(rows))
    return kind, stretch.tick[rows], *(column.astype(np.int64) for column in wide)


def join_marks(stretches: Iterable[MarkColumns]) -> OldMarks:
    """Return the marks of all stretches."""
    marks = OldMarks(*(np.concatenate(columns) for columns in zip(*stretches, strict=True)))
    # The world is stopped once at a time.
    begins = np.flatnonzero(marks.type == Ev.STW_BEGIN)
    ends = np.flatnonzero(marks.type == Ev.STW_END)
    begun = np.searchsorted(begins, ends) - 1
    marks.goroutine[ends[begun >= 0]] = marks.goroutine[begins[begun[begun >= 0]]]
    return marks


def find_metric(stretch: Segment, kind: EvV1) -> OldMetric:
    """Return the metric that a type of event tells, in a stretch."""
    rows = np.flatnonzero(stretch.type == kind)
    rows = rows[np.argsort(stretch.tick[rows], kind="stable")]
    return OldMetric(stretch.tick[rows], stretch.argument(0, rows).astype(np.int64))
