"""What stands around a long line is in doubt where others wrote while it was written."""

from __future__ import annotations

import numpy as np

from alignment.sequences import PRINTF, PRINTLN, units_of, writes_of
from flakecore.alignment.interrupted_lines import are_interrupted

LONG = "x" * 5000
LINES = ["first", LONG, "other", "last"]


def test_a_long_line_that_was_written_alone_is_whole() -> None:
    apart = [(at * 1_000_000, at * 1_000_000 + 5) for at in range(4)]
    writes = writes_of([PRINTLN] * 4, times=apart)
    assert not are_interrupted(np.arange(4), units_of(LINES), writes).any()


def test_lines_that_others_wrote_meanwhile_are_in_doubt_and_so_is_the_long_one() -> None:
    meanwhile = [(0, 5), (1_000_000, 1_000_050), (1_000_010, 1_000_015), (9_000_000, 9_000_005)]
    writes = writes_of([PRINTLN, PRINTLN, PRINTF, PRINTLN], times=meanwhile)
    doubted = are_interrupted(np.arange(4), units_of(LINES), writes)
    assert doubted.tolist() == [False, True, True, True]


def test_short_lines_are_never_interrupted() -> None:
    writes = writes_of([PRINTLN, PRINTF], times=[(0, 50), (10, 60)])
    assert not are_interrupted(np.arange(2), units_of(["a", "b"]), writes).any()
