"""Who is in the function of a Once is told from who waits for it."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import Level, failure_of, program, reduced, sources_of
from flakecore.diagnosis.goroutine_states import states_of_dump
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.locks.once_calls import once_calls
from toolchains import NEWEST


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
    case = reduced(program("once_stuck", NEWEST).case, Level.LOG)
    failure = failure_of(case, test)
    stacks = case.crashes[failure.crash].goroutines
    states = states_of_dump(case, stacks, failure.test, failure.at_ns, whole=True)
    calls = [
        each
        for each in once_calls(states, GoFiles(sources_of(case), case.package))
        if each.state.test == failure.test
    ]
    assert sorted(each.state.blocked_on for each in calls) == sorted(inside)
    assert all(each.do.line == each.frame.line for each in calls)
    assert all(
        not frame.function.startswith("sync.")
        for each in calls
        for frame in each.state.frames[each.depth : each.depth + 1]
    )
