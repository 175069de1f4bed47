"""Two runs that part at a known step are told apart there, and nowhere else."""

from __future__ import annotations

import dataclasses

from comparison.divergence.pair import failed_and_passed
from flakecore.comparison import compare_cases
from flakecore.comparison.divergence.compare import (
    differing_conditions,
    differing_lines,
    divergences_of_test,
    earlier_tests,
)
from flakecore.timeline import TestStatus


def test_a_test_parts_at_the_first_step_that_differs() -> None:
    found = compare_cases(*failed_and_passed())
    assert found.test == "TestDelivery"
    (only,) = found.ended_otherwise
    assert only.first is not None
    assert only.second is not None
    assert (only.first.status, only.second.status) == (TestStatus.FAIL, TestStatus.PASS)
    assert found.tests == 2
    first, second, test = found.divergences
    # The first worker says nothing and ends where it delivered in the run that passed.
    assert first.role.order == 0
    assert first.alike == 1
    assert first.last is not None
    assert first.last.what == "prints worker N: takes order at TIME"
    assert [step.what for step in (first.first, first.second) if step] == [
        "ends",
        "prints delivers",
    ]
    assert [step.what for step in (second.first, second.second) if step] == [
        "prints gives up",
        "prints delivers",
    ]
    assert test.role.test == "TestDelivery"
    assert test.alike == 2
    assert [step.what for step in (test.first, test.second) if step] == [
        "prints parting_test.go:N: nothing delivered within DURATION",
        "prints parting_test.go:N: received order",
    ]


def test_the_tests_that_ran_before_in_only_one_run_are_named() -> None:
    failed, passed = failed_and_passed()
    steady, delivery = failed.tests
    turned = dataclasses.replace(
        failed,
        tests=(dataclasses.replace(delivery, index=0), dataclasses.replace(steady, index=1)),
    )
    assert earlier_tests(turned, passed, "TestDelivery") == ((), ("TestSteady",))
    assert earlier_tests(passed, turned, "TestDelivery") == (("TestSteady",), ())
    assert earlier_tests(turned, passed, "TestSteady") == (("TestDelivery",), ())
    for name in ("TestDelivery", "TestNone", ""):
        assert earlier_tests(failed, passed, name) == ((), ())
    # One that a run left out says nothing of the order.
    alone = dataclasses.replace(passed, tests=(dataclasses.replace(delivery, index=0),))
    assert earlier_tests(failed, alone, "TestDelivery") == ((), ())


def test_a_test_that_ran_alike_parts_nowhere() -> None:
    failed, passed = failed_and_passed()
    assert divergences_of_test(failed, passed, "TestSteady") == ()
    assert differing_lines(failed, passed, "TestSteady") == ()
    assert compare_cases(passed, passed).ended_otherwise == ()
    assert compare_cases(passed, passed).divergences == ()


def test_lines_that_one_run_printed_more_often_are_counted() -> None:
    failed, passed = failed_and_passed()
    counts = {
        each.text: (each.first, each.second)
        for each in differing_lines(failed, passed, "TestDelivery")
    }
    assert counts == {
        "gives up": (1, 0),
        "parting_test.go:N: nothing delivered within DURATION": (1, 0),
        "delivers": (0, 2),
        "parting_test.go:N: received order": (0, 1),
    }


def test_conditions_that_are_alike_are_left_out() -> None:
    found = differing_conditions(
        {"GOMAXPROCS": "1", "race": "on", "load": 2.0}, {"GOMAXPROCS": "2", "race": "on"}
    )
    assert found == {"GOMAXPROCS": ("1", "2"), "load": (2.0, None)}


def test_a_run_without_a_trace_still_tells_tests_and_lines() -> None:
    failed, passed = failed_and_passed()
    assert divergences_of_test(failed, passed, "TestNone") == ()
    features = {each.feature.id for each in compare_cases(failed, passed).features}
    assert {"goroutine_count_variance", "gc_pause_ratio"} <= features
