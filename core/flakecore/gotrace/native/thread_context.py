"""The goroutine and proc bound to each thread at its events, found by the library."""

from __future__ import annotations

from ctypes import CDLL, Structure, byref, c_int64, c_void_p
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.native.library import NARROW, Events, trace_loops
from flakecore.native_columns import pointer

Column = NDArray[np.int32]


class BoundColumns(Structure):
    """``struct context``."""

    _fields_ = (
        ("goroutine", c_void_p),
        ("proc", c_void_p),
        ("goroutine_span", c_void_p),
        ("proc_span", c_void_p),
    )


class Bound(NamedTuple):
    """The columns of ``gotrace.context.Context``."""

    goroutine: Column
    proc: Column
    goroutine_span: Column
    proc_span: Column


class NativeEvents(NamedTuple):
    """A generation's events as the library takes them.

    Attributes:
        loops: the library.
        events: pointers to the columns.
        rows: the number of events.
        held: the columns, so that they live as long as the pointers.
    """

    loops: CDLL
    events: Events
    rows: int
    held: tuple[NDArray[Any], ...]


class BoundSome(NamedTuple):
    """What was bound just before some events, and which events lack what they need.

    Attributes:
        bound: columns as long as the rows asked for.
        lacking: how many events, of all, lack a goroutine or a proc.
        first: the row of the first of these.
    """

    bound: Bound
    lacking: int
    first: int


def native_events(
    buffer: NDArray[np.uint8],
    type_: NDArray[np.uint8],
    tick: NDArray[np.int64],
    arguments: NDArray[np.signedinteger[Any]],
    streams: NDArray[np.int64],
    threads: NDArray[np.signedinteger[Any]],
    initial: NDArray[np.int64],
) -> NativeEvents | None:
    """Return events as the library takes them; None where there is none, or it cannot.

    Args:
        buffer: as in ``EventColumns``, like the next ones.
        type_: (n,).
        tick: (n,).
        arguments: (n,).
        streams: (streams + 1,).
        threads: (streams,).
        initial: (streams,), the goroutine that each thread had in a syscall when the generation
            began; -1 for none.
    """
    loops = trace_loops()
    if loops is None or arguments.dtype != np.int32 or int(initial.max(initial=0)) >= NARROW:
        return None
    threads, first = threads.astype(np.int64), initial.astype(np.int32)
    outline = Events(
        pointer(buffer, np.uint8),
        len(buffer),
        pointer(type_, np.uint8),
        pointer(tick, np.int64),
        pointer(arguments, np.int32),
        pointer(streams, np.int64),
        pointer(threads, np.int64),
        pointer(first, np.int32),
        len(threads),
    )
    held = (buffer, type_, tick, arguments, streams, threads, first)
    return NativeEvents(loops, outline, len(type_), held)


def bind_threads(outline: NativeEvents) -> Bound | None:
    """Return what was bound to its thread just before each event."""
    bound, into = _columns(outline.rows)
    given_up = outline.loops.bind_threads(byref(outline.events), byref(into))
    return None if given_up else bound


def bind_some(
    outline: NativeEvents, rows: NDArray[np.int64], needs: NDArray[np.uint8]
) -> BoundSome | None:
    """Return what was bound just before some events, given by ascending rows.

    ``needs`` is a table by type of what an event happens on: 1 a proc, 2 a goroutine, 3 both.
    """
    bound, into = _columns(len(rows))
    lacking, first = c_int64(0), c_int64(0)
    given_up = outline.loops.bind_some(
        byref(outline.events),
        pointer(rows, np.int64),
        c_int64(len(rows)),
        byref(into),
        pointer(needs, np.uint8),
        byref(lacking),
        byref(first),
    )
    return None if given_up else BoundSome(bound, lacking.value, first.value)


def _columns(count: int) -> tuple[Bound, BoundColumns]:
    bound = Bound(*(np.empty(count, np.int32) for _ in Bound._fields))
    return bound, BoundColumns(*(pointer(column, np.int32) for column in bound))
