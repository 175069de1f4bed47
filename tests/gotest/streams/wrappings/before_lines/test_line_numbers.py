"""Numbers of lines before go's own lines, and numbers that a program prints."""

from __future__ import annotations

import pytest

from flakecore.gotest import read_text
from flakecore.gotest.streams.wrappings.before_lines.line_numbers import find_line_numbers

LOG = """\
# example.com/quay [example.com/quay.test]
./quay_test.go:3:35: declared and not used: hinge
FAIL\texample.com/quay [build failed]
FAIL
"""


@pytest.mark.parametrize("end", ["\t", " | ", ": ", "  ", " "])
@pytest.mark.parametrize("first", [1, 98])
def test_numbers_before_all_lines_come_off(first: int, end: str) -> None:
    numbered = "".join(
        f"{at:4d}{end}{line}".rstrip() + "\n" for at, line in enumerate(LOG.splitlines(), first)
    )
    bare, read = (read_text(each.encode(), name="test.log") for each in (LOG, numbered))
    assert [(run.package, run.build_output) for run in read.packages] == [
        (run.package, run.build_output) for run in bare.packages
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["1 a", "3 b", "4 goroutine 7 [running]:"],
        ["1 a", "2 b", "3 c"],
        ["goroutine 7 [running]:", "1 a", "2 b"],
        ["1 goroutine 7 [running]:"],
        [],
    ],
)
def test_other_numbers_stay(lines: list[str]) -> None:
    assert find_line_numbers(lines) is None


def test_a_copy_may_begin_behind_the_first_number() -> None:
    numbered = [f"{at}\t{line}" for at, line in enumerate(LOG.splitlines(), 642)]
    first = numbered[0].partition("\t")[2]
    found = find_line_numbers([first, *numbered[1:]])
    assert found is not None
    assert find_line_numbers([first, first, *numbered[2:]]) is None
