"""Anchors: what package testing formatted, recognised among the units and among the writes.

The constants were chosen and measured as those of ``matching``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.units import Key, OutputWrites
from flakecore.alignment.writers import PriorClass, WriteKind
from flakecore.distinct import distinct
from flakecore.gotest import NO_WALL

UNBOUNDED = 1 << 30
"""Stands for an unknown largest number of units of a write."""
ANY_TIME = 1 << 62
_SLACK_NS = 500_000
"""Added to the latest start of a write, in nanoseconds, where the offset of the clocks is known
from the anchors alone; ten times as much below ``_MIN_ANCHORS``."""
_SNAPSHOT_SLACK_NS = 50_000
"""The same where the trace has the wall clock at its time 0."""
_MIN_ANCHORS = 50
"""Anchors from which on the smallest delay among them is taken to be near 0."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys as numbers from 1, equal on both sides; 0 where there is none.

    Attributes:
        units: int32, (units,).
        writes: int32, (writes,).
        kind: uint8, (writes,) ``WriteKind``.
        single_line: bool, (writes,) prints exactly one line.
        min_units, max_units: int64, (writes,) how many units a write prints.
    """

    units: NDArray[np.int32]
    writes: NDArray[np.int32]
    kind: NDArray[np.uint8]
    single_line: NDArray[np.bool_]
    min_units: NDArray[np.int64]
    max_units: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Anchors:
    """Units and the writes that printed them, both int64 (n,), in order on both sides."""

    units: NDArray[np.int64]
    writes: NDArray[np.int64]


def number_keys(
    units: Sequence[Key | None],
    writes: OutputWrites,
    test_of: Callable[[int], int],
    *,
    by_line: bool,
) -> Keys:
    """Return the keys of both sides as numbers, with the number of units that each write may print.

    Args:
        units: the key of each unit.
        writes: whose keys follow from their stacks and goroutines.
        test_of: from a write's index to the test that its line names; -1 if unknown.
        by_line: whether a unit is a whole line, not a packet: a write of a single line is one unit.
    """
    numbers: dict[Key, int] = {}
    unit_keys = np.array(
        [numbers.setdefault(key, len(numbers) + 1) if key is not None else 0 for key in units],
        np.int32,
    )
    has_names = (WriteKind.NAME,) in numbers
    count = len(writes)
    write_keys = np.zeros(count, np.int32)
    kinds = np.zeros(count, np.uint8)
    single_line = np.zeros(count, np.bool_)
    min_units = np.zeros(count, np.int64)
    max_units = np.full(count, UNBOUNDED, np.int64)
    for stack in distinct(writes.stack).tolist():
        writer = writes.writers[stack]
        rows = np.flatnonzero(writes.stack == stack)
        kind = writer.kind
        kinds[rows] = kind
        single_line[rows] = writer.single_line
        if kind is WriteKind.LOG:
            known = (numbers.get((kind, f.short_file, f.line), 0) for f in writer.callers)
            write_keys[rows] = next((number for number in known if number), 0)
        elif kind is WriteKind.NAME:
            write_keys[rows] = numbers.get((kind,), 0)
        elif kind is not WriteKind.ANYTHING:
            named = [numbers.get((kind, test_of(row)), 0) for row in rows.tolist()]
            write_keys[rows] = named
        if (
            kind is not WriteKind.ANYTHING
            or writer.single_line
            or writer.prior_class is PriorClass.PRINTLN
        ):
            min_units[rows] = 1
        if kind is WriteKind.NAME and not has_names:
            min_units[rows] = max_units[rows] = 0
        elif writer.single_line and by_line:
            max_units[rows] = 1
    # A unit whose key no write has was printed by the program in the format of package testing.
    has_write = np.zeros(len(numbers) + 1, np.bool_)
    has_write[write_keys] = True
    unit_keys[~has_write[unit_keys]] = 0
    return Keys(unit_keys, write_keys, kinds, single_line, min_units, max_units)


def find_anchors(keys: Keys, writes: OutputWrites) -> Anchors:
    """Return the pairs of keys that as many units as writes have, paired in order.

    Pairs that cross others are left out, and so are writes that overlap another one: they do not
    separate what came before from what came after.
    """
    count = int(max(keys.units.max(initial=0), keys.writes.max(initial=0))) + 1
    same = np.bincount(keys.units, minlength=count) == np.bincount(keys.writes, minlength=count)
    same[0] = False
    unit_rows = np.flatnonzero(same[keys.units])
    write_rows = np.flatnonzero(same[keys.writes])
    unit_rows = unit_rows[np.argsort(keys.units[unit_rows], kind="stable")]
    write_rows = write_rows[np.argsort(keys.writes[write_rows], kind="stable")]
    order = np.argsort(unit_rows, kind="stable")
    unit_rows, write_rows = unit_rows[order], write_rows[order]
    highest = np.maximum.accumulate(write_rows) if len(write_rows) else write_rows
    lowest = np.minimum.accumulate(write_rows[::-1])[::-1] if len(write_rows) else write_rows
    ordered = (write_rows == highest) & (write_rows == lowest)
    unit_rows, write_rows = unit_rows[ordered], write_rows[ordered]
    separating = without_overlap(writes)[write_rows]
    return Anchors(unit_rows[separating], write_rows[separating])


def without_overlap(writes: OutputWrites) -> NDArray[np.bool_]:
    """Return (writes,) whether no other write overlaps each in time."""
    found = np.ones(len(writes), np.bool_)
    found[1:] &= writes.start[1:] >= np.maximum.accumulate(writes.end)[:-1]
    found[:-1] &= writes.end[:-1] <= writes.start[1:]
    return found


def latest_starts(
    anchors: Anchors,
    wall_ns: NDArray[np.int64],
    starts: NDArray[np.int64],
    zero_wall_ns: int | None,
) -> NDArray[np.int64]:
    """Return (units,) the latest start of a write that can have printed each, in trace nanoseconds.

    A unit is read after it was written, so the smallest delay of an anchor is an upper bound on the
    offset between the clocks, and close to it where there are many anchors.

    Args:
        anchors: pairs that are known.
        wall_ns: (units,) Unix time at which each was read, or ``NO_WALL``.
        starts: (writes,) when each began, in trace nanoseconds.
        zero_wall_ns: the wall clock at the trace's time 0; None if the trace lacks it.
    """
    known = wall_ns != NO_WALL
    pairs = known[anchors.units]
    offsets = wall_ns[anchors.units[pairs]] - starts[anchors.writes[pairs]]
    if not len(offsets):
        return np.full(len(wall_ns), ANY_TIME, np.int64)
    offset = int(offsets.min())
    slack = _SLACK_NS if len(offsets) >= _MIN_ANCHORS else 10 * _SLACK_NS
    if zero_wall_ns is not None:
        offset, slack = min(offset, zero_wall_ns), _SNAPSHOT_SLACK_NS
    return np.where(known, wall_ns - offset + slack, ANY_TIME)
