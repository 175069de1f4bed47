"""A test that leaves a variable, a folder or a port behind is told where another fails by it."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, case_of, check_causes
from diagnosis.program_runs import RELEASES
from toolchains import NEWEST

TOLD: Told = {
    "TestHasNoMode": [
        "shared-state, inferred: TestSetsMode, which ran before it, changes $STATE_MODE"
        " (@sets-mode), which TestHasNoMode checks [fails @asks-mode; writes @sets-mode]"
    ],
    "TestReadsNear": [
        "shared-state, inferred: TestGoesAway ran before it and changes the working directory"
        " (@goes-away) [fails @reads-near; writes @goes-away]"
    ],
    "TestListensToo": [
        "test-itself, inferred: TestListensToo binds port 18531 (@port), in use;"
        " TestKeepsListening, begun before it, binds it too [fails @listens-too; runs @port]"
    ],
}
SOUND = {"TestWantsColour", "TestWantsPlace"}


@pytest.mark.parametrize("release", RELEASES)
def test_what_another_test_left_behind_is_told(release: str) -> None:
    check_causes("left_behind", release, TOLD, {}, SOUND)


def test_without_the_other_tests_none_of_these_fails() -> None:
    names = "|".join(TOLD)
    assert case_of("left_behind", NEWEST, f"-run=^({names})$").failures == ()
