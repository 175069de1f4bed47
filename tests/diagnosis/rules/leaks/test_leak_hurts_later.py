"""Goroutines that a test left running, and that panic while another one runs."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_runs import RELEASES, told
from diagnosis.rule_table import record
from toolchains import NEWEST

SHAPE = "hurts_later"
TOLD = {
    "TestALeavesSender": (
        "Ga, left running by TestALeavesSender, panicked at @sends-late{} while TestNext ran"
        " [panics @sends-late; created @sender-starts]"
    ),
    "TestALeavesWorker": (
        "Ga, left running by TestALeavesWorker, panicked at @keeps{} while TestNext ran"
        " [panics @keeps; created @keep-starts]"
    ),
    "TestALeavesTimer": (
        "Ga, left running by TestALeavesTimer, panicked at @timer-panics{} while TestNext ran"
        " [panics @timer-panics]"
    ),
}


def _told(test: str, when: str = "") -> str:
    return f"leak-hurts-later, seen: {TOLD[test].format(when)}"


@pytest.mark.parametrize("test", TOLD)
def test_the_test_that_left_the_goroutine_is_told_and_not_the_one_that_ran(test: str) -> None:
    case = case_of(SHAPE, NEWEST, f"-run=^({test}|TestNext)$")
    ((finding, *_),) = found_on(case).values()
    record(
        "leak-hurts-later",
        "trace, log and source",
        [_told(test, " T after its end")],
        [told(finding)],
    )
    assert told(finding) == _told(test, " T after its end")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", ["TestALeavesSender", "TestALeavesTimer"])
def test_the_log_alone_tells_it_by_the_names_in_the_stack(test: str, release: str) -> None:
    case = case_of_log(SHAPE, release, f"-run=^({test}|TestNext)$")
    ((finding, *_),) = found_on(case, source=False).values()
    found = told(finding).replace(" (started at @sender-starts),", ",")
    record("leak-hurts-later", "log alone", [_told(test)], [found])
    assert found == _told(test)


def test_a_helper_that_started_it_is_of_no_test_by_the_log_alone() -> None:
    case = case_of_log(SHAPE, NEWEST, "-run=^(TestALeavesWorker|TestNext)$")
    ((finding, *_),) = found_on(case, source=False).values()
    record("leak-hurts-later", "log alone", [_told("TestALeavesWorker")], [])
    assert finding.rule == "panic-cause"


@pytest.mark.parametrize("tests", ["TestPanicsBeside", "TestAPasses|TestPanicsItself"])
def test_a_panic_of_a_test_that_runs_is_its_own(tests: str) -> None:
    for of in (case_of, case_of_log):
        for found in found_on(of(SHAPE, NEWEST, f"-run=^({tests})$")).values():
            hurt = [told(each) for each in found if each.rule == "leak-hurts-later"]
            record(f"({SHAPE})", "log" if of is case_of_log else "trace, log and source", [], hurt)
            assert hurt == []


def test_a_goroutine_that_ends_well_hurts_nobody() -> None:
    assert case_of(SHAPE, NEWEST, "-run=^(TestALeavesWell|TestNext)$").failures == ()
