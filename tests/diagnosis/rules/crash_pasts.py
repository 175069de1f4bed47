"""Runs of the program whose panics and fatal errors have a past in its source."""

from __future__ import annotations

from collections.abc import Collection

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_runs import RELEASES, told
from diagnosis.rule_table import record

SHAPE = "crash_pasts"


def check_past(test: str, expected: str, release: str) -> None:
    """Assert what a crash is told as, with a trace and without."""
    run = f"-run=^{test}$"
    for level, case in (
        ("trace, log and source", case_of(SHAPE, release, run)),
        ("log and source", case_of_log(SHAPE, release, run)),
    ):
        found = [told(each) for found in found_on(case).values() for each in found]
        record("panic-cause", level, [f"panic-cause, {expected}"], found)
        assert found == [f"panic-cause, {expected}"], level


def check_without_source(test: str) -> None:
    """Assert that without the source no expression and no other side is named."""
    case = case_of_log(SHAPE, str(RELEASES[1]), f"-run=^{test}$")
    (found,) = found_on(case, source=False).values()
    assert [each.rule for each in found] == ["panic-cause"]
    assert all(each.certainty == "seen" for each in found)


def check_no_crash(tests: Collection[str]) -> None:
    """Assert that tests that are sound do not crash."""
    case = case_of(SHAPE, str(RELEASES[1]), f"-run=^({'|'.join(tests)})$")
    assert len(case.tests) == len(tests)
    assert case.failures == ()
