"""User annotations of a trace: tasks, regions and logs (``runtime/trace``), and labels.

A row of the screen needs the regions of one goroutine and depth in a window. Regions of one depth
on one goroutine do not overlap, so at most as many reach over the edge of a column as there are
columns; the others only mark the columns they lie in. Either way the result grows with the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import Trace
from flakecore.timeline.lanes.folded_time import Axis

DEPTHS = 3
"""Depths of nested regions that have rows of their own; deeper ones have none."""


@dataclass(frozen=True, slots=True)
class Span:
    """A region or a task.

    Attributes:
        name: the type the program gave it.
        task: the number of a region's task, or the task's own; 0 for none.
        goroutine: on which it lies, or which began it; -1 if unknown.
        start_ns, end_ns: since the case began.
        open: nothing had ended it when the trace stopped.
    """

    name: str
    task: int
    goroutine: int
    start_ns: int
    end_ns: int
    open: bool

    @property
    def duration_ns(self) -> int:
        """Length of the span."""
        return self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True)
class Log:
    """A line that a goroutine logged into the trace; goroutine -1 if unknown."""

    time_ns: int
    category: str
    message: str
    task: int
    goroutine: int


@dataclass(frozen=True, slots=True)
class AnnotationsInWindow:
    """What lies in a window, for a row of so many columns.

    Attributes:
        spans: those that reach over more than one column, in order of time.
        short: ascending columns in which the others lie.
    """

    spans: tuple[Span, ...]
    short: tuple[int, ...]


class UserAnnotations:
    """Queries over a trace's annotations."""

    def __init__(self, trace: Trace) -> None:
        """Query ``trace``; nothing is copied."""
        self._found = trace.annotations
        self._table = trace.table

    def gather(self) -> None:
        """Compute the indices that are linear in the number of annotations; called in a thread."""
        _ = self._depths, self._logs, self._tasks

    def depths(self, goroutine: int) -> int:
        """Return how many rows a goroutine's regions and logs take; 0 where it has none."""
        return self._depths.get(goroutine, 0)

    def regions(self, goroutine: int, depth: int, axis: Axis) -> AnnotationsInWindow:
        """Return a goroutine's regions of a depth that touch a window."""
        regions = self._found.regions
        rows = self._rows.get((goroutine, depth), _NONE)
        start, end = regions.start[rows], regions.end[rows]
        # Those that are not nested may lie across others of their depth.
        reached = np.maximum.accumulate(end)
        start_ns, end_ns = axis.bounds[0], axis.bounds[-1]
        first, until = reached.searchsorted(start_ns), start.searchsorted(end_ns)
        rows, start, end = rows[first:until], start[first:until], end[first:until]
        column = np.maximum(axis.columns_of(start), 0)
        long = axis.columns_of(end) > column
        short = np.unique(column[~long])
        return AnnotationsInWindow(
            tuple(map(self._region, rows[long].tolist())), tuple(short.tolist())
        )

    def logged(self, goroutine: int, axis: Axis) -> tuple[int, ...]:
        """Return in which columns of a window a goroutine logged something."""
        time = self._found.logs.time[self._logs_of(goroutine)]
        inside = time[time.searchsorted(axis.bounds[0]) : time.searchsorted(axis.bounds[-1])]
        return tuple(np.unique(axis.columns_of(inside)).tolist())

    def around(self, goroutine: int, time_ns: int) -> tuple[Span, ...]:
        """Return the regions a goroutine is in at a moment, the outermost first."""
        found = []
        for depth in range(self._deepest.get(goroutine, 0)):
            rows = self._rows.get((goroutine, depth), _NONE)
            at = int(self._found.regions.start[rows].searchsorted(time_ns, side="right")) - 1
            if at >= 0 and self._found.regions.end[rows[at]] >= time_ns:
                found.append(self._region(int(rows[at])))
        return tuple(found)

    def logs(self, goroutine: int, until_ns: int, limit: int) -> tuple[Log, ...]:
        """Return what a goroutine logged last at a moment, in order of time."""
        rows = self._logs_of(goroutine)
        until = int(self._found.logs.time[rows].searchsorted(until_ns, side="right"))
        return tuple(map(self._log, rows[max(until - limit, 0) : until].tolist()))

    def label(self, goroutine: int, time_ns: int) -> str:
        """Return a goroutine's label at a moment; "" for none."""
        labels = self._found.labels
        own = np.flatnonzero((labels.goroutine == goroutine) & (labels.time <= time_ns))
        return self._table.string(int(labels.label[own[-1]])) if len(own) else ""

    def regions_named(self, is_wanted: Callable[[str], bool], limit: int) -> tuple[Span, ...]:
        """Return the longest regions whose name is wanted, in order of time."""
        regions = self._found.regions
        rows = self._rows_matching(regions.name, is_wanted)
        longest = np.argsort(regions.start[rows] - regions.end[rows], kind="stable")[:limit]
        rows = rows[longest]
        in_order = rows[np.argsort(regions.start[rows], kind="stable")]
        return tuple(map(self._region, in_order.tolist()))

    def logs_matching(self, is_wanted: Callable[[str], bool], limit: int) -> tuple[Log, ...]:
        """Return the last logs whose category or message is wanted, in order of time."""
        logs = self._found.logs
        rows = np.union1d(
            self._rows_matching(logs.category, is_wanted),
            self._rows_matching(logs.message, is_wanted),
        )
        rows = rows[np.argsort(logs.time[rows], kind="stable")]
        return tuple(map(self._log, rows[-limit:].tolist()))

    def _rows_matching(
        self, strings: NDArray[np.integer], is_wanted: Callable[[str], bool]
    ) -> NDArray[np.intp]:
        """Return the rows of a column of strings that are wanted; each string is asked for once."""
        numbers, which = np.unique(strings, return_inverse=True)
        wanted = [is_wanted(self._table.string(number)) for number in numbers.tolist()]
        return np.flatnonzero(np.array(wanted, np.bool_)[which])

    @cached_property
    def tasks(self) -> tuple[Span, ...]:
        """All tasks, in order of their beginning."""
        tasks = self._found.tasks
        return tuple(
            Span(
                self._table.string(int(tasks.name[row])),
                int(tasks.task[row]),
                int(tasks.creator[row]),
                int(tasks.start[row]),
                int(tasks.end[row]),
                bool(tasks.last[row]),
            )
            for row in range(len(tasks.task))
        )

    def task(self, number: int) -> Span | None:
        """Return a task by its number."""
        return self._tasks.get(number)

    @cached_property
    def _tasks(self) -> dict[int, Span]:
        return {task.task: task for task in self.tasks}

    @cached_property
    def _rows(self) -> dict[tuple[int, ...], NDArray[np.intp]]:
        """Where each goroutine's regions of each depth stand, in order of time."""
        return _gathered(self._found.regions.goroutine, self._found.regions.depth)

    @cached_property
    def _logs(self) -> dict[tuple[int, ...], NDArray[np.intp]]:
        """Where each goroutine's logs stand, in order of time."""
        return _gathered(self._found.logs.goroutine)

    @cached_property
    def _deepest(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for goroutine, depth in self._rows:
            found[goroutine] = max(found.get(goroutine, 0), depth + 1)
        return found

    @cached_property
    def _depths(self) -> dict[int, int]:
        logging = {goroutine: 1 for (goroutine,) in self._logs}
        return logging | {one: min(deep, DEPTHS) for one, deep in self._deepest.items()}

    def _logs_of(self, goroutine: int) -> NDArray[np.intp]:
        return self._logs.get((goroutine,), _NONE)

    def _log(self, row: int) -> Log:
        logs, table = self._found.logs, self._table
        return Log(
            int(logs.time[row]),
            table.string(int(logs.category[row])),
            table.string(int(logs.message[row])),
            int(logs.task[row]),
            int(logs.goroutine[row]),
        )

    def _region(self, row: int) -> Span:
        regions = self._found.regions
        return Span(
            self._table.string(int(regions.name[row])),
            int(regions.task[row]),
            int(regions.goroutine[row]),
            int(regions.start[row]),
            int(regions.end[row]),
            bool(regions.last[row]),
        )


_NONE = np.zeros(0, np.intp)


def _gathered(*keys: NDArray[np.integer]) -> dict[tuple[int, ...], NDArray[np.intp]]:
    """Return the rows of each combination of keys, ascending."""
    order = np.lexsort(keys[::-1])
    change = np.zeros(max(len(order) - 1, 0), np.bool_)
    for key in keys:
        change |= key[order[1:]] != key[order[:-1]]
    parts = np.split(order, np.flatnonzero(change) + 1) if len(order) else []
    return {tuple(int(key[rows[0]]) for key in keys): rows for rows in parts}
