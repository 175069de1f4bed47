"""A subtest that ends by Fatal of the test around it is told once, with what that said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_runs import RELEASES, told
from diagnosis.rule_table import record
from flakecore.timeline import Case

RULE = "fatal-elsewhere"
TOLD = {
    "TestGivesItsOwn": (
        "fatal-elsewhere, inferred: TestGivesItsOwn/bc was ended by a Fatal of TestGivesItsOwn"
        " (@own), not of its own t [fails @own]"
    ),
    "TestNamesTwo/outer": (
        "fatal-elsewhere, inferred: TestNamesTwo/outer/inner was ended by a Fatal of"
        " TestNamesTwo/outer (@outer), not of its own t [fails @outer]"
    ),
    "TestKeepsOne": (
        "fatal-elsewhere, inferred: TestKeepsOne/silent was ended by a Fatal of TestKeepsOne"
        " (@not-there), not of its own t [fails @not-there]"
    ),
}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("of", [case_of, case_of_log])
def test_a_subtest_that_fails_its_parent_is_told_with_the_parents_words(
    of: Callable[..., Case], release: str
) -> None:
    case = of("subtests", release)
    level = "log alone" if case.schedule is None else "trace and log"
    found = {test: [told(each) for each in found] for test, found in found_on(case).items()}
    assert found.keys() == {*TOLD, "TestGivesTheSubtests/bc"}
    for test, claims in found.items():
        expected = [TOLD[test]] if test in TOLD else []
        record(RULE if expected else "(subtests)", level, expected, claims)
        assert claims == expected
    said = {failure.test_name: failure.message for failure in case.failures}
    assert said["TestGivesItsOwn"] == "got 2, want 1"
    assert said["TestGivesTheSubtests/bc"] == "got 2, want 1"
