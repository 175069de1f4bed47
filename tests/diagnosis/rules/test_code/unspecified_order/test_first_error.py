"""Which goroutine fails first, and errors that only one goroutine can have."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

COPY = (
    "depends on which goroutine fails first: g.Wait gives its error alone (@copy-waits)"
    " [fails {}; waits @copy-waits; created @copy-one; created @copy-two]"
)
TOLD: Told = {
    "TestDiskIsFull": [f"test-itself, inferred: TestDiskIsFull {COPY.format('@disk-fails')}"],
    "TestDiskIsNamed": [f"test-itself, inferred: TestDiskIsNamed {COPY.format('@named-fails')}"],
    "TestHostIsDown": [
        "test-itself, inferred: TestHostIsDown depends on which goroutine fails first: g.Wait gives"
        " its error alone (@check-waits)"
        " [fails @host-fails; waits @check-waits; created @check-starts]"
    ],
}
SOUND = {"TestAlone", "TestSucceeds", "TestNoHosts"}


@pytest.mark.parametrize("release", RELEASES)
def test_an_assertion_on_a_groups_first_error_is_told_with_its_wait(release: str) -> None:
    check_causes("first_errors", release, TOLD, {}, SOUND)
