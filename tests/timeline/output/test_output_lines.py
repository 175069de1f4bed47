"""Output lines by time, and the lines of a test with its subtests."""

from __future__ import annotations

import pytest

from flakecore.timeline.output.output_lines import OutputLine, OutputLines, TimeSource


def _line(time_ns: int, text: str, test: int = -1, file: str = "", line: int = 0) -> OutputLine:
    return OutputLine(0, time_ns, 5, TimeSource.STAMPED, test, test, 7, text, file, line)


LINES = OutputLines(
    [
        _line(30, "third", 2, "/src/pool_test.go", 12),
        _line(10, "first", 0),
        _line(20, "second", 1),
        _line(20, "second too", 3),
    ],
    {0: -1, 1: 0, 2: 1, 3: -1},
)
"""Test 1 is a subtest of 0, and 2 of 1; 3 is a test of its own."""


def test_lines_are_in_order_of_time_and_within_one_moment_of_reading() -> None:
    assert [line.text for line in LINES] == ["first", "second", "second too", "third"]
    assert [line.index for line in LINES] == [0, 1, 2, 3]


def test_a_line_keeps_what_it_was_made_of() -> None:
    last = LINES[-1]
    assert (last.file, last.line, last.goroutine) == ("/src/pool_test.go", 12, 7)
    assert (last.error_ns, last.time_source) == (5, TimeSource.STAMPED)
    assert (LINES[0].file, LINES[0].line) == ("", 0)


@pytest.mark.parametrize(
    ("time_ns", "index"), [(9, -1), (10, 0), (19, 0), (20, 2), (29, 2), (30, 3), (99, 3)]
)
def test_the_line_at_a_moment_is_the_last_one_printed_by_then(time_ns: int, index: int) -> None:
    assert LINES.at(time_ns) == index


@pytest.mark.parametrize(
    ("test", "indices"), [(0, [0, 1, 3]), (1, [1, 3]), (2, [3]), (3, [2]), (9, [])]
)
def test_the_lines_of_a_test_are_its_own_and_its_subtests(test: int, indices: list[int]) -> None:
    assert LINES.of_test(test) == indices


def test_slices_and_indices_are_those_of_a_sequence() -> None:
    assert [line.text for line in LINES[1:3]] == ["second", "second too"]
    for index in (4, -5):
        with pytest.raises(IndexError):
            LINES[index]
