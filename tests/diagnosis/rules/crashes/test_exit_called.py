"""Exits of the process in the midst of a test, told with who called for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from diagnosis.program_bundles import check_found, collected_program, failure_of, findings_on
from diagnosis.rules.panics import collected
from flakecore.diagnosis import Certainty
from flakecore.frames import HasFunction, is_of_probe
from flakecore.timeline import Lane, LaneKind


def test_the_call_is_told_with_its_goroutine_and_line() -> None:
    found = findings_on(collected("TestGivesUpByLog"), "TestGivesUpByLog")
    claim = r"GN called log.Fatal in TestGivesUpByLog \(@gives-up\) while TestGivesUpByLog ran"
    check_found("exit-called", found, claim)
    assert found[0].certainty is Certainty.SEEN


def test_a_process_that_was_killed_did_not_call_for_its_exit() -> None:
    found = findings_on(collected("TestKilled"), "TestKilled")
    check_found("exit-called", [each for each in found if each.rule == "exit-called"])


@pytest.mark.parametrize(
    ("test", "call"),
    [
        ("TestExits", "os.Exit in TestExits (@exits)"),
        ("TestStopsByHelper", "os.Exit in stop (@stops)"),
        ("TestGoroutineGivesUp", "log.Fatalf in TestGoroutineGivesUp.func1 (@fatal)"),
    ],
)
@pytest.mark.slow
def test_a_call_in_a_helper_or_on_another_goroutine_is_told_with_its_own_line(
    test: str, call: str
) -> None:
    run = collected_program("late_words", "--no-race", "-run", f"^{test}$")
    first, *besides = findings_on(run, test)
    check_found("exit-called", [first], re.escape(f"GN called {call} while {test} ran"))
    # On a busy machine its other goroutines have waited for long when the process is gone.
    assert {each.rule for each in besides} <= {"blocked"}


def test_a_test_that_only_says_that_it_exits_did_not() -> None:
    run = collected_program("late_words", "--no-race", "-run", "^TestSaysSo$")
    check_found("exit-called", findings_on(run, "TestSaysSo"))


@pytest.mark.parametrize("test", ["TestExits", "TestStopsByHelper", "TestGoroutineGivesUp"])
def test_nothing_is_shown_of_what_the_collector_built_into_the_test(test: str) -> None:
    run = collected_program("late_words", "--no-race", "-run", f"^{test}$")
    case, failure = run.case, failure_of(run, test)
    assert case.trace is not None
    table = case.trace.table
    stacks: list[Sequence[HasFunction]] = [table.stack(at) for at in range(len(table))]
    dumped = [each.stack for dump in case.dumps for each in dump.goroutines]
    stacks += [each.frames for each in (*dumped, *(g for c in case.crashes for g in c.goroutines))]
    stacks += [each.stack for page in case.objects for each in page.goroutines]
    assert dumped
    own = [stack for stack in stacks if any(is_of_probe(frame.function) for frame in stack)]
    # A goroutine that does nothing else is known by the function that it was started with.
    assert all(len(stack) == 1 for stack in own)
    started = {frame.function for stack in own for frame in stack}
    shown = [run.schedule.goroutine(lane.id) for lane in run.schedule.lanes(LaneKind.GOROUTINE)]
    assert all(each.system for each in shown if each and each.function in started)
    # Who called for the exit ran when it did so, whatever it waited for afterwards.
    caller = findings_on(run, test)[0].places[0].goroutine
    now = run.schedule.at(Lane(LaneKind.GOROUTINE, caller), failure.at_ns)
    assert now is not None
    assert now.state.label in ("running", "syscall")
