"""Exits of the process in the midst of a test, told with who called for them."""

from __future__ import annotations

import pytest

from diagnosis.program_bundles import collected_program, findings_on, named
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


@pytest.mark.parametrize(
    ("test", "call"),
    [
        ("TestExits", "os.Exit in TestExits (@exits)"),
        ("TestStopsByHelper", "os.Exit in stop (@stops)"),
        ("TestGoroutineGivesUp", "log.Fatalf in TestGoroutineGivesUp.func1 (@fatal)"),
    ],
)
def test_a_call_in_a_helper_or_on_another_goroutine_is_told_with_its_own_line(
    test: str, call: str
) -> None:
    run = collected_program("late_words", "--no-race", "-run", f"^{test}$")
    finding, *besides = findings_on(run, test)
    assert named(finding.claim) == f"GN called {call} while {test} ran"
    # On a busy machine its other goroutines have waited for long when the process is gone.
    assert {each.rule for each in besides} <= {"blocked"}


def test_a_test_that_only_says_that_it_exits_did_not() -> None:
    run = collected_program("late_words", "--no-race", "-run", "^TestSaysSo$")
    assert findings_on(run, "TestSaysSo") == ()
