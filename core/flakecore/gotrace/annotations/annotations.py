"""What the program and its profiler wrote into the trace: tasks, regions, logs, labels, samples.

Beginnings and ends of tasks and regions are found generation by generation and paired over all of
them: a task may end on another goroutine and in a later generation than it began. A region's end
repeats the region's task and name, and lies on its goroutine. Go's own reader refuses the whole
trace where regions are not ended in the opposite order of their beginning; here each end closes
the last open region of its own name and task, which is the same wherever they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE
from flakecore.gotrace.format.stacks import NO_STACK
from flakecore.gotrace.format.varint import IntColumn

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Columns = TypeVar("Columns", bound=DataclassInstance)


@dataclass(frozen=True, slots=True)
class Marks:
    """Beginnings and ends of tasks or of regions, unpaired; every column (n,).

    Those of regions on one goroutine stand in the order in which they happened.

    Attributes:
        task: int64, number of the task; 0 for none.
        parent: int64, number of the task within which a task begins; 0 for none, and elsewhere.
        name: int32, string number; 0 at a task's end.
        time: int64, nanoseconds since the trace began.
        goroutine: int64; -1 where damage hides it.
        stack: int32, stack number.
        is_end: bool.
    """

    task: NDArray[np.int64]
    parent: NDArray[np.int64]
    name: IntColumn
    time: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    stack: IntColumn
    is_end: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tasks:
    """User tasks (``trace.NewTask``) in order of their beginning; every column (n,).

    Attributes:
        task: int64, the runtime's number for it.
        parent: int64, number of the task it is part of; 0 for none.
        name: int32, string number of its type; 0 where its beginning was not seen.
        start, end: int64, nanoseconds since the trace began.
        creator: int64, goroutine on which it began; -1 where that was not seen.
        stack: int32, stack number of where it began.
        before: bool, it began before the trace did.
        last: bool, nothing had ended it when the trace stopped.
    """

    task: NDArray[np.int64]
    parent: NDArray[np.int64]
    name: IntColumn
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    creator: NDArray[np.int64]
    stack: IntColumn
    before: NDArray[np.bool_]
    last: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Regions:
    """User regions (``trace.WithRegion``) in order of their beginning; every column (n,).

    Attributes:
        task: int64, number of the task it belongs to; 0 for none.
        name: int32, string number of its type.
        goroutine: int64, on which it lies from beginning to end.
        depth: int32, in how many other regions of its goroutine it lies.
        start, end: int64, nanoseconds since the trace began.
        stack: int32, stack number of where it began; of its end where it began before the trace.
        before: bool, it began before the trace did.
        last: bool, nothing had ended it when the trace stopped.
    """

    task: NDArray[np.int64]
    name: IntColumn
    goroutine: NDArray[np.int64]
    depth: IntColumn
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    stack: IntColumn
    before: NDArray[np.bool_]
    last: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Logs:
    """Lines the program logged into the trace (``trace.Log``) in order of time; columns (n,).

    Attributes:
        time: int64, nanoseconds since the trace began.
        goroutine: int64; -1 where damage hides it.
        task: int64, number of the task it belongs to; 0 for none.
        category, message: int32, string numbers.
        stack: int32, stack number.
    """

    time: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    task: NDArray[np.int64]
    category: IntColumn
    message: IntColumn
    stack: IntColumn


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of goroutines in order of time; every column (n,).

    The runtime labels its own mark workers ("GC (dedicated)"); it does not record those that a
    program sets with ``pprof.Do``.

    Attributes:
        time: int64, nanoseconds since the trace began, from when on it holds.
        goroutine: int64; -1 where damage hides it.
        label: int32, string number.
    """

    time: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    label: IntColumn


@dataclass(frozen=True, slots=True)
class Samples:
    """CPU profile samples taken while tracing, in order of time; every column (n,).

    Attributes:
        time: int64, nanoseconds since the trace began.
        thread, proc, goroutine: int64, what was running; -1 for none.
        stack: int32, stack number.
    """

    time: NDArray[np.int64]
    thread: NDArray[np.int64]
    proc: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    stack: IntColumn


@dataclass(frozen=True, slots=True)
class Annotated:
    """What stands in one generation (of an old trace, in the whole of it)."""

    tasks: Marks
    regions: Marks
    logs: Logs
    labels: Labels
    samples: Samples


@dataclass(frozen=True, slots=True)
class Annotations:
    """What stands in a whole trace; what belongs together over generations is paired."""

    tasks: Tasks
    regions: Regions
    logs: Logs
    labels: Labels
    samples: Samples


def join(generations: Sequence[Annotated], end_ns: int) -> Annotations:
    """Return what a trace holds, from what each of its generations holds, in their order.

    Args:
        generations: all of the trace; none is fine.
        end_ns: when the trace ended, and with it every task and region that still went on.
    """
    logs = _joined(_NO_LOGS, [each.logs for each in generations])
    labels = _joined(_NO_LABELS, [each.labels for each in generations])
    samples = _joined(_NO_SAMPLES, [each.samples for each in generations])
    return Annotations(
        tasks=_tasks(_joined(_NO_MARKS, [each.tasks for each in generations]), end_ns),
        regions=_regions(_joined(_NO_MARKS, [each.regions for each in generations]), end_ns),
        logs=_chosen(logs, np.argsort(logs.time, kind="stable")),
        labels=_chosen(labels, np.argsort(labels.time, kind="stable")),
        samples=_chosen(samples, np.argsort(samples.time, kind="stable")),
    )


_WIDE, _NARROW = np.zeros(0, np.int64), np.zeros(0, np.int32)
_NO_MARKS = Marks(_WIDE, _WIDE, _NARROW, _WIDE, _WIDE, _NARROW, np.zeros(0, np.bool_))
_NO_LOGS = Logs(_WIDE, _WIDE, _WIDE, _NARROW, _NARROW, _NARROW)
_NO_LABELS = Labels(_WIDE, _WIDE, _NARROW)
_NO_SAMPLES = Samples(_WIDE, _WIDE, _WIDE, _WIDE, _NARROW)


def _joined(none: Columns, parts: Sequence[Columns]) -> Columns:
    """Return columns one after another; ``none`` is the same without rows."""
    names = [field.name for field in fields(none)]
    columns = ([getattr(part, name) for part in (none, *parts)] for name in names)
    return type(none)(*map(np.concatenate, columns))


def _chosen(columns: Columns, rows: NDArray[np.intp]) -> Columns:
    return type(columns)(*(getattr(columns, field.name)[rows] for field in fields(columns)))


def _tasks(marks: Marks, end_ns: int) -> Tasks:
    order = np.lexsort((marks.is_end, marks.time, marks.task))
    task, is_end = marks.task[order], marks.is_end[order]
    # A task may be ended again and again; the first time counts.
    again = np.zeros(len(order), np.bool_)
    again[1:] = is_end[1:] & is_end[:-1] & (task[1:] == task[:-1])
    spans = _spans(marks, order[~again], task[~again], end_ns)
    begin = _chosen(marks, spans.mark)
    return Tasks(
        task=begin.task,
        parent=begin.parent,
        name=begin.name,
        start=spans.start,
        end=spans.end,
        creator=np.where(spans.before, NO_GOROUTINE, begin.goroutine),
        stack=np.where(spans.before, np.int32(NO_STACK), begin.stack),
        before=spans.before,
        last=spans.last,
    )


def _regions(marks: Marks, end_ns: int) -> Regions:
    marks = _chosen(marks, np.flatnonzero(marks.goroutine != NO_GOROUTINE))
    order = np.argsort(marks.goroutine, kind="stable")
    depth = np.zeros(len(order), np.int32)
    depth[order] = _levels(_numbered(marks.goroutine[order]), marks.is_end[order])
    order = np.lexsort((marks.name, marks.task, marks.goroutine))
    same = _numbered(marks.goroutine[order], marks.task[order], marks.name[order])
    level = _levels(same, marks.is_end[order])
    by_level = np.lexsort((level, same))
    order, same, level = order[by_level], same[by_level], level[by_level]
    spans = _spans(marks, order, _numbered(same, level), end_ns)
    mark = _chosen(marks, spans.mark)
    return Regions(
        task=mark.task,
        name=mark.name,
        goroutine=mark.goroutine,
        depth=depth[spans.mark],
        start=spans.start,
        end=spans.end,
        stack=mark.stack,
        before=spans.before,
        last=spans.last,
    )


@dataclass(frozen=True, slots=True)
class _Spans:
    """Marks paired, in order of their beginning; ``mark`` is the beginning, or the only end."""

    mark: NDArray[np.intp]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    before: NDArray[np.bool_]
    last: NDArray[np.bool_]


def _spans(marks: Marks, order: NDArray[np.intp], lane: NDArray[np.int64], end_ns: int) -> _Spans:
    """Pair each beginning with the end that follows it in its lane; either may lack the other."""
    is_end = marks.is_end[order]
    ended = np.zeros(len(order), np.bool_)
    ended[:-1] = is_end[1:] & ~is_end[:-1] & (lane[1:] == lane[:-1])
    begun = np.zeros(len(order), np.bool_)
    begun[1:] = ended[:-1]
    place = np.flatnonzero(~begun)
    mark, before = order[place], is_end[place]
    last = ~ended[place] & ~before
    closing = order[np.where(ended[place], place + 1, place)]
    start = np.where(before, 0, marks.time[mark])
    end = np.maximum(np.where(last, end_ns, marks.time[closing]), start)
    by_start = np.lexsort((mark, start))
    return _Spans(mark[by_start], start[by_start], end[by_start], before[by_start], last[by_start])


def _levels(part: NDArray[np.int64], is_end: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return around how many others each mark's region lies; parts are numbered, ascending.

    What is ended without having begun was there from the start, around all the rest.
    """
    if not len(part):
        return part
    height = np.cumsum(np.where(is_end, -1, 1))
    first = np.flatnonzero(np.diff(part, prepend=-1))
    height -= np.concatenate(([0], height[first[1:] - 1]))[part]
    floor = np.minimum(np.minimum.reduceat(height, first), 0)
    levels: NDArray[np.int64] = height - floor[part] - ~is_end
    return levels


def _numbered(*keys: NDArray[Any]) -> NDArray[np.int64]:
    """Return the number of the run that each row is in: a new one where any key changes."""
    changes = np.zeros(len(keys[0]), np.int64)
    for key in keys:
        changes[1:] |= key[1:] != key[:-1]
    return np.cumsum(changes)
