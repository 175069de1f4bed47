"""Who is in the function of a Once is told from who waits for it."""

from __future__ import annotations

import pytest

from diagnosis.dump_questions import question_on
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.locks.once_calls import once_calls


@pytest.mark.needs_go
@pytest.mark.parametrize(
    ("test", "inside"),
    [
        ("TestFilledByWhoWaits", [BlockedOn.RECEIVE]),
        ("TestEachNeedsTheOther", [BlockedOn.ONCE, BlockedOn.ONCE]),
        ("TestOneNeedsNobody", [BlockedOn.ONCE, BlockedOn.SLEEP]),
    ],
)
def test_who_runs_the_function_is_in_it_and_who_waits_is_not(
    test: str, inside: list[BlockedOn]
) -> None:
    question = question_on("once_stuck", test)
    calls = [
        each
        for each in once_calls(question.states, question.files)
        if each.state.test == question.states.test
    ]
    assert sorted(each.state.blocked_on for each in calls) == sorted(inside)
    assert all(each.do.line == each.frame.line for each in calls)
    assert all(
        not frame.function.startswith("sync.")
        for each in calls
        for frame in each.state.frames[each.depth : each.depth + 1]
    )
