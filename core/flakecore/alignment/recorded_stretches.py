"""Pairs units with writes where only some stretches of the writes were recorded.

A flight recorder leaves the writes of the time before each failure. Those of one stretch are paired
with the units that were read in it: were all units there, no key would be as frequent among them as
among the writes, and nothing would show which of many like units a stretch begins with. A unit that
was read just behind the end stays without a write: it may as well be of one that is not recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from flakecore.alignment.anchors import number_keys
from flakecore.alignment.matching import Pairs, match
from flakecore.alignment.units import OutputWrites, Units, UnitTokens


def match_stretches(
    units: Units,
    writes: OutputWrites,
    test_of: Callable[[int], int],
    stretches: Sequence[tuple[int, int]],
    zero_wall_ns: int | None,
    *,
    by_line: bool,
) -> Pairs:
    """Return which write printed each unit.

    Args:
        units: in the order in which they were read, all of a run.
        writes: in the order in which they began.
        test_of: from a write's index to the test that its line names; -1 if unknown.
        stretches: first and last moment of each stretch, in trace nanoseconds.
        zero_wall_ns: the units' wall clock at the trace's time 0; None if the trace lacks it, and
            then nothing is paired.
        by_line: whether a unit is a whole line, not a packet.
    """
    count = len(units)
    found = Pairs(
        np.full(count, -1, np.int64), np.zeros(count, np.bool_), np.zeros(count, np.int64)
    )
    if zero_wall_ns is None:
        return found
    read_ns = np.maximum.accumulate(units.wall_ns) - zero_wall_ns
    for start_ns, end_ns in stretches:
        first, until = np.searchsorted(read_ns, (start_ns, end_ns)).tolist()
        rows, own = (
            slice(first, until),
            slice(*np.searchsorted(writes.start, (start_ns, end_ns + 1))),
        )
        if rows.stop == rows.start or own.stop == own.start:
            continue
        of_stretch, of_writes = _units(units, rows), _writes(writes, own)
        keys = number_keys(
            of_stretch.keys, of_writes, partial(_test_behind, test_of, own.start), by_line=by_line
        )
        pairs = match(
            of_stretch,
            of_writes,
            keys,
            by_line=by_line,
            zero_wall_ns=zero_wall_ns,
            complete=False,
        )
        found.write[rows] = np.where(pairs.write >= 0, pairs.write + own.start, -1)
        found.certain[rows] = pairs.certain
        found.goroutine[rows] = pairs.goroutine
    return found


def _test_behind(test_of: Callable[[int], int], first: int, row: int) -> int:
    return test_of(first + row)


def _units(units: Units, rows: slice) -> Units:
    inside = (units.tokens.unit >= rows.start) & (units.tokens.unit < rows.stop)
    return Units(
        keys=units.keys[rows],
        shapes=replace(units.shapes, of=units.shapes.of[rows]),
        tokens=UnitTokens(units.tokens.number[inside], units.tokens.unit[inside] - rows.start),
        depth=units.depth[rows],
        may_continue=units.may_continue[rows],
        ends=units.ends[rows],
        wall_ns=units.wall_ns[rows],
        foreign=units.foreign[rows],
        interruptible=units.interruptible[rows],
    )


def _writes(writes: OutputWrites, rows: slice) -> OutputWrites:
    return replace(
        writes,
        start=writes.start[rows],
        end=writes.end[rows],
        latest_end=writes.latest_end[rows],
        goroutine=writes.goroutine[rows],
        stack=writes.stack[rows],
        site=writes.site[rows],
    )
