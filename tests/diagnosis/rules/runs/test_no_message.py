"""Tests that fail without a message, by the only call that may do so."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, case_of, check_causes, found_on
from diagnosis.program_runs import RELEASES, named
from flakecore.diagnosis.headline import headline
from toolchains import NEWEST

TOLD: Told = {
    "TestServedNothing": [
        "shared-state, inferred: TestServes, which ran before it, changes served "
        "(@serve-changes), which TestServedNothing checks (@served-fails) [fails @served-fails; "
        "writes @serve-changes]",
    ],
    "TestIsQuick": [
        "test-itself, inferred: TestIsQuick measures wall time: it fails if time.Since(began) > "
        "10*time.Millisecond (@quick-fails) [fails @quick-fails; reads wordless_test.go:20]",
    ],
    "TestHalves": [
        "test-itself, inferred: TestHalves checks a random value: rand.Intn(1000) "
        "(wordless_test.go:26) is drawn anew in each run since Go 1.20 [fails @halves-fails; "
        "reads wordless_test.go:26]",
    ],
}
SOUND = {"TestAsksTwice", "TestHalvesWrongly"}


@pytest.mark.parametrize("release", RELEASES)
def test_the_only_call_that_fails_without_a_message_is_explained_as_any_other(release: str) -> None:
    check_causes("wordless", release, TOLD, {}, SOUND)


def test_where_it_failed_is_the_headline_if_no_cause_is_known() -> None:
    case = case_of("wordless", NEWEST)
    found = found_on(case)
    (failure,) = (each for each in case.failures if each.test_name == "TestHalvesWrongly")
    (told,) = found["TestHalvesWrongly"]
    assert headline(failure, [told]) == told.claim
    assert named(told.claim) == (
        "TestHalvesWrongly failed without a message at @wrongly-fails, by check(t, Half(5) == 3),"
        " its only call that may"
    )
    assert not found["TestAsksTwice"]
