"""A trace's events as a table, in true order.

They come in blocks, whose numbers of strings and stacks are those of a generation. So texts and
places are shared by what they are and not by their numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import (
    EventBlock,
    EventFilter,
    EventKind,
    ResourceKind,
    ResourceState,
    Stack,
    event_stream,
)
from flakecore.timeline.tables.columns import (
    NOWHERE,
    PlaceColumns,
    Table,
    joined,
    numbered_text,
    places,
    stack_place,
    text_column,
)

_TASK = np.isin(
    np.arange(len(EventKind)),
    (
        *(EventKind.TASK_BEGIN, EventKind.TASK_END, EventKind.REGION_BEGIN, EventKind.REGION_END),
        EventKind.LOG,
    ),
)
_NONE = -1


def event_table(
    data: memoryview | None,
    name: str,
    package: str,
    event_filter: EventFilter | None = None,
    zero: int | None = None,
) -> Table:
    """Return a trace's events; ``CaseTables.events`` documents the columns.

    Raises:
        TraceError: the bytes are no trace that can be read, or hold at most one event.

    Args:
        data: the trace's bytes; None for a case without one.
        name: what to call the trace in errors.
        package: import path of the package under test.
        event_filter: which events are wanted; None for all.
        zero: the tick of the trace's time 0; None for its first one.
    """
    return joined(list(event_parts(data, name, package, event_filter, zero)))


def event_parts(
    data: memoryview | None,
    name: str,
    package: str,
    event_filter: EventFilter | None = None,
    zero: int | None = None,
) -> Iterator[Table]:
    """Yield the same a block at a time, first one without rows."""
    yield _no_events()
    if data is not None:
        shared = _Shared(package)
        for block in event_stream(data, name=name, event_filter=event_filter, zero=zero):
            yield _block_table(block, shared)


class _Shared:
    """One object for each distinct text and stack of a trace."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._texts: dict[str, str] = {}
        self._places: dict[Stack, PlaceColumns] = {}

    def text(self, text: str) -> str:
        return self._texts.setdefault(text, text)

    def place(self, stack: Stack) -> PlaceColumns:
        found = self._places.get(stack)
        if found is None:
            found = self._places[stack] = stack_place(stack, self._package)
        return found


def _block_table(block: EventBlock, shared: _Shared) -> Table:
    kind, value, second_value = block.kind, block.value, block.second_value
    is_task = _TASK[kind]
    is_sweep = (kind == EventKind.RANGE_END) & (block.resource_kind == ResourceKind.PROC)
    is_log = kind == EventKind.LOG
    is_task_edge = (kind == EventKind.TASK_BEGIN) | (kind == EventKind.TASK_END)
    tables = block.tables

    def string(numbers: NDArray[Any]) -> NDArray[Any]:
        return _distinct(numbers, lambda number: shared.text(tables.string(number)))

    stacks, which = np.unique(block.stack, return_inverse=True)
    found = [shared.place(tables.stack(number)) for number in stacks.tolist()]
    return {
        "time_ns": block.time,
        "thread": block.thread,
        "proc": block.proc,
        "goroutine": block.goroutine,
        "event": numbered_text(kind, lambda number: EventKind(number).label),
        "subject": numbered_text(block.resource_kind, _resource_kind),
        "number": np.where(block.resource_kind == ResourceKind.NONE, _NONE, block.resource),
        "from_state": numbered_text(block.from_state, _state),
        "to_state": numbered_text(block.to_state, _state),
        "reason": string(block.reason),
        "name": string(block.name),
        "value": np.where((kind == EventKind.METRIC) | is_sweep, value, _NONE),
        "reclaimed": np.where(is_sweep, second_value, _NONE),
        "task": np.where(is_task, value, _NONE),
        "parent": np.where(is_task_edge & (second_value > 0), second_value, _NONE),
        "message": string(np.where(is_log, second_value, 0)),
        **places(which, lambda number: found[number]),
    }


def _distinct(numbers: NDArray[Any], text_of: Callable[[int], str]) -> NDArray[Any]:
    """Return the text of numbers that may be of any size."""
    distinct, which = np.unique(numbers, return_inverse=True)
    return numbered_text(which, lambda place: text_of(int(distinct[place])))


def _resource_kind(number: int) -> str:
    return "" if number == ResourceKind.NONE else ResourceKind(number).name.lower()


def _state(number: int) -> str:
    return "" if number == ResourceState.NONE else ResourceState(number).label


def _no_events() -> Table:
    wide, text = np.zeros(0, np.int64), text_column(())
    return {
        "time_ns": wide,
        "thread": wide,
        "proc": wide,
        "goroutine": wide,
        "event": text,
        "subject": text,
        "number": wide,
        "from_state": text,
        "to_state": text,
        "reason": text,
        "name": text,
        "value": wide,
        "reclaimed": wide,
        "task": wide,
        "parent": wide,
        "message": text,
        **places(wide, lambda _: NOWHERE),
    }
