"""Ports that a test chose, and ports that the system did."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestListens": [
        "test-itself, inferred: TestListens binds a fixed port, 18516 (@listens), which was in use"
        " [fails @listens-fails; runs @listens]"
    ],
    "TestListensByConstant": [
        "test-itself, inferred: TestListensByConstant binds a fixed port, 18517 (@constant), which"
        " was in use [fails @constant-fails; runs @constant]"
    ],
    "TestServes": [
        "test-itself, inferred: TestServes binds a fixed port, 18518 (@serves), which was in use"
        " [fails @serves-fails; runs @serves]"
    ],
}
SOUND = {"TestListensTwice", "TestListensNowhere"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_port_in_use_is_told_where_the_source_chose_it(release: str) -> None:
    check_causes("fixed_port", release, TOLD, {}, SOUND)
