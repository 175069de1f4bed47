"""Tests that read from a connection once, and want all that its peer writes."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} reads once (@{reads}), and has not got what @{sends}"
        f" writes next [fails @{fails}-fails; reads @{reads}; sends @{sends}]"
    ]
    for name, reads, sends, fails in (
        ("Greets", "reads", "ready", "greets"),
        ("Copies", "copies", "row", "copies"),
        ("GreetsOverTCP", "tcp", "ok", "tcp"),
    )
}
SOUND = {"TestStops", "TestGreetsOthers", "TestReadsAll"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_read_that_gives_the_beginning_alone_is_told(release: str) -> None:
    check_causes("partial_reads", release, TOLD, {}, SOUND)
