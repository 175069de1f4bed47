"""The table of what the rules told counts each case once, under its verdict."""

from __future__ import annotations

import pytest

from diagnosis.rule_table import Verdict, lines_of, verdict


@pytest.mark.parametrize(
    ("expected", "told", "found"),
    [
        (["a, seen: x"], ["a, seen: x"], Verdict.RIGHT),
        (["a, seen: x"], ["a, seen: y"], Verdict.PARTLY),
        (["a, seen: x"], [], Verdict.SILENT),
        (["a, seen: x"], ["b, seen: x"], Verdict.FALSE),
        ([], ["b, seen: x"], Verdict.FALSE),
        ([], [], Verdict.SOUND),
    ],
)
def test_a_case_has_the_verdict_of_what_is_told(
    expected: list[str], told: list[str], found: Verdict
) -> None:
    assert verdict(expected, told) is found


def test_the_table_has_a_row_for_each_rule_and_level() -> None:
    seen = [("race", "log", "right"), ("race", "log", "right"), ("leak", "trace", "false")]
    head, *rows = (line.split() for line in lines_of(seen))
    verdicts = ["right", "partly", "silent", "false", "sound,", "silent"]
    assert head == ["rule", "evidence", "cases", *verdicts]
    assert rows == [
        ["leak", "trace", "1", "0", "0", "0", "1", "0"],
        ["race", "log", "2", "2", "0", "0", "0", "0"],
    ]
    assert lines_of([]) == []
