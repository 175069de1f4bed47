"""Steps are what a goroutine prints, starts and ends with, and a wait that never ended."""

from __future__ import annotations

import flakecore
from comparison.divergence.pair import failed_and_passed
from flakecore.comparison.divergence.ended_waits import ended_waits
from flakecore.comparison.divergence.roles import roles_of_test
from flakecore.comparison.divergence.steps import printed_lines, steps_by_role
from program import SAMPLE


def test_the_steps_of_a_worker() -> None:
    _, passed = failed_and_passed()
    (test,) = (each for each in passed.tests if each.name == "TestDelivery")
    steps = steps_by_role(passed, test.index, roles_of_test(passed, test.index), ())
    (first, second) = (steps[role] for role in steps if not role.test)
    assert [step.what for step in first] == [
        "prints worker N: takes order at TIME",
        "prints delivers",
        "ends",
    ]
    assert [step.what for step in first] == [step.what for step in second]
    times = [step.time_ns for step in first]
    assert times == sorted(times)
    assert times[0] >= 0


def test_a_wait_that_never_ended_is_a_step_and_others_are_none() -> None:
    with flakecore.open(SAMPLE) as bundle:
        case = bundle.cases[0]
        (test,) = (each for each in case.tests if each.name == "TestLedgerTransfersBothWays")
        roles = roles_of_test(case, test.index)
        steps = steps_by_role(case, test.index, roles, ended_waits(case, roles))
    waits = [each.what for of_role in steps.values() for each in of_role if "waits" in each.what]
    assert sorted(waits) == [
        "waits to the end (mutex) at ledger.go:38",
        "waits to the end (mutex) at ledger.go:38",
        "waits to the end (wait group) at ledger_test.go:23",
    ]


def test_lines_of_package_testing_are_no_steps() -> None:
    _, passed = failed_and_passed()
    texts = [
        text for case_test in passed.tests for *_, text in printed_lines(passed, case_test.index)
    ]
    assert "steady as always" in texts
    assert not [text for text in texts if text.startswith(("===", "---"))]
