"""Logs as rows of CSV, and text that only looks a little like it."""

from __future__ import annotations

import pytest

from flakecore.gotest import read_text
from flakecore.gotest.streams.wrappings.csv_rows import find_csv

ROWS = [
    'Date,Host,"Service","Message"',
    '2026-03-01T10:00:00Z,n7,"ci","=== RUN   TestQuay"',
    '2026-03-01T10:00:01Z,n7,"ci","    quay_test.go:12: want ""full"", got 2, 3"',
    '2026-03-01T10:00:02Z,n7,"ci","--- FAIL: TestQuay (0.03s)"',
    '2026-03-01T10:00:02Z,n7,"ci","FAIL\texample.com/quay\t0.041s"',
]
CELL = """\
7,"--- FAIL: TestQuay (0.03s)
    quay_test.go:12: want ""full""
FAIL
FAIL\texample.com/quay\t0.041s
",3"""


@pytest.mark.parametrize("behind", ["", ',"info"', ",info,7"])
def test_the_text_of_each_row_is_its_cell_in_quotes(behind: str) -> None:
    text = "".join(f"{row}{behind}\n" for row in ROWS)
    if behind == ',"info"':  # the last cell has none of go's lines, the one before has
        text = text.replace('"Message","info"', '"Message","Level"')
    run = read_text(text.encode(), name="log.csv").packages[-1]
    assert (run.package, [test.name for test in run.tests]) == ("example.com/quay", ["TestQuay"])
    assert '    quay_test.go:12: want "full", got 2, 3' in run.lines.texts


def test_a_whole_log_may_stand_in_one_cell() -> None:
    (run,) = read_text(f"{CELL.removesuffix(',3')}\n".encode(), name="log.csv").packages
    assert [test.name for test in run.tests] == ["TestQuay"]
    assert '    quay_test.go:12: want "full"' in run.lines.texts


@pytest.mark.parametrize(
    "lines",
    [
        ["=== RUN   TestA", 'name,"size"', 'a,"1"', "--- PASS: TestA (0.00s)"],
        ['7,"opened', "=== RUN   TestA", 'said "no', "--- PASS: TestA (0.00s)"],
        [""],
        [],
    ],
)
def test_what_a_test_prints_is_none(lines: list[str]) -> None:
    assert find_csv(lines) is None
