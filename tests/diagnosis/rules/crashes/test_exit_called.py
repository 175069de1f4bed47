"""Exits of the process in the midst of a test, told with who called for them."""

from __future__ import annotations

from diagnosis.program_bundles import findings_on, named
from diagnosis.rules.panics import panicked, the_finding_on
from flakecore.diagnosis import Certainty


def test_the_call_is_told_with_its_goroutine_and_line() -> None:
    finding = the_finding_on("TestGivesUpByLog")
    assert (finding.rule, finding.certainty) == ("exit-called", Certainty.SEEN)
    assert named(finding.claim) == (
        "GN called log.Fatal in TestGivesUpByLog (@gives-up) while TestGivesUpByLog ran"
    )


def test_a_process_that_was_killed_did_not_call_for_its_exit() -> None:
    rules = {each.rule for each in findings_on(panicked("TestKilled"), "TestKilled")}
    assert "exit-called" not in rules
