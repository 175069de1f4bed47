"""What earlier tests left in objects that a pool gives back."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestGreeting": [
        'shared-state, inferred: TestGreeting finds "Hello Ann", which TestDraft left in an '
        "object of buffers (@greet-takes) [fails @greet-fails; reads @greet-takes; writes "
        "left_in_pools_test.go:16]",
    ],
    "TestTwoWords": [
        'shared-state, inferred: TestTwoWords finds "left ", which TestOneWord left in an object '
        "of lists; Join does not reset it (@join-takes) [fails @join-fails; reads @join-takes; "
        "writes left_in_pools_test.go:28]",
    ],
    "TestBackPage": [
        'shared-state, inferred: TestBackPage finds "News", which TestFrontPage left in an object '
        "of pages; Show does not reset it (@show-takes) [fails @show-fails; reads @show-takes; "
        "writes left_in_pools_test.go:40]",
    ],
}
SOUND = {"TestClean", "TestLowerCase"}


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_left_in_an_object_is_told_with_the_test_that_has_it(release: str) -> None:
    check_causes("left_in_pools", release, TOLD, {}, SOUND)
