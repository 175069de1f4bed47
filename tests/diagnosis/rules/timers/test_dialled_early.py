"""Tests that dial before their own server listens."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestDialsEarly": [
        "env, inferred: TestDialsEarly dials 127.0.0.1:18741 before Ga listens (@listens)"
        " [fails @early-fails; runs @warms-up; runs @listens]"
    ],
}
LOG: Told = {"TestDialsEarly": []}
SOUND = {"TestDialsLate", "TestDialsNobody"}


@pytest.mark.parametrize("release", RELEASES)
def test_the_server_that_does_not_listen_yet_is_told(release: str) -> None:
    check_causes("dialled_early", release, TOLD, LOG, SOUND)
