"""Annotations: user tasks, regions and logs, goroutine labels, CPU profile samples.

Begin and end events of tasks and regions are read generation by generation and paired over all of
them: a task may end on another goroutine and in a later generation than it began. A region's end
repeats the region's task and name, and happens on its goroutine. Go's own reader rejects the whole
trace where regions do not end in the opposite order of their beginning; here each end closes the
last open region of its own name and task, which is the same wherever they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE
from flakecore.gotrace.format.clock import Extent
from flakecore.gotrace.format.stacks import NO_STACK
from flakecore.gotrace.format.varint import IntColumn

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Columns = TypeVar("Columns", bound=DataclassInstance)


@dataclass(frozen=True, slots=True)
class SpanEvents:
    """Begin and end events of tasks or of regions, unpaired; every column (n,).

    Those of regions on one goroutine are in true order.

    Attributes:
        task: int64, number of the task; 0 for none.
        parent: int64, number of the parent task of a beginning task; 0 for none.
        name: int32, string number; 0 at a task's end.
        time: int64, nanoseconds since the trace began.
        goroutine: int64; -1 where it is lost to damage.
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
        name: int32, string number of its type; 0 where its begin event is from before the trace.
        start, end: int64, nanoseconds since the trace began.
        creator: int64, goroutine on which it began; -1 where that was before the trace.
        stack: int32, stack number of where it began.
        before: bool, it began before the trace did.
        last: bool, it had not ended when the trace did.
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
        goroutine: int64, the one on which it begins and ends.
        depth: int32, number of open regions of its goroutine around it.
        start, end: int64, nanoseconds since the trace began.
        stack: int32, stack number of where it began; of its end where it began before the trace.
        before: bool, it began before the trace did.
        last: bool, it had not ended when the trace did.
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
        goroutine: int64; -1 where it is lost to damage.
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
        time: int64, nanoseconds since the trace began, from which on it holds.
        goroutine: int64; -1 where it is lost to damage.
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
class GenerationAnnotations:
    """Annotations of one generation (of a trace before Go 1.22, of the whole file), unpaired."""

    tasks: SpanEvents
    regions: SpanEvents
    logs: Logs
    labels: Labels
    samples: Samples


@dataclass(frozen=True, slots=True)
class Annotations:
    """Annotations of a whole trace, with begin and end events paired over all generations."""

    tasks: Tasks
    regions: Regions
    logs: Logs
    labels: Labels
    samples: Samples


def join_annotations(
    generations: Sequence[GenerationAnnotations], end_ns: int, *, start_ns: int = 0
) -> Annotations:
    """Return the annotations of a trace from those of its generations, in order.

    Args:
        generations: all of the trace; there may be none.
        end_ns: end of the trace, and of every task and region still open then.
        start_ns: its start, and that of every task and region open already.
    """
    extent = start_ns, end_ns
    logs = _concatenated(_NO_LOGS, [each.logs for each in generations])
    labels = _concatenated(_NO_LABELS, [each.labels for each in generations])
    samples = _concatenated(_NO_SAMPLES, [each.samples for each in generations])
    return Annotations(
        tasks=_tasks(_concatenated(_NO_SPAN_EVENTS, [each.tasks for each in generations]), extent),
        regions=_regions(
            _concatenated(_NO_SPAN_EVENTS, [each.regions for each in generations]), extent
        ),
        logs=_rows(logs, np.argsort(logs.time, kind="stable")),
        labels=_rows(labels, np.argsort(labels.time, kind="stable")),
        samples=_rows(samples, np.argsort(samples.time, kind="stable")),
    )


_WIDE, _NARROW = np.zeros(0, np.int64), np.zeros(0, np.int32)
_NO_SPAN_EVENTS = SpanEvents(_WIDE, _WIDE, _NARROW, _WIDE, _WIDE, _NARROW, np.zeros(0, np.bool_))
_NO_LOGS = Logs(_WIDE, _WIDE, _WIDE, _NARROW, _NARROW, _NARROW)
_NO_LABELS = Labels(_WIDE, _WIDE, _NARROW)
_NO_SAMPLES = Samples(_WIDE, _WIDE, _WIDE, _WIDE, _NARROW)


def _concatenated(none: Columns, parts: Sequence[Columns]) -> Columns:
    """Return the rows of all parts, concatenated; ``none`` is a part without rows."""
    names = [field.name for field in fields(none)]
    columns = ([getattr(run, name) for run in (none, *parts)] for name in names)
    return type(none)(*map(np.concatenate, columns))


def _rows(columns: Columns, rows: NDArray[np.intp]) -> Columns:
    return type(columns)(*(getattr(columns, field.name)[rows] for field in fields(columns)))


def _tasks(span_events: SpanEvents, extent: Extent) -> Tasks:
    order = np.lexsort((span_events.is_end, span_events.time, span_events.task))
    task, is_end = span_events.task[order], span_events.is_end[order]
    # Task.End may be called several times; the first call counts.
    repeated = np.zeros(len(order), np.bool_)
    repeated[1:] = is_end[1:] & is_end[:-1] & (task[1:] == task[:-1])
    spans = _spans(span_events, order[~repeated], task[~repeated], extent)
    begin = _rows(span_events, spans.event)
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


def _regions(span_events: SpanEvents, extent: Extent) -> Regions:
    span_events = _rows(span_events, np.flatnonzero(span_events.goroutine != NO_GOROUTINE))
    order = np.argsort(span_events.goroutine, kind="stable")
    depth = np.zeros(len(order), np.int32)
    depth[order] = _nesting_levels(
        _run_numbers(span_events.goroutine[order]), span_events.is_end[order]
    )
    order = np.lexsort((span_events.name, span_events.task, span_events.goroutine))
    same = _run_numbers(
        span_events.goroutine[order], span_events.task[order], span_events.name[order]
    )
    level = _nesting_levels(same, span_events.is_end[order])
    by_level = np.lexsort((level, same))
    order, same, level = order[by_level], same[by_level], level[by_level]
    spans = _spans(span_events, order, _run_numbers(same, level), extent)
    event = _rows(span_events, spans.event)
    return Regions(
        task=event.task,
        name=event.name,
        goroutine=event.goroutine,
        depth=depth[spans.event],
        start=spans.start,
        end=spans.end,
        stack=event.stack,
        before=spans.before,
        last=spans.last,
    )


@dataclass(frozen=True, slots=True)
class _Spans:
    """Paired begin and end events by start; ``event`` is the row of the begin, or of a lone end."""

    event: NDArray[np.intp]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    before: NDArray[np.bool_]
    last: NDArray[np.bool_]


def _spans(
    span_events: SpanEvents, order: NDArray[np.intp], lane: NDArray[np.int64], extent: Extent
) -> _Spans:
    """Pair each begin with the end that follows it in its lane; either may lack the other.

    Args:
        span_events: begin and end events.
        order: their rows, by lane and in true order within each.
        lane: (n,), of each row in ``order``.
        extent: when a span without a begin begins, and one without an end ends.
    """
    is_end = span_events.is_end[order]
    has_end = np.zeros(len(order), np.bool_)
    has_end[:-1] = is_end[1:] & ~is_end[:-1] & (lane[1:] == lane[:-1])
    has_begin = np.zeros(len(order), np.bool_)
    has_begin[1:] = has_end[:-1]
    first = np.flatnonzero(~has_begin)
    event, before = order[first], is_end[first]
    last = ~has_end[first] & ~before
    end_event = order[np.where(has_end[first], first + 1, first)]
    start = np.where(before, extent[0], span_events.time[event])
    end = np.maximum(np.where(last, extent[1], span_events.time[end_event]), start)
    by_start = np.lexsort((event, start))
    return _Spans(event[by_start], start[by_start], end[by_start], before[by_start], last[by_start])


def _nesting_levels(run: NDArray[np.int64], is_end: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many open spans of its run each event's span lies in; runs ascend from 0.

    A span that ends without a begin was open from the start, around all others of its run.
    """
    if not len(run):
        return run
    height = np.cumsum(np.where(is_end, -1, 1))
    first = np.flatnonzero(np.diff(run, prepend=-1))
    height -= np.concatenate(([0], height[first[1:] - 1]))[run]
    floor = np.minimum(np.minimum.reduceat(height, first), 0)
    levels: NDArray[np.int64] = height - floor[run] - ~is_end
    return levels


def _run_numbers(*keys: NDArray[Any]) -> NDArray[np.int64]:
    """Return the number of the run that each row is in, from 0; a run ends where a key changes."""
    changes = np.zeros(len(keys[0]), np.int64)
    for key in keys:
        changes[1:] |= key[1:] != key[:-1]
    return np.cumsum(changes)
