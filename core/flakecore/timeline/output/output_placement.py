"""Places lines of output on the case's clock, each with its true test, goroutine and source line.

Problem: a line is stamped when it was read, up to milliseconds after it was printed and by another
process, and several tests share one output.

Idea: a line that is paired with a write (``alignment``) has the time at which the write began, with
error 0. The bytes of a pipe keep their order, so any other line was written between the nearest
paired lines around it: not before the writes that were under way when the line before was written
(one that blocked on a full pipe may have begun earlier), and not after the end of the next line's
write. Stamps narrow these bounds by the range of delays that they have on paired lines.

Why not the stamp alone: its delay varies with the load of the reader and would put lines behind
events that they preceded. It remains the fallback where there are no paired lines on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.pair_output import PairedOutput
from flakecore.alignment.units import key_of
from flakecore.alignment.writers import WriteKind, Writer
from flakecore.gotest import NO_WALL, TYPES, Lines, TextsAt
from flakecore.timeline.output.output_lines import TIME_SOURCES, LineColumns, TimeSource

_UNBOUNDED_NS = 1 << 61
_MIN_STAMPED_LINES = 32
"""Paired lines with a stamp from which on their delays bound those of other lines. Not measured:
if delays are exponential, one exceeds twice the largest of n with probability 2 / ((n+1) (n+2)),
which is 0.0018 here."""
_MIN_DELAY_NS = 100_000
"""Added to the bounds by stamps, in nanoseconds: the delay of a line that nothing holds up."""
_WITHOUT_GOROUTINE = ("Example", "Benchmark")
"""Prefixes of tests that run on the main goroutine, or on one that the trace does not identify."""


def place_lines(
    lines: Lines,
    paired: PairedOutput | None,
    zero_wall_ns: int | None,
    error_ns: int,
    names: Sequence[str],
) -> tuple[LineColumns, NDArray[np.signedinteger]]:
    """Return lines on the case's clock.

    Args:
        lines: as they were read.
        paired: the lines paired with writes; None without a trace.
        zero_wall_ns: Unix time of the case's time 0, in nanoseconds; None if unknown.
        error_ns: how far off a stamp may be, in nanoseconds.
        names: names of the tests.

    Returns:
        the lines in order of time, and (lines,) the index of each of ``lines`` in that order.
    """
    count = len(lines)
    number = np.int32 if count <= np.iinfo(np.int32).max else np.int64
    stamped = (lines.walls != NO_WALL) & (zero_wall_ns is not None)
    if paired is None and not stamped.any():
        timeless = np.broadcast_to(np.int64(0), count)
        as_read = _as_read(lines, timeless, TimeSource.UNKNOWN, error_ns)
        return as_read, np.arange(count, dtype=number)
    if paired is None and stamped.all():
        time = lines.walls - (zero_wall_ns or 0)
        if (time[1:] >= time[:-1]).all():
            as_read = _as_read(lines, time, TimeSource.STAMPED, error_ns)
            return as_read, np.arange(count, dtype=number)
    stamp = np.where(stamped, lines.walls - (zero_wall_ns or 0), 0)
    exact = paired.pairs.certain if paired is not None else np.zeros(count, np.bool_)
    time, error = _bounded_times(exact, paired, stamped, stamp)
    bounded = error < _UNBOUNDED_NS
    source = np.full(count, TIME_SOURCES.index(TimeSource.UNKNOWN), np.uint8)
    source[stamped] = TIME_SOURCES.index(TimeSource.STAMPED)
    source[bounded] = TIME_SOURCES.index(TimeSource.BOUNDED)
    source[exact] = TIME_SOURCES.index(TimeSource.EXACT)
    time = np.where(bounded | exact, time, stamp)
    time = _fill_forward(time, bounded | exact | stamped)
    error = np.where(exact, 0, np.where(bounded, error, error_ns))
    order = np.argsort(time, kind="stable")
    moved = order != np.arange(count)
    index_of = np.empty(count, np.int64)
    index_of[order] = np.arange(count)
    place, places = _source_places(lines, paired, exact)
    columns = LineColumns(
        time=time[order],
        error=error[order],
        time_source=source[order],
        test=_true_tests(lines, paired, names)[order],
        reported_test=lines.tests[order],
        goroutine=(
            paired.pairs.goroutine[order] if paired is not None else np.zeros(count, np.int64)
        ),
        place=place[order],
        texts=TextsAt(lines.texts, order) if moved.any() else lines.texts,
        places=places,
    )
    return columns, index_of


def _as_read(
    lines: Lines, time: NDArray[np.int64], source: TimeSource, error_ns: int
) -> LineColumns:
    """Return lines in the order they were read.

    There may be millions: columns that are the same in all rows take no memory.
    """
    count = len(lines)
    return LineColumns(
        time=time,
        error=np.broadcast_to(np.int64(error_ns), count),
        time_source=np.broadcast_to(np.uint8(TIME_SOURCES.index(source)), count),
        test=lines.tests,
        reported_test=lines.tests,
        goroutine=np.broadcast_to(np.int64(0), count),
        place=np.broadcast_to(np.int32(0), count),
        texts=lines.texts,
        places=[("", 0)],
    )


def _bounded_times(
    exact: NDArray[np.bool_],
    paired: PairedOutput | None,
    stamped: NDArray[np.bool_],
    stamp: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the time of each line and its error; ``_UNBOUNDED_NS`` where nothing bounds it.

    Args:
        exact: (lines,), whether the line is paired for certain.
        paired: the pairs.
        stamped: (lines,), whether the line has a stamp on the case's clock.
        stamp: (lines,), that stamp in nanoseconds.
    """
    count = len(exact)
    rows = np.flatnonzero(exact)
    if paired is None or not len(rows):
        return np.zeros(count, np.int64), np.full(count, _UNBOUNDED_NS, np.int64)
    writes = paired.writes
    write = paired.pairs.write[rows]
    start, end = writes.start[write], writes.latest_end[write]
    # Every write that was under way when the line before was written may have printed this one.
    under_way = np.searchsorted(np.maximum.accumulate(writes.latest_end), start)
    earliest = np.minimum(writes.start[np.minimum(under_way, len(writes) - 1)], start)
    before = np.searchsorted(rows, np.arange(count), side="right") - 1
    after = before + 1
    inside = (before >= 0) & (after < len(rows)) & ~exact
    time = np.zeros(count, np.int64)
    time[rows] = start
    low, high = earliest[before], end[np.minimum(after, len(rows) - 1)]
    first = np.maximum(start[before], 0)
    last = np.maximum(start[np.minimum(after, len(rows) - 1)], first)
    samples = rows[stamped[rows]]
    if len(samples) >= _MIN_STAMPED_LINES:
        # The delay of a stamp is bounded by twice the range of delays of paired lines.
        delay = stamp[samples] - time[samples]
        soonest = stamp - 2 * max(int(delay.max()), 0) - _MIN_DELAY_NS
        latest = stamp + 2 * max(-int(delay.min()), 0) + _MIN_DELAY_NS
        consistent = stamped & (soonest <= high) & (latest >= low)
        low = np.where(consistent, np.maximum(low, soonest), low)
        high = np.where(consistent, np.minimum(high, latest), high)
    estimate = np.where(stamped, np.clip(stamp, low, high), (low + high) // 2)
    estimate = np.clip(estimate, first, last)
    error = np.maximum(high - estimate, estimate - low)
    time = np.where(inside, estimate, time)
    return time, np.where(inside, np.maximum(error, 0), _UNBOUNDED_NS)


def _fill_forward(time: NDArray[np.int64], known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return times, unknown ones set to the known one before them, or else to the first one."""
    rows = np.flatnonzero(known)
    if not len(rows):
        return np.zeros(len(time), np.int64)
    latest = np.searchsorted(rows, np.arange(len(time)), side="right") - 1
    return time[rows[np.maximum(latest, 0)]]


def _source_places(
    lines: Lines, paired: PairedOutput | None, exact: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], list[tuple[str, int]]]:
    """Return (lines,) the source place that printed each line, as an index, and all places.

    Place 0 is ``("", 0)`` and stands for unknown.
    """
    places = {("", 0): 0}
    place = np.zeros(len(lines), np.int32)
    rows = np.flatnonzero(exact)
    if paired is None or not len(rows):
        return place, list(places)
    writes = paired.writes
    stacks, first, which = np.unique(
        writes.stack[paired.pairs.write[rows]], return_index=True, return_inverse=True
    )
    found = []
    for stack, at in zip(stacks.tolist(), rows[first].tolist(), strict=True):
        where = _source_place(writes.writers[stack], lines.texts[at])
        found.append(places.setdefault(where, len(places)))
    place[rows] = np.array(found, np.int32)[which]
    return place, list(places)


def _source_place(writer: Writer, text: str) -> tuple[str, int]:
    """Return file and line of the call that printed a text.

    For a log from a test helper it is the frame that the text names (``t.Helper``).
    """
    key = key_of(text, -1) if writer.kind is WriteKind.LOG else None
    named = [
        frame for frame in writer.callers if key == (WriteKind.LOG, frame.short_file, frame.line)
    ]
    frame = named[0] if named else writer.caller
    return (frame.file, frame.line) if frame is not None else ("", 0)


def _true_tests(
    lines: Lines, paired: PairedOutput | None, names: Sequence[str]
) -> NDArray[np.int32]:
    """Return (lines,) the test whose goroutine printed each line, else the reported one."""
    test = lines.tests.copy()
    if paired is None:
        return test
    numbers, which = np.unique(paired.pairs.goroutine, return_inverse=True)
    tree = paired.tree
    of_goroutine = np.array([tree.test_of(number) for number in numbers.tolist()], np.int32)
    by_goroutine = of_goroutine[which]
    # An example or a benchmark has no goroutine of its own.
    without = np.array([name.startswith(_WITHOUT_GOROUTINE) for name in (*names, "")], np.bool_)
    # A line about a test is that test's, whichever goroutine printed it.
    about_test = (lines.types == TYPES.index("frame")) | _is_about_test(lines, paired)
    as_reported = (paired.pairs.goroutine == 0) | about_test | ((by_goroutine < 0) & without[test])
    if paired.has_gaps:
        as_reported |= by_goroutine < 0
    return np.where(as_reported, test, by_goroutine)


def _is_about_test(lines: Lines, paired: PairedOutput) -> NDArray[np.bool_]:
    """Return (lines,) whether package testing printed each about a test: start, pause, result."""
    writes = paired.writes
    about_test = np.zeros(int(writes.stack.max(initial=0)) + 1, np.bool_)
    for stack, writer in writes.writers.items():
        if stack < len(about_test):
            about_test[stack] = writer.kind not in (WriteKind.ANYTHING, WriteKind.LOG)
    write = paired.pairs.write
    found = np.zeros(len(lines), np.bool_)
    rows = np.flatnonzero(write >= 0)
    found[rows] = about_test[writes.stack[write[rows]]]
    return found


def stamps_of_writes(
    lines: Lines, paired: PairedOutput | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Return stamps (n,) in Unix nanoseconds and begins of writes (n,) in trace nanoseconds.

    Of the lines that are paired for certain and stamped; None without pairs.
    """
    if paired is None:
        return None
    rows = np.flatnonzero(paired.pairs.certain & (lines.walls != NO_WALL))
    return lines.walls[rows], paired.writes.start[paired.pairs.write[rows]]
