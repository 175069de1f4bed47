"""Locks that both sides of a race hold, and that keep neither out."""

from __future__ import annotations

import pytest

from diagnosis.checked_findings import explain
from diagnosis.program_bundles import collected_program, named, sources_of
from diagnosis.rule_table import record
from flakecore.diagnosis import Certainty
from toolchains import NEWEST

SHAPE = "raced_locks"
TWO = "two goroutines (from @runs) in"
RELEASES = (pytest.param("1.22.10", marks=pytest.mark.slow), NEWEST)
CLAIMS = {
    "TestTakesOfACopy": (
        f"Race: {TWO} usage.take at @takes: both write; each locks a copy of u.mu",
        "take a pointer: go vet (copylocks) lists what is copied with a lock in it",
    ),
    "TestNotesUnderACopy": (
        f"Race: {TWO} note at @notes: both write; each locks a copy of mu",
        "take a pointer: go vet (copylocks) lists what is copied with a lock in it",
    ),
    "TestCountsWhileItReads": (
        "Race: two goroutines in (*table).hit at @hits: both write; (*table).hit holds t.mu"
        " for reading alone",
        "take t.mu.Lock where (*table).hit writes",
    ),
}


@pytest.mark.parametrize("release", RELEASES)
def test_why_a_lock_keeps_nobody_out_is_reported(release: str) -> None:
    run = collected_program(SHAPE, "--", "-vet=off", release=release)
    assert {each.test_name for each in run.case.failures} == CLAIMS.keys()
    for failure in run.case.failures:
        found = explain(run.case, failure, sources_of(run))[0]
        claim, what_next = CLAIMS[failure.test_name]
        record("race", "trace, log and source", [claim], [named(found.claim)])
        assert named(found.claim) == claim
        assert found.certainty is Certainty.INFERRED
        assert found.next == what_next
        assert all(";" not in each.claim for each in explain(run.case, failure))
