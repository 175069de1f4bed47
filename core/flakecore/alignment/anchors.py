"""Pieces that testing printed, found on both sides of the pairing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.units import Key, OutputWrites
from flakecore.alignment.writers import Habit, WriteKind
from flakecore.gotest import NO_WALL

UNBOUNDED = 1 << 30
"""Of how many units a write may print."""
ANY_TIME = 1 << 62
_SLACK_NS = 500_000
_SNAPSHOT_SLACK_NS = 50_000
_MANY = 50
"""From how many anchors on the soonest one is taken to have been read at once."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys as numbers, the same on both sides, from 1; 0 where there is none.

    Attributes:
        units: int32, (units,).
        writes: int32, (writes,).
        printed: uint8, (writes,) ``WriteKind``.
        single: bool, (writes,) prints exactly one line.
        least, most: int64, (writes,) how many units a write prints.
    """

    units: NDArray[np.int32]
    writes: NDArray[np.int32]
    printed: NDArray[np.uint8]
    single: NDArray[np.bool_]
    least: NDArray[np.int64]
    most: NDArray[np.int64]


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
    whole: bool,
) -> Keys:
    """Give keys numbers, and tell what each write prints at least and at most.

    Args:
        units: the key of each unit.
        writes: the writes, whose keys follow from their stacks and goroutines.
        test_of: the test that the line of a write names, by the write's place; -1 if unknown.
        whole: whether a unit is a whole line, not a packet: a write of a single line is one unit.
    """
    numbers: dict[Key, int] = {}
    kept = [numbers.setdefault(key, len(numbers) + 1) if key is not None else 0 for key in units]
    unit_keys = np.array(kept, np.int32)
    has_names = (WriteKind.NAME,) in numbers
    count = len(writes)
    write_keys = np.zeros(count, np.int32)
    printed = np.zeros(count, np.uint8)
    single = np.zeros(count, np.bool_)
    least = np.zeros(count, np.int64)
    most = np.full(count, UNBOUNDED, np.int64)
    for stack in np.unique(writes.stack).tolist():
        writer = writes.writers[stack]
        rows = np.flatnonzero(writes.stack == stack)
        kind = writer.printed
        printed[rows] = kind
        single[rows] = writer.single
        if kind is WriteKind.LOG:
            known = (numbers.get((kind, f.short_file, f.line), 0) for f in writer.callers)
            write_keys[rows] = next((number for number in known if number), 0)
        elif kind is WriteKind.NAME:
            write_keys[rows] = numbers.get((kind,), 0)
        elif kind is not WriteKind.ANYTHING:
            named = [numbers.get((kind, test_of(row)), 0) for row in rows.tolist()]
            write_keys[rows] = named
        if kind is not WriteKind.ANYTHING or writer.single or writer.habit is Habit.SURE:
            least[rows] = 1
        if kind is WriteKind.NAME and not has_names:
            least[rows] = most[rows] = 0
        elif writer.single and whole:
            most[rows] = 1
    # Who prints what looks like testing's own is not testing.
    theirs = np.zeros(len(numbers) + 1, np.bool_)
    theirs[write_keys] = True
    unit_keys[~theirs[unit_keys]] = 0
    return Keys(unit_keys, write_keys, printed, single, least, most)


def find_anchors(keys: Keys, writes: OutputWrites) -> Anchors:
    """Return what pairs off one by one: as many units as writes have its key.

    What lies out of order is left out, and what was written while something else was: it does not
    part what came before from what came after.
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
    kept = (write_rows == highest) & (write_rows == lowest)
    unit_rows, write_rows = unit_rows[kept], write_rows[kept]
    parting = alone(writes)[write_rows]
    return Anchors(unit_rows[parting], write_rows[parting])


def alone(writes: OutputWrites) -> NDArray[np.bool_]:
    """Return of which writes none other went on at the same time."""
    found = np.ones(len(writes), np.bool_)
    found[1:] &= writes.start[1:] >= np.maximum.accumulate(writes.end)[:-1]
    found[:-1] &= writes.end[:-1] <= writes.start[1:]
    return found


def latest_starts(
    anchors: Anchors, walls: NDArray[np.int64], starts: NDArray[np.int64], zero_ns: int | None
) -> NDArray[np.int64]:
    """Return on the trace's clock when each unit was read: no later write can have printed it.

    A unit is read after it was written, so the anchor that was read the soonest tells how the
    clocks go together, give or take the time that took.

    Args:
        anchors: pairs that are known.
        walls: (units,) when each was read by some wall clock, or ``NO_WALL``.
        starts: (writes,) when each began.
        zero_ns: the wall clock at the trace's time 0, where the trace says it.
    """
    known = walls != NO_WALL
    pairs = known[anchors.units]
    offsets = walls[anchors.units[pairs]] - starts[anchors.writes[pairs]]
    if not len(offsets):
        return np.full(len(walls), ANY_TIME, np.int64)
    offset = int(offsets.min())
    slack = _SLACK_NS if len(offsets) >= _MANY else 10 * _SLACK_NS
    if zero_ns is not None:
        offset, slack = min(offset, zero_ns), _SNAPSHOT_SLACK_NS
    return np.where(known, walls - offset + slack, ANY_TIME)
