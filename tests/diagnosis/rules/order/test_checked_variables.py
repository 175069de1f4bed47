"""Files, outputs and things made once, which tests share as they share variables."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

FILES: Told = {
    "TestReadsItsNote": [
        "shared-state, inferred: TestWritesAnother ran beside it and changes the file note.txt"
        " (@note-writes), which this test checks [fails @note-fails; writes @note-writes]"
    ],
    "TestLoadsItsState": [
        "shared-state, inferred: TestResets, which ran beside it, changes the file"
        " state/state.json (@removes), which TestLoadsItsState checks"
        " [fails @state-fails; writes @removes]"
    ],
    "TestFindsNoLock": [
        "shared-state, inferred: TestLeavesALock, which ran before it, changes the file lock"
        " (@lock-writes), which TestFindsNoLock checks [fails @lock-fails; writes @lock-writes]"
    ],
    "TestFindsNoPage": [
        "shared-state, inferred: TestWritesThePage, which ran before it, changes the file page"
        " (@page-writes), which TestFindsNoPage checks [fails @page-fails; writes @page-writes]"
    ],
}
OUTPUT: Told = {
    "TestTakesWhatItPrints": [
        "shared-state, inferred: TestTakesOutputBeside ran beside it and changes os.Stdout"
        " (@swaps), which this test checks [fails @stdout-fails; writes @swaps]"
    ],
    "TestReadsTheLog": [
        "shared-state, inferred: TestRedirectsTheLog ran beside it and changes the output of"
        " package log (@redirects) [fails @log-fails; writes @redirects]"
    ],
    "TestLooksForItsLog": [
        "shared-state, inferred: TestNamesTheLog ran before it and changes the output of package"
        " log (@discards), which this test checks [fails @writer-fails; writes @discards]"
    ],
}
ONCE: Told = {
    "TestHasARegion": [
        "shared-state, inferred: TestHasNoRegion, which ran before it, changes region (@region),"
        " which TestHasARegion checks [fails @region-fails; writes @region]"
    ],
    "TestOtherHost": [
        "shared-state, inferred: TestMainHost, which ran before it, changes client (@client), which"
        " TestOtherHost checks (@host-fails) [fails @host-fails; writes @client]"
    ],
    "TestLarge": [
        "shared-state, inferred: TestSmall, which ran before it, changes limit (@limit), which"
        " TestLarge checks (@limit-fails) [fails @limit-fails; writes @limit]"
    ],
    "TestPlainMode": [
        "shared-state, inferred: TestFastMode, which ran before it, changes $MADE_ONCE_MODE"
        " (@sets-mode), which TestPlainMode checks [fails @mode-fails; writes @sets-mode]"
    ],
}


@pytest.mark.parametrize("release", RELEASES)
def test_a_file_that_another_test_changes_is_told_by_its_path(release: str) -> None:
    check_causes("shared_files", release, FILES, {}, {"TestFindsAMark", "TestReadsInItsFolder"})


@pytest.mark.parametrize("release", RELEASES)
def test_what_captures_output_is_shared_by_tests_that_run_beside_each_other(release: str) -> None:
    check_causes("captured_output", release, OUTPUT, {}, {"TestPrintsAnother"})


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_made_once_is_as_the_first_test_made_it(release: str) -> None:
    check_causes("made_once", release, ONCE, {}, {"TestSetsTheLimit", "TestSize"})
