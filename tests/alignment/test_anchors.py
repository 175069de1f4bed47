"""What package testing formats pairs off one by one, where both sides have as many of it."""

from __future__ import annotations

import numpy as np

from alignment.sequences import PRINTLN, RUN, units_of, writes_of
from flakecore.alignment.anchors import (
    ANY_TIME,
    Anchors,
    Keys,
    find_anchors,
    latest_starts,
    number_keys,
    without_overlap,
)
from flakecore.alignment.units import OutputWrites
from flakecore.gotest import NO_WALL


def keys_of(lines: list[str], writes: OutputWrites) -> Keys:
    return number_keys(units_of(lines).keys, writes, lambda _: 0, by_line=True)


def test_a_run_line_is_paired_with_the_write_that_announced_the_test() -> None:
    writes = writes_of([PRINTLN, RUN, PRINTLN])
    anchors = find_anchors(keys_of(["a", "b", "=== RUN   TestA", "c"], writes), writes)
    assert (anchors.units.tolist(), anchors.writes.tolist()) == ([2], [1])


def test_a_key_that_is_more_frequent_on_one_side_is_no_anchor() -> None:
    writes = writes_of([RUN, PRINTLN, RUN])
    anchors = find_anchors(keys_of(["=== RUN   TestA", "a"], writes), writes)
    assert len(anchors.units) == 0


def test_a_write_that_overlaps_another_is_no_anchor() -> None:
    lines = ["=== RUN   TestA", "a"]
    apart = writes_of([RUN, PRINTLN], times=[(0, 5), (6, 8)])
    assert len(find_anchors(keys_of(lines, apart), apart).units) == 1
    overlapping = writes_of([RUN, PRINTLN], times=[(0, 7), (6, 8)])
    assert len(find_anchors(keys_of(lines, overlapping), overlapping).units) == 0


def test_a_line_in_the_format_of_testing_that_no_write_of_testing_printed_has_no_key() -> None:
    writes = writes_of([PRINTLN])
    assert keys_of(["=== RUN   TestA"], writes).units.tolist() == [0]


def test_println_prints_at_least_one_line_and_testing_exactly_one() -> None:
    keys = keys_of(["=== RUN   TestA"], writes_of([PRINTLN, RUN]))
    assert keys.min_units.tolist() == [1, 1]
    assert keys.max_units[1] == 1 < keys.max_units[0]


def test_a_long_write_overlaps_every_write_that_begins_before_it_ends() -> None:
    writes = writes_of([PRINTLN] * 4, times=[(0, 25), (10, 12), (20, 22), (30, 32)])
    assert without_overlap(writes).tolist() == [False, False, False, True]


def test_no_write_that_began_after_a_line_was_read_can_have_printed_it() -> None:
    """The anchor that was read soonest gives the offset between the clocks."""
    wall_ns = np.array([1_000, 1_500, NO_WALL], np.int64)
    anchors = Anchors(np.array([0]), np.array([0]))
    latest = latest_starts(anchors, wall_ns, np.array([100], np.int64), None)
    assert latest[1] - latest[0] == 500
    assert latest[0] >= 100
    assert latest[2] == ANY_TIME


def test_without_stamps_or_anchors_a_write_may_have_any_time() -> None:
    none = np.zeros(0, np.int64)
    latest = latest_starts(Anchors(none, none), np.array([5], np.int64), none, None)
    assert latest.tolist() == [ANY_TIME]
