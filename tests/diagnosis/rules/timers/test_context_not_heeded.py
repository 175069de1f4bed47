"""Goroutines that go on when their context is cancelled, and those that need a moment to stop."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, causes_of
from diagnosis.program_runs import RELEASES
from diagnosis.rule_table import record_tests
from toolchains import NEWEST

TOLD = {
    "TestWorkIgnoresItsContext": (
        "context-not-heeded, inferred: Ga went on after the cancel at @work-cancel: work (@works)"
        " never looks at its context [fails @work-fails; runs @works; signals @work-cancel]"
    ),
    "TestPollerIgnoresItsContext": (
        "context-not-heeded, inferred: Ga went on after the cancel at @poll-cancel: (*poller).poll"
        " (@polls) never looks at its context"
        " [fails @poll-fails; runs @polls; signals @poll-cancel]"
    ),
    "TestLiteralIgnoresItsContext": (
        "context-not-heeded, inferred: Ga went on after the cancel at @literal-cancel:"
        " TestLiteralIgnoresItsContext.func1 never looks at its context"
        " [fails @literal-fails; runs @literal; signals @literal-cancel]"
    ),
}
SOUND = {"TestHeedsLate", "TestHeedsByHelper", "TestCancelsAtTheEnd", "TestCancelsInABranch"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_goroutine_is_told_with_the_cancel_and_the_function_that_does_not_look(
    release: str,
) -> None:
    told = causes_of(case_of("unheeded", release))
    assert told.keys() == {*TOLD, *SOUND}
    first = {
        test: [each for each in causes if each.startswith("context-not-heeded")]
        for test, causes in told.items()
    }
    expected = {test: [TOLD[test]] if test in TOLD else [] for test in told}
    record_tests("context-not-heeded", "unheeded", "trace, log and source", expected, first)
    assert first == expected
    for test, causes in told.items():
        assert causes[0] == TOLD.get(test, causes[0])
        assert all(each.startswith("timer-lost") for each in causes if each not in first[test])


def test_without_a_trace_only_the_timer_is_told() -> None:
    for causes in causes_of(case_of_log("unheeded", NEWEST)).values():
        assert [each.partition(",")[0] for each in causes] == ["timer-lost"]
