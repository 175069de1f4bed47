"""Events as text, one a line, for people and grep, and as JSON for programs.

Of millions of events most differ from some neighbour in nothing but their time. So what follows
the time is worded once for all events of a block that agree in it, and a line costs little more
than its digits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from flakecore.gotrace import EventBlock, EventKind, ResourceKind, ResourceState
from flakecore.gotrace.format.lazy_tables import LazyTables
from flakecore.report.json.json_text import json_bytes
from flakecore.text.printable import printable
from flakecore.times import SECOND

_LABELS = [kind.label for kind in EventKind]
_STATES = [state.label for state in ResourceState]
_RESOURCES = {ResourceKind.GOROUTINE: ("GoID", "goroutine"), ResourceKind.PROC: ("ProcID", "proc")}


class _Event(NamedTuple):
    """An event without its time: the columns of an ``EventBlock`` at one row."""

    thread: int
    proc: int
    goroutine: int
    kind: int
    resource_kind: int
    resource: int
    from_state: int
    to_state: int
    reason: int
    name: int
    value: int
    second_value: int
    stack: int


def text_lines(block: EventBlock, *, stacks: bool = False) -> bytes:
    """Return events one a line, under the names of ``go tool trace -d=parsed``.

    A line has the time in seconds since the trace began, the thread, proc and goroutine (``-``
    for none), the kind, and what else the kind has. With ``stacks`` the frames of the stack
    follow, a line each, indented by a tab.
    """
    sign = np.where(block.time < 0, "-", "").tolist()
    seconds, rest = (column.tolist() for column in np.divmod(np.abs(block.time), SECOND))
    tails = _worded(block, _text, stacks=stacks)
    lines = [
        f"{minus}{whole}.{decimals:09d}{tail}\n"
        for minus, whole, decimals, tail in zip(sign, seconds, rest, tails, strict=True)
    ]
    return "".join(lines).encode(errors="replace")


def json_lines(block: EventBlock, *, stacks: bool = False) -> bytes:
    """Return events as one JSON object a line.

    Keys of all: ``time_ns``, ``m``, ``p``, ``g`` (null for none), ``event``. Where they apply:
    ``goroutine`` or ``proc`` (what changes), ``from``, ``to``, ``reason``, ``name``, ``value``,
    ``task``, ``parent``, ``swept``, ``reclaimed``, and with ``stacks`` a ``stack`` of objects
    with ``function``, ``file`` and ``line``, innermost first.
    """
    tails = _worded(block, _json, stacks=stacks)
    times = block.time.tolist()
    lines = [f'{{"time_ns":{time},{tail}\n' for time, tail in zip(times, tails, strict=True)]
    return "".join(lines).encode()


def _worded(
    block: EventBlock, word: Callable[[_Event, LazyTables], str], *, stacks: bool
) -> list[str]:
    """Return the text of each event without its time."""
    known: dict[tuple[int, ...], str] = {}
    columns = [getattr(block, field).tolist() for field in _Event._fields]
    if not stacks:
        columns[-1] = [0] * len(block)
    tails = []
    for key in zip(*columns, strict=True):
        tail = known.get(key)
        if tail is None:
            tail = known[key] = word(_Event(*key), block.tables)
        tails.append(tail)
    return tails


def _text(event: _Event, tables: LazyTables) -> str:
    parts = [
        f" {place}={number if number >= 0 else '-'}"
        for place, number in zip("MPG", event[:3], strict=True)
    ]
    parts.append(f" {_LABELS[event.kind]}")
    if event.resource_kind:
        parts.append(f" {_RESOURCES[ResourceKind(event.resource_kind)][0]}={event.resource}")
    if event.kind == EventKind.STATE_TRANSITION:
        parts.append(f" {_STATES[event.from_state]}->{_STATES[event.to_state]}")
    for key, value in _details(event, tables).items():
        parts.append(f" {key.capitalize()}={_quoted(value)}")
    parts += [
        f"\n\t{printable(frame.function)} {printable(frame.file)}:{frame.line}"
        for frame in tables.stack(event.stack)
    ]
    return "".join(parts)


def _json(event: _Event, tables: LazyTables) -> str:
    m, p, g = (number if number >= 0 else None for number in event[:3])
    fields: dict[str, Any] = {"m": m, "p": p, "g": g, "event": _LABELS[event.kind]}
    if event.resource_kind:
        fields[_RESOURCES[ResourceKind(event.resource_kind)][1]] = event.resource
    if event.kind == EventKind.STATE_TRANSITION:
        fields["from"], fields["to"] = _STATES[event.from_state], _STATES[event.to_state]
    fields |= _details(event, tables)
    if event.stack:
        fields["stack"] = [frame._asdict() for frame in tables.stack(event.stack)]
    return json_bytes(fields).decode()[1:]


def _details(event: _Event, tables: LazyTables) -> dict[str, int | str]:
    """Return what an event holds by its kind, by JSON key."""
    kind, details = EventKind(event.kind), dict[str, int | str]()
    if event.name:
        details["name"] = tables.string(event.name)
    if event.reason:
        details["reason"] = tables.string(event.reason)
    if kind is EventKind.METRIC:
        details["value"] = event.value
    elif kind is EventKind.RANGE_END and event.resource_kind == ResourceKind.PROC:
        details |= {"swept": event.value, "reclaimed": event.second_value}
    elif kind is EventKind.LOG:
        details |= {"task": event.value, "value": tables.string(event.second_value)}
    elif kind in (EventKind.REGION_BEGIN, EventKind.REGION_END):
        details["task"] = event.value
    elif kind in (EventKind.TASK_BEGIN, EventKind.TASK_END):
        details["task"] = event.value
        if event.second_value:
            details["parent"] = event.second_value
    return details


def _quoted(value: int | str) -> str:
    """Return a number as it is, a text in quotes and on one line whatever it holds."""
    return json_bytes(value).decode()
