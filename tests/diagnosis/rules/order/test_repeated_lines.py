"""Lines that the first run of a test printed, and no later one of the same process."""

from __future__ import annotations

from diagnosis.assertion_runs import case_of, found_on
from flakecore.diagnosis.rules.order.repeated_lines import lines_of_the_first
from toolchains import NEWEST


def test_what_only_the_first_run_did_stands_beside_its_counts() -> None:
    found = found_on(case_of("repeated", NEWEST, "-count=4"), source=False)["TestSetsUpOnce"]
    texts = [fact.text for finding in found for fact in finding.evidence]
    assert "its first run alone printed: init done after 3 rounds" in texts


def test_lines_that_later_runs_print_too_are_none_whatever_their_numbers() -> None:
    case = case_of("repeated", NEWEST, "-count=4")
    runs = [each for each in case.tests if each.name == "TestSetsUpOnce"]
    assert len(runs) == 4
    assert lines_of_the_first(case, runs) == ["init done after 3 rounds"]
    assert lines_of_the_first(case, runs[1:]) == []
    assert lines_of_the_first(case, runs[:1]) == []


def test_where_later_runs_end_before_a_line_it_tells_nothing() -> None:
    case = case_of("repeated", NEWEST, "-count=4")
    runs = [each for each in case.tests if each.name == "TestOpens"]
    assert lines_of_the_first(case, runs) == []
