"""Events worded one a line, as text for people and grep, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson

from flakecore.gotrace import EventBlock, EventKind, Stand, Subject
from flakecore.times import SECOND

_RANGES = (EventKind.RANGE_BEGIN, EventKind.RANGE_ACTIVE, EventKind.RANGE_END)
_OF_TASKS = (
    EventKind.TASK_BEGIN,
    EventKind.TASK_END,
    EventKind.REGION_BEGIN,
    EventKind.REGION_END,
    EventKind.LOG,
)
_LABELS = [kind.label for kind in EventKind]
_STANDS = [stand.label for stand in Stand]
_SUBJECTS = {Subject.GOROUTINE: "GoID", Subject.PROC: "ProcID"}


def text_lines(block: EventBlock, *, stacks: bool = False) -> bytes:
    """Return events one a line, the words being those of ``go tool trace -d=parsed``.

    A line has the time in seconds since the trace began, the thread, proc and goroutine (``-``
    for none), the kind, and what the kind has to say. With ``stacks`` the frames of the stack
    follow, a line each, indented by a tab.
    """
    lines = []
    frames = block.stack.tolist() if stacks else [0] * len(block)
    for head, detail, stack in zip(_heads(block), _details(block), frames, strict=True):
        lines.append(f"{head} {detail}\n")
        if stack:
            lines.extend(
                f"\t{frame.function} {frame.file}:{frame.line}\n"
                for frame in block.words.stack(stack)
            )
    return "".join(lines).encode(errors="replace")


def _heads(block: EventBlock) -> Iterator[str]:
    sign = np.where(block.time < 0, "-", "").tolist()
    seconds, rest = np.divmod(np.abs(block.time), SECOND)
    columns = (sign, seconds.tolist(), rest.tolist(), *_places(block, "-"))
    for minus, whole, decimals, thread, proc, goroutine in zip(*columns, strict=True):
        yield f"{minus}{whole}.{decimals:09d} M={thread} P={proc} G={goroutine}"


def _places(block: EventBlock, none: str | None) -> Iterator[list[Any]]:
    """Yield each event's thread, proc and goroutine, with something else for -1."""
    for column in (block.thread, block.proc, block.goroutine):
        yield [number if number >= 0 else none for number in column.tolist()]


def _details(block: EventBlock) -> Iterator[str]:
    reasons: dict[int, str] = {0: ""}
    names: dict[int, str] = {0: ""}
    for texts, column, label in ((reasons, block.reason, "Reason"), (names, block.name, "Name")):
        for number in np.unique(column).tolist():
            text = block.words.string(number)
            texts[number] = f" {label}={_quoted(text)}" if text else ""
    changes = zip(
        block.kind.tolist(),
        block.subject.tolist(),
        block.number.tolist(),
        block.before.tolist(),
        block.after.tolist(),
        block.reason.tolist(),
        block.name.tolist(),
        strict=True,
    )
    for row, (kind, subject, number, before, after, reason, name) in enumerate(changes):
        if kind == EventKind.STATE_TRANSITION:
            of_what, change = _SUBJECTS[subject], f"{_STANDS[before]}->{_STANDS[after]}"
            told = f"StateTransition {of_what}={number} {change}{names[name]}{reasons[reason]}"
            yield told
        else:
            of_what = f" {_SUBJECTS[subject]}={number}" if subject else ""
            yield f"{_LABELS[kind]}{of_what}{names[name]}{_rest(block, row)}"


def _rest(block: EventBlock, row: int) -> str:
    """Return what an event that is no change of state says beyond its subject and its name."""
    parts = ""
    for key, value in _values(block, row).items():
        parts += f" {key.capitalize()}={_quoted(value) if isinstance(value, str) else value}"
    return parts


def _values(block: EventBlock, row: int) -> dict[str, int | str]:
    kind = EventKind(int(block.kind[row]))
    value, more = int(block.value[row]), int(block.more[row])
    if kind is EventKind.METRIC:
        return {"value": value}
    if kind is EventKind.RANGE_END and block.subject[row] == Subject.PROC:
        return {"swept": value, "reclaimed": more}
    if kind not in _OF_TASKS:
        return {}
    values: dict[str, int | str] = {"task": value}
    if kind is EventKind.LOG:
        values["value"] = block.words.string(more)
    elif kind in (EventKind.TASK_BEGIN, EventKind.TASK_END) and more:
        values["parent"] = more
    return values


def _quoted(text: str) -> str:
    """Return a text in quotes, on one line whatever it holds."""
    return orjson.dumps(text.encode(errors="replace").decode()).decode()


def json_lines(block: EventBlock, *, stacks: bool = False) -> bytes:
    """Return events as one JSON object a line.

    Keys of all: ``time_ns``, ``m``, ``p``, ``g`` (null for none), ``event``. Where they apply:
    ``goroutine`` or ``proc`` (what changes), ``from``, ``to``, ``reason``, ``name``, ``value``,
    ``task``, ``parent``, ``swept``, ``reclaimed``, and with ``stacks`` a ``stack`` of objects
    with ``function``, ``file`` and ``line``, innermost first.
    """
    lines = []
    columns = zip(
        block.time.tolist(),
        *_places(block, None),
        block.kind.tolist(),
        block.subject.tolist(),
        block.number.tolist(),
        block.before.tolist(),
        block.after.tolist(),
        block.reason.tolist(),
        block.name.tolist(),
        block.stack.tolist(),
        strict=True,
    )
    string = block.words.string
    for row, (
        time, m, p, g, kind, subject, number, before, after, reason, name, stack,
    ) in enumerate(columns):  # fmt: skip
        event: dict[str, Any] = {"time_ns": time, "m": m, "p": p, "g": g, "event": _LABELS[kind]}
        if subject:
            event["goroutine" if subject == Subject.GOROUTINE else "proc"] = number
        if kind == EventKind.STATE_TRANSITION:
            event["from"], event["to"] = _STANDS[before], _STANDS[after]
            if reason:
                event["reason"] = string(reason)
        else:
            event.update(_values(block, row))
        if name:
            event["name"] = string(name)
        if stacks and stack:
            event["stack"] = [frame._asdict() for frame in block.words.stack(stack)]
        lines.append(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE))
    return b"".join(lines)
