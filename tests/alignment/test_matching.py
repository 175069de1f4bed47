"""Units and writes are paired in order; certain is only what no other pairing comes near."""

from __future__ import annotations

from collections.abc import Sequence

from alignment.sequences import PRINTF, PRINTLN, RUN, units_of, writes_of
from flakecore.alignment.anchors import number_keys
from flakecore.alignment.matching import Pairs, match
from flakecore.gotrace import Stack

LINES = [f"line {number}" for number in range(6)]
ANNOUNCED = "=== RUN   TestA"


def _match(
    lines: Sequence[str],
    stacks: Sequence[Stack],
    *,
    goroutines: Sequence[int] | None = None,
    foreign: Sequence[int] = (),
    complete: bool = True,
) -> Pairs:
    units, writes = units_of(lines, foreign=foreign), writes_of(stacks, goroutines=goroutines)
    keys = number_keys(units.keys, writes, lambda _: 0, by_line=True)
    return match(units, writes, keys, by_line=True, zero_wall_ns=None, complete=complete)


def test_as_many_lines_as_writes_of_single_lines_are_paired_one_by_one() -> None:
    pairs = _match(LINES, [PRINTLN] * 6)
    assert pairs.write.tolist() == [0, 1, 2, 3, 4, 5]
    assert pairs.certain.all()


def test_the_line_that_testing_formats_is_that_of_its_write() -> None:
    pairs = _match([*LINES[:2], ANNOUNCED, *LINES[2:]], [PRINTLN] * 2 + [RUN] + [PRINTLN] * 4)
    assert pairs.write[2] == 2
    assert pairs.certain.all()


def test_a_foreign_line_has_no_write() -> None:
    pairs = _match([*LINES[:3], "exit status 1", *LINES[3:]], [PRINTLN] * 6, foreign=[3])
    assert (pairs.write[3], bool(pairs.certain[3]), pairs.goroutine[3]) == (-1, False, 0)
    assert pairs.write.tolist() == [0, 1, 2, -1, 3, 4, 5]


def test_where_two_goroutines_may_have_printed_a_line_it_is_not_certain() -> None:
    """Two writes may print a part of a line each; one line is left for both."""
    pairs = _match(["one line"], [PRINTF, PRINTF], goroutines=[7, 8])
    assert not pairs.certain.any()
    assert pairs.goroutine.tolist() == [0]


def test_a_certain_pair_has_the_goroutine_of_its_write() -> None:
    pairs = _match(LINES[:2], [PRINTLN] * 2, goroutines=[7, 8])
    assert pairs.goroutine.tolist() == [7, 8]


def test_lines_that_no_write_can_have_printed_have_none() -> None:
    assert len(_match([], [PRINTLN]).write) == 0
    pairs = _match([ANNOUNCED, *LINES], [RUN])
    assert pairs.write.tolist() == [0] + [-1] * 6
    assert pairs.certain.tolist() == [True] + [False] * 6
