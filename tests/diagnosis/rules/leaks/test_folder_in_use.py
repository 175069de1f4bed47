"""Who was still at work when a test's temporary folder could not be removed."""

from __future__ import annotations

import re

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_bundles import named
from diagnosis.rule_table import record
from flakecore.diagnosis import Certainty
from toolchains import NEWEST

pytestmark = pytest.mark.needs_go
SHAPE = "folders"
_WHERE = re.compile(r"(?<=at work) in \S+(?: \(\S+\))?")
"""Of a goroutine that runs or sleeps a trace may have no stack of its own code."""
RELEASES = (pytest.param("1.22.10", marks=pytest.mark.slow), NEWEST)


@pytest.mark.parametrize("release", RELEASES)
def test_a_goroutine_that_writes_on_is_told_with_where_it_was_started(release: str) -> None:
    found = found_on(case_of(SHAPE, release))
    failed = {test: each for test, each in found.items() if test.startswith("TestSpools/")}
    assert failed, "not one of five folders had a file again when it was removed"
    for findings in failed.values():
        claims = [re.sub(_WHERE, "", named(each.claim)) for each in findings[:1]]
        expected = [
            "GN, started at @starts, was still at work when the TempDir of its test was removed"
        ]
        record("folder-in-use", "trace, log and source", expected, claims)
        assert claims == expected
        assert findings[0].certainty is Certainty.SEEN


def test_the_failure_has_the_words_of_package_testing() -> None:
    case = case_of(SHAPE, NEWEST)
    said = [each.message for each in case.failures if each.test_name.startswith("TestSpools/")]
    assert said
    assert all(each.startswith("TempDir RemoveAll cleanup: unlinkat ") for each in said)


def test_whoever_waits_or_has_another_reason_is_told_nothing_of_a_folder() -> None:
    for case in (case_of(SHAPE, NEWEST), case_of_log(SHAPE, NEWEST)):
        assert "TestWaits" not in [each.test_name for each in case.failures]
        told = {each.rule for each in found_on(case)["TestSays"]}
        assert "folder-in-use" not in told
