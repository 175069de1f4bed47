"""What a log tells of shared state that names no test that passed, or not when tests ran."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, causes_of
from diagnosis.program_runs import RELEASES
from diagnosis.rule_table import record
from diagnosis.text_logs import case_of_text

BEFORE: Told = {
    "TestHasARegion": [
        "shared-state, inferred: TestHasARegion checks region, which TestHasNoRegion, before it in"
        " the source, changes (@region) [fails @region-fails; writes @region]"
    ],
    "TestOtherHost": [
        "shared-state, inferred: TestOtherHost checks client, which TestMainHost, before it in the"
        " source, changes (@client) [fails @host-fails; writes @client]"
    ],
    "TestLarge": [
        "shared-state, inferred: TestLarge checks limit, which TestSmall, before it in the source,"
        " changes (@limit) [fails @limit-fails; writes @limit]"
    ],
    "TestPlainMode": [
        "shared-state, inferred: TestPlainMode checks $MADE_ONCE_MODE, which TestFastMode, before"
        " it in the source, changes (@sets-mode) [fails @mode-fails; writes @sets-mode]"
    ],
    "TestSetsTheLimit": [],
    "TestSize": [],
}
FILES: Told = {
    "TestReadsItsNote": [
        "shared-state, inferred: TestReadsItsNote checks the file note.txt, which"
        " TestWritesAnother, parallel to it, changes (@note-writes)"
        " [fails @note-fails; writes @note-writes]"
    ],
    "TestLoadsItsState": [
        "shared-state, inferred: TestLoadsItsState checks the file state/state.json, which"
        " TestResets, parallel to it, changes (@removes) [fails @state-fails; writes @removes]"
    ],
    "TestFindsNoLock": [
        "shared-state, inferred: TestFindsNoLock checks the file lock, which TestLeavesALock,"
        " before it in the source, changes (@lock-writes)"
        " [fails @lock-fails; writes @lock-writes]"
    ],
    "TestFindsNoPage": [
        "shared-state, inferred: It checks the file page, which TestWritesThePage,"
        " before it in the source, changes (@page-writes)"
        " [fails @page-fails; writes @page-writes]"
    ],
    "TestFindsAMark": [],
    "TestReadsInItsFolder": [],
}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("shape", "expected"), [("made_once", BEFORE), ("shared_files", FILES)])
def test_without_v_the_only_test_of_the_source_that_changes_it_is_told(
    shape: str, expected: Told, release: str
) -> None:
    told = causes_of(case_of_text(shape, release))
    for test, causes in told.items():
        row = "shared-state" if expected[test] else f"({shape})"
        record(row, "log without -v, and source", expected[test], causes)
    assert told == expected


@pytest.mark.parametrize("release", RELEASES)
def test_with_v_those_that_ran_before_are_known(release: str) -> None:
    told = causes_of(case_of_text("made_once", release, "-v"))
    assert told["TestHasARegion"] == [
        "shared-state, inferred: TestHasNoRegion, which ran before it, changes region (@region),"
        " which TestHasARegion checks [fails @region-fails; writes @region]"
    ]


@pytest.mark.parametrize("release", RELEASES)
def test_where_the_order_was_shuffled_the_source_does_not_tell_it(release: str) -> None:
    told = causes_of(case_of_text("made_once", release, "-shuffle=7"))
    assert told
    assert not any("before it in the source" in each for causes in told.values() for each in causes)


@pytest.mark.parametrize("release", RELEASES)
def test_without_the_source_nothing_is_told(release: str) -> None:
    told = causes_of(case_of_text("made_once", release), source=False)
    assert set(told) == set(BEFORE)
    assert not any(told.values())
