"""Commands that the deadline of their context killed."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestBuildIsLate": [
        "timer-lost, inferred: context.WithTimeout of 30ms (@limit) ran out and killed the command"
        " of @runs [fails @late-fails; made @limit; runs @runs]"
    ],
}
LOG: Told = {}
SOUND = {"TestBuildIsCancelled", "TestBuildIsKilled"}


@pytest.mark.parametrize("release", RELEASES)
def test_the_deadline_is_told_with_the_command(release: str) -> None:
    check_causes("killed_commands", release, TOLD, LOG, SOUND)
