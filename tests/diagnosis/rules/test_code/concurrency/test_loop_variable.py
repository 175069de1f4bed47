"""A loop's variable that parallel subtests share, by the module's go.mod."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

SHARED = "subtests share it before Go 1.22"
UPPER = (
    f"checks the last tc of its loop (@upper-loop): {SHARED}"
    " [fails @upper-fails; runs @upper-loop; reads @upper-reads]"
)
ROUNDS = (
    f"checks the last round of its loop (@rounds-loop): {SHARED}"
    " [fails @rounds-fails; runs @rounds-loop; reads @rounds-reads]"
)
TOLD: Told = {
    "TestUpper/a": [f"test-itself, inferred: TestUpper/a {UPPER}"],
    "TestUpper/b": [f"test-itself, inferred: TestUpper/b {UPPER}"],
    "TestRounds/0": [f"test-itself, inferred: TestRounds/0 {ROUNDS}"],
    "TestRounds/1": [f"test-itself, inferred: TestRounds/1 {ROUNDS}"],
    "TestNames/one": [
        f"test-itself, inferred: TestNames/one checks the last name of its loop (@names-loop):"
        f" {SHARED} [fails @names-fails; runs @names-loop; reads @names-fails]"
    ],
}
SOUND = {
    *("TestUpper/c", "TestNames/two", "TestOwn/x", "TestOneByOne/x", "TestAnother/x"),
    "TestAnother/y",
}


@pytest.mark.parametrize("release", RELEASES)
def test_subtests_that_share_a_loops_variable_are_told_with_the_loop(release: str) -> None:
    check_causes("loop_variables", release, TOLD, {}, SOUND)


@pytest.mark.parametrize("release", RELEASES)
def test_where_each_round_has_its_own_nothing_is_told(release: str) -> None:
    silent = {"TestUpper/a", "TestRounds/round", "TestNames/one"}
    check_causes("loops_apart", release, {}, {}, silent)
