"""Reads ``objects.json``: pages, one JSON object a line, in the order in which they were written.

The file is appended to and never rewritten, so that of a process that was killed the pages stand
that it had written, and its last line may be cut off. A page's addresses are text (``0x…``), its
times nanoseconds of CLOCK_MONOTONIC, which ``unix_ns`` ties to the wall clock; stacks are numbers
of a table of stacks, whose rows are numbers of a table of frames. Keys and kinds that are not
known are left out or kept as unknown: a later version adds keys and changes none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import orjson

from flakecore.frames import without_probe
from flakecore.loss import Loss
from flakecore.objects.fields import address, flag, number, rows, table, text, whole
from flakecore.objects.page import (
    ObjectKind,
    ObjectsPage,
    PageEvent,
    PageFrame,
    PageGoroutine,
    PageHolder,
    PageObject,
    PageReason,
    PageStack,
    PageWait,
)

VERSION = 1
"""The newest version of a page that is known."""
LONGEST_PAGE = 64 << 20
"""Bytes of a page that is read; one that is written has 16 MB at most."""
_MOST_BYTES = 256 << 20
"""Bytes of pages that are read of one file: some dozen pages of a large program."""
_DEEPEST = 512
"""Frames of a stack that are kept; the runtime prints 100 at most (``runtime/traceback.go``)."""
_EVENTS = (
    *("made", "last_send", "last_receive", "last_close", "last_add", "last_done", "last_signal"),
    "cancel",
)
_REASONS = {each.value: each for each in PageReason}
_KINDS = {each.value: each for each in ObjectKind}

ClockOffset = Callable[[int, int], int | None]
"""From a moment on CLOCK_MONOTONIC and on the wall clock (0 if unknown) to what is to be added to
the former for the clock that is wanted; None where that is unknown."""


def read_pages(
    data: bytes | memoryview, *, name: str, offset: ClockOffset | None = None
) -> tuple[tuple[ObjectsPage, ...], tuple[Loss, ...]]:
    """Return the pages of a file, and what of it could not be read.

    Args:
        data: its bytes.
        name: its name, for the losses.
        offset: places a page on a clock; without it no page is ``timed``.
    """
    pages: list[ObjectsPage] = []
    losses: list[Loss] = []
    read = 0
    for line, is_cut in _lines(data):
        if len(line) > LONGEST_PAGE or read + len(line) > _MOST_BYTES:
            losses.append(Loss(name, "a page is too large to be read", 1, len(line)))
            continue
        read += len(line)
        try:
            found = orjson.loads(line)
        except orjson.JSONDecodeError:
            what = "its last page is cut off" if is_cut else "a page is no JSON"
            losses.append(Loss(name, what, 1, len(line)))
            continue
        if not isinstance(found, dict) or not number(found.get("version")):
            losses.append(Loss(name, "a line is no page", 1, len(line)))
            continue
        page = _page(found, offset)
        if (version := number(found["version"])) > VERSION:
            what = f"a page is of version {version}, newer than is known; its known part is read"
            losses.append(Loss(name, what))
        losses += [Loss(name, f"a page had no room for {what}", of) for what, of in page.lost]
        pages.append(page)
    return tuple(pages), tuple(dict.fromkeys(losses))


def _lines(data: bytes | memoryview) -> Iterator[tuple[memoryview, bool]]:
    """Yield lines that are not blank, each with whether its newline is missing."""
    whole_file = bytes(data)
    view, start = memoryview(whole_file), 0
    while start < len(whole_file):
        end = whole_file.find(b"\n", start)
        stop = end if end >= 0 else len(whole_file)
        if not whole_file[start : min(stop, start + 64)].isspace() and stop > start:
            yield view[start:stop], end < 0
        start = stop + 1


def _page(found: dict[str, Any], offset: ClockOffset | None) -> ObjectsPage:
    at, wall = number(found.get("mono_ns")), number(found.get("unix_ns"))
    ahead = offset(at, wall) if offset is not None else None
    reader = _Reader(found, -at if ahead is None else ahead)
    reason = text(found.get("why"))
    goroutines = (reader.goroutine(table(each)) for each in rows(found.get("goroutines")))
    objects = (reader.object(table(each)) for each in rows(found.get("objects")))
    return ObjectsPage(
        reason=_REASONS.get(reason, PageReason.UNKNOWN),
        test=text(found.get("test")),
        at_ns=at + reader.ahead,
        timed=ahead is not None,
        go_version=text(found.get("go")),
        missing=tuple(each for each in map(text, rows(found.get("missing"))) if each),
        lost=tuple((text(k), number(v)) for k, v in table(found.get("lost")).items() if number(v)),
        goroutines=tuple(each for each in map(_without_probe, goroutines) if each.number),
        objects=tuple(each for each in objects if each.address),
    )


def _without_probe(found: PageGoroutine) -> PageGoroutine:
    """Return a goroutine without what it does for the probe: it runs there.

    One that does nothing else has no number then.
    """
    own = without_probe(found.stack)
    if len(own) == len(found.stack):
        return found
    return replace(
        found,
        number=found.number if own else 0,
        state="running",
        reason="",
        since_ns=None,
        stack=own,
        live=True,
        because="running",
        waits=(),
    )


class _Reader:
    """Reads what stands in one page, with the tables that its parts refer to."""

    def __init__(self, page: dict[str, Any], ahead: int) -> None:
        self.ahead = ahead
        self._frames = [_frame(rows(each)) for each in rows(page.get("frames"))]
        self._stacks = [self._listed(rows(each)) for each in rows(page.get("stacks"))]

    def goroutine(self, found: Any) -> PageGoroutine:
        labels = table(found.get("labels")).items()
        waits = (table(each) for each in rows(found.get("waits")))
        return PageGoroutine(
            number=number(found.get("id")),
            test=text(found.get("test")),
            state=text(found.get("state")),
            reason=text(found.get("reason")),
            since_ns=self._time(found.get("since")),
            stack=self._stack(found.get("stack")),
            creator=number(found.get("parent")),
            created_at=self._frame_at(found.get("created_at")),
            labels=tuple((text(key), text(value)) for key, value in labels),
            live=flag(found.get("live")),
            because=text(found.get("because")),
            waits=tuple(PageWait(address(w.get("object")), text(w.get("op"))) for w in waits),
            ended_ns=self._time(found.get("ended_ns")),
            function=text(found.get("function")),
        )

    def object(self, found: Any) -> PageObject:
        kind = text(found.get("kind"))
        events = [(name, found[name]) for name in _EVENTS if isinstance(found.get(name), dict)]
        events = _with_broadcast(events, found.get("last_broadcast"))
        reachable = found.get("reachable_from")
        return PageObject(
            address=address(found.get("address")),
            kind=_KINDS.get(kind, ObjectKind.UNKNOWN),
            holders=tuple(self._holder(table(each)) for each in rows(found.get("holders"))),
            capacity=whole(found.get("cap")),
            length=whole(found.get("len")),
            closed=flag(found.get("closed")),
            element=text(found.get("elem")),
            events=tuple((name, self._event(event)) for name, event in events),
            reachable_from=(
                tuple(filter(None, map(number, reachable))) if isinstance(reachable, list) else None
            ),
            is_global=flag(found.get("global")) or False,
            variable=text(found.get("variable")),
            counter=whole(found.get("counter")),
            locker=address(found.get("locker")),
            canceled=flag(found.get("canceled")),
            cause=text(found.get("cause")),
            done=address(found.get("done")),
            type_name=text(found.get("type")),
            due_ns=self._time(found.get("due")),
            period_ns=number(found.get("period")),
            channel=address(found.get("channel")),
        )

    def _holder(self, found: Any) -> PageHolder:
        return PageHolder(
            goroutine=number(found.get("goroutine")),
            reads=found.get("mode") == "read",
            since_ns=self._time(found.get("since")),
            stack=self._stack(found.get("stack")),
            ended=flag(found.get("ended")) or False,
        )

    def _event(self, found: Any) -> PageEvent:
        delta = whole(found.get("delta")) or 0
        return PageEvent(
            goroutine=number(found.get("goroutine")),
            at_ns=self._time(found.get("at")),
            stack=self._stack(found.get("stack")),
            amount=1 if flag(found.get("broadcast")) else delta,
        )

    def _time(self, value: Any) -> int | None:
        found = number(value)
        return found + self.ahead if found else None

    def _stack(self, value: Any) -> PageStack:
        at = whole(value)
        return self._stacks[at] if at is not None and 0 <= at < len(self._stacks) else ()

    def _frame_at(self, value: Any) -> PageFrame | None:
        at = whole(value)
        return self._frames[at] if at is not None and 0 <= at < len(self._frames) else None

    def _listed(self, numbers: list[Any]) -> PageStack:
        found = (self._frame_at(each) for each in numbers[:_DEEPEST])
        return tuple(frame for frame in found if frame is not None and frame.function)


def _with_broadcast(events: list[tuple[str, Any]], broadcast: Any) -> list[tuple[str, Any]]:
    """Return events with a Broadcast as the last signal where no Signal came after it."""
    if not isinstance(broadcast, dict):
        return events
    signal = next((event for name, event in events if name == "last_signal"), None)
    if signal is not None and number(signal.get("at")) > number(broadcast.get("at")):
        return events
    others = [each for each in events if each[0] != "last_signal"]
    return [*others, ("last_signal", {**broadcast, "broadcast": True})]


def _frame(found: list[Any]) -> PageFrame:
    function, file, line = [*found[:3], None, None, None][:3]
    return PageFrame(text(function), text(file), min(number(line), 1 << 31))
