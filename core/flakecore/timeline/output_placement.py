"""Puts lines of output on the case's clock, each with its true test, goroutine and source line.

A line that is paired with its write has the moment at which that began. Any other lies between the
nearest lines that are paired: what came after one in the pipe was written after it, and a write
that waited for room in the pipe may have begun a little earlier, with whatever else was under way.
Where such neighbours are missing, the stamp is what there is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.pair_output import PairedOutput
from flakecore.alignment.units import key_of
from flakecore.alignment.writers import WriteKind, Writer
from flakecore.gotest import NO_WALL, TYPES, Lines
from flakecore.timeline.output import KNOWN, Known, LineColumns

_FAR = 1 << 61
_ENOUGH = 32
"""Lines with a stamp and a write that tell how late stamps are."""
_READ_NS = 100_000
"""How soon a line is read that nothing holds up."""
_WITHOUT_GOROUTINE = ("Example", "Benchmark")
"""Tests that run on the main goroutine, or on one that is not told from others."""


def place_lines(
    lines: Lines,
    printed: PairedOutput | None,
    zero_wall_ns: int | None,
    error_ns: int,
    names: Sequence[str],
) -> tuple[LineColumns, NDArray[np.int64]]:
    """Put lines on the case's clock.

    Args:
        lines: as they were read.
        printed: which write printed which line, where there is a trace of it.
        zero_wall_ns: Unix time of the case's time 0; None if unknown.
        error_ns: how far off a stamp may be.
        names: of the tests.

    Returns:
        The lines in order of time, and for each of ``lines`` its index there.
    """
    count = len(lines)
    stamped = (lines.walls != NO_WALL) & (zero_wall_ns is not None)
    stamp = np.where(stamped, lines.walls - (zero_wall_ns or 0), 0)
    exact = printed.pairs.sure if printed is not None else np.zeros(count, np.bool_)
    time, error = _between(exact, printed, stamped, stamp)
    bounded = error < _FAR
    known = np.full(count, KNOWN.index(Known.UNKNOWN), np.uint8)
    known[stamped] = KNOWN.index(Known.STAMPED)
    known[bounded] = KNOWN.index(Known.BOUNDED)
    known[exact] = KNOWN.index(Known.EXACT)
    time = np.where(bounded | exact, time, stamp)
    time = _carried(time, bounded | exact | stamped)
    error = np.where(exact, 0, np.where(bounded, error, error_ns))
    order = np.argsort(time, kind="stable")
    index_of = np.empty(count, np.int64)
    index_of[order] = np.arange(count)
    place, places = _places(lines, printed, exact)
    columns = LineColumns(
        time=time[order],
        error=error[order],
        known=known[order],
        test=_tests(lines, printed, names)[order],
        reported_test=lines.tests[order],
        goroutine=(
            printed.pairs.goroutine[order] if printed is not None else np.zeros(count, np.int64)
        ),
        place=place[order],
        texts=[lines.texts[at] for at in order.tolist()],
        places=places,
    )
    return columns, index_of


def _between(
    exact: NDArray[np.bool_],
    printed: PairedOutput | None,
    stamped: NDArray[np.bool_],
    stamp: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the time of each line and how far off it may be; ``_FAR`` where nothing bounds it."""
    count = len(exact)
    rows = np.flatnonzero(exact)
    if printed is None or not len(rows):
        return np.zeros(count, np.int64), np.full(count, _FAR, np.int64)
    writes = printed.writes
    write = printed.pairs.write[rows]
    start, end = writes.start[write], writes.over[write]
    # Whatever was under way when the line before was written may have been it.
    under_way = np.searchsorted(np.maximum.accumulate(writes.over), start)
    began = np.minimum(writes.start[np.minimum(under_way, len(writes) - 1)], start)
    before = np.searchsorted(rows, np.arange(count), side="right") - 1
    after = before + 1
    inside = (before >= 0) & (after < len(rows)) & ~exact
    time = np.zeros(count, np.int64)
    time[rows] = start
    low, high = began[before], end[np.minimum(after, len(rows) - 1)]
    first = np.maximum(start[before], 0)
    last = np.maximum(start[np.minimum(after, len(rows) - 1)], first)
    told = rows[stamped[rows]]
    if len(told) >= _ENOUGH:
        # A stamp comes as late, or as early, as those of many others did; hardly ever twice that.
        lag = stamp[told] - time[told]
        soonest = stamp - 2 * max(int(lag.max()), 0) - _READ_NS
        latest = stamp + 2 * max(-int(lag.min()), 0) + _READ_NS
        believed = stamped & (soonest <= high) & (latest >= low)
        low = np.where(believed, np.maximum(low, soonest), low)
        high = np.where(believed, np.minimum(high, latest), high)
    guess = np.where(stamped, np.clip(stamp, low, high), (low + high) // 2)
    guess = np.clip(guess, first, last)
    reach = np.maximum(high - guess, guess - low)
    time = np.where(inside, guess, time)
    return time, np.where(inside, np.maximum(reach, 0), _FAR)


def _carried(time: NDArray[np.int64], known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return times, that of the line before where one has none, at the start that of the next."""
    rows = np.flatnonzero(known)
    if not len(rows):
        return np.zeros(len(time), np.int64)
    latest = np.searchsorted(rows, np.arange(len(time)), side="right") - 1
    return time[rows[np.maximum(latest, 0)]]


def _places(
    lines: Lines, printed: PairedOutput | None, exact: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], list[tuple[str, int]]]:
    """Return where each line was printed: a number into the list of places."""
    places = {("", 0): 0}
    place = np.zeros(len(lines), np.int32)
    rows = np.flatnonzero(exact)
    if printed is None or not len(rows):
        return place, list(places)
    writes = printed.writes
    stacks, first, which = np.unique(
        writes.stack[printed.pairs.write[rows]], return_index=True, return_inverse=True
    )
    found = []
    for stack, at in zip(stacks.tolist(), rows[first].tolist(), strict=True):
        where = _place(writes.writers[stack], lines.texts[at])
        found.append(places.setdefault(where, len(places)))
    place[rows] = np.array(found, np.int32)[which]
    return place, list(places)


def _place(writer: Writer, text: str) -> tuple[str, int]:
    """Return where a writer was called; of helpers, what the line names is the caller."""
    key = key_of(text, -1) if writer.printed is WriteKind.LOG else None
    named = [
        frame for frame in writer.callers if key == (WriteKind.LOG, frame.short_file, frame.line)
    ]
    frame = named[0] if named else writer.caller
    return (frame.file, frame.line) if frame is not None else ("", 0)


def _tests(lines: Lines, printed: PairedOutput | None, names: Sequence[str]) -> NDArray[np.int32]:
    """Return the test that each line truly belongs to."""
    test = lines.tests.copy()
    if printed is None:
        return test
    numbers, which = np.unique(printed.pairs.goroutine, return_inverse=True)
    tree = printed.tree
    of_goroutine = np.array([tree.test_of(number) for number in numbers.tolist()], np.int32)
    true = of_goroutine[which]
    alone = np.array([name.startswith(_WITHOUT_GOROUTINE) for name in (*names, "")], np.bool_)
    # What testing says of a test is that test's, whoever says it. An example or a benchmark has
    # no goroutine that could be told from those around it.
    own = (lines.types == TYPES.index("frame")) | _says_testing(lines, printed)
    kept = (printed.pairs.goroutine == 0) | own | ((true < 0) & alone[test])
    return np.where(kept, test, true)


def _says_testing(lines: Lines, printed: PairedOutput) -> NDArray[np.bool_]:
    """Return which lines testing itself prints about tests: their beginnings, pauses, results."""
    writes = printed.writes
    own = np.zeros(int(writes.stack.max(initial=0)) + 1, np.bool_)
    for stack, writer in writes.writers.items():
        if stack < len(own):
            own[stack] = writer.printed not in (WriteKind.ANYTHING, WriteKind.LOG)
    write = printed.pairs.write
    found = np.zeros(len(lines), np.bool_)
    rows = np.flatnonzero(write >= 0)
    found[rows] = own[writes.stack[write[rows]]]
    return found


def stamps_of(
    lines: Lines, printed: PairedOutput | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Return the stamps of lines that are paired, and when the writes began that printed them."""
    if printed is None:
        return None
    rows = np.flatnonzero(printed.pairs.sure & (lines.walls != NO_WALL))
    return lines.walls[rows], printed.writes.start[printed.pairs.write[rows]]
