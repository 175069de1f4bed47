"""A child process that its context killed is told with the context's limit."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

RULE = "waits-outside, inferred"
TOLD: Told = {
    "TestToolIsSlow": [
        f"{RULE}: TestToolIsSlow's child process (@runs) was killed: its context has a limit of"
        " 50ms (@limit) [fails @run-fails; runs @runs; made @limit]"
    ],
    "TestToolIsSlowToTell": [
        f"{RULE}: The child process (@tells) was killed: its context has a limit of 40ms"
        " (@limit-tell) [fails @tell-fails; runs @tells; made @limit-tell]"
    ],
    "TestToolOfAHelper": [
        f"{RULE}: The child process (@helps) was killed: its context has a limit of 30ms"
        " (@limit-helper) [fails @helper-fails; runs @helps; made @limit-helper]"
    ],
    "TestBuildIsLate": [
        f"{RULE}: TestBuildIsLate's child process (@builds) was killed: its context has a limit of"
        " 30ms (@limit-build) [fails @build-fails; runs @builds; made @limit-build]"
    ],
}
SOUND = {"TestToolEndsItself", "TestToolWithoutALimit", "TestBuildIsCancelled", "TestBuildIsKilled"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_child_that_its_context_killed_is_told_with_the_limit(release: str) -> None:
    check_causes("children", release, TOLD, {}, SOUND)
