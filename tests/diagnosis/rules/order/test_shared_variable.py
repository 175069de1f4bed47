"""Variables that another test, or a test's own first run, changed before they are checked."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, case_of, case_of_log, causes_of, check_causes, found_on
from diagnosis.program_runs import RELEASES
from flakecore.diagnosis import Certainty, Weight
from toolchains import NEWEST

_LEAVES = ("TestSetsUpOnce", "TestRemembers", "TestSetsFirst")
TOLD: Told = {
    "TestAllowsByDefault": [
        "shared-state, inferred: TestSetsLimit, which ran before it, changes Limit (@sets-limit),"
        " which TestAllowsByDefault checks [fails @limit-fails; writes @sets-limit]"
    ],
    "TestKnowsNothing/names": [
        "shared-state, inferred: TestRegisters, which ran before it, changes names (@registers),"
        " which TestKnowsNothing/names checks [fails @names-fails; writes @registers]"
    ],
    "TestParallelPlain": [
        "shared-state, inferred: TestParallelFast, which ran beside it, changes current"
        " (@uses-fast), which TestParallelPlain checks [fails @mode-fails; writes @uses-fast]"
    ],
}
SOUND = {"TestLevel", "TestRows", "TestAssignsSize", "TestLater", "TestMaybe"}
AGAIN: Told = {
    "TestCallsOnce": [
        "shared-state, inferred: TestCallsOnce changes calls (@counts); run again, it passed first,"
        " then failed 3 of 3 times [fails @counts-fails; writes @counts]"
    ],
    "TestAddsAName": [
        "shared-state, inferred: TestAddsAName changes seen (@adds); run again, it passed first,"
        " then failed 3 of 3 times [fails @adds-fails; writes @adds]"
    ],
    "TestOpens": [
        "shared-state, inferred: TestOpens changes opened (@opens); run again, it passed first,"
        " then failed 3 of 3 times [fails @opens-fails; writes @opens]"
    ],
    "TestRemembers": [
        "shared-state, inferred: TestRemembers changes tags (@remembers); run again, it passed"
        " first, then failed 3 of 3 times [fails @remembers-fails; writes @remembers]"
    ],
    "TestFailsAlways": [],
    "TestFailsOnce": [],
    "TestPutsBack": [],
    "TestSetsUpOnce": [],
    "TestSetsFirst": [],
}
ONCE_MORE: Told = {
    test: [
        f"shared-state, inferred: {test} changes {variable} (@{writes}) and finds it so when it"
        f" runs again: it passed first, then failed once [fails @{fails}; writes @{writes}]"
    ]
    for test, variable, writes, fails in (
        ("TestCallsOnce", "calls", "counts", "counts-fails"),
        ("TestAddsAName", "seen", "adds", "adds-fails"),
        ("TestOpens", "opened", "opens", "opens-fails"),
        ("TestRemembers", "tags", "remembers", "remembers-fails"),
        ("TestFailsOnce", "second", "seconds", "second-fails"),
    )
} | {test: [] for test in ("TestFailsAlways", "TestPutsBack", "TestSetsUpOnce", "TestSetsFirst")}


@pytest.mark.parametrize("release", RELEASES)
def test_the_test_that_changed_what_is_checked_is_told_with_both_lines(release: str) -> None:
    check_causes("shared_state", release, TOLD, {}, SOUND)


@pytest.mark.parametrize("release", RELEASES)
def test_a_test_that_fails_in_each_later_run_is_told_with_what_its_first_run_left(
    release: str,
) -> None:
    assert causes_of(case_of("repeated", release, "-count=4")) == AGAIN
    assert causes_of(case_of_log("repeated", release, "-count=4")) == AGAIN


@pytest.mark.parametrize("release", RELEASES)
def test_a_single_later_run_fails_by_what_the_first_one_added_to(release: str) -> None:
    for case in (case_of, case_of_log):
        assert causes_of(case("repeated", release, "-count=2")) == ONCE_MORE


def test_without_the_source_later_runs_are_told_by_counts_alone() -> None:
    found = found_on(case_of("repeated", NEWEST, "-count=4"), source=False)
    for test, findings in found.items():
        assert [each.claim for each in findings] == [
            f"{test} passed in its first run and failed in 3 of 3 later ones of one process;"
            " p = 0.25"
        ] * (test in ("TestCallsOnce", "TestAddsAName", "TestOpens", *_LEAVES))
        kinds = {(each.certainty, each.weight) for each in findings}
        assert kinds <= {(Certainty.ASSOCIATED, Weight.CIRCUMSTANCE)}


def test_what_to_do_next_runs_both_tests_and_the_failing_one_alone() -> None:
    (finding,) = found_on(case_of("shared_state", NEWEST))["TestAllowsByDefault"]
    assert finding.next == (
        "compare go test -count=1 -run '^(TestSetsLimit|TestAllowsByDefault)$'"
        " with -run '^TestAllowsByDefault$'"
    )
