"""The events of a run are those before its failure; what reports the failure is none."""

from __future__ import annotations

from comparison.divergence.pair import failed_and_passed
from flakecore.comparison.predicates.case_events import TestEvents, case_events
from flakecore.timeline import Case

WORKER = "started at parting_test.go:21"


def events(case: Case, name: str = "TestDelivery") -> TestEvents:
    (found,) = (each for each in case_events(case) if case.tests[each.test].name == name)
    return found


def test_goroutines_lines_and_waits_of_a_test_are_events() -> None:
    _, passed = failed_and_passed()
    found = events(passed)
    assert found.failed_ns == -1
    said = [each.words() for each in found.first_ns if each.kind == "line"]
    assert any(WORKER in text and text.endswith("prints 'delivers'") for text in said)
    kinds = {each.kind for each in found.first_ns}
    assert {"start", "end", "wait", "line"} <= kinds
    times = list(found.first_ns.values())
    assert times == sorted(times)
    assert all(each.who == "it" or WORKER in each.who for each in found.first_ns if each.who)


def test_nothing_after_the_failure_and_nothing_that_reports_it_is_an_event() -> None:
    failed, _ = failed_and_passed()
    (failure,) = failed.failures
    found = events(failed)
    assert found.failed_ns == failure.at_ns - failed.tests[failure.test].start_ns
    assert all(time < found.failed_ns for time in found.first_ns.values())
    assert not any("nothing delivered" in each.what for each in found.first_ns)


def test_who_ended_a_wait_is_an_event_by_role() -> None:
    _, passed = failed_and_passed()
    woken = [each for each in events(passed).first_ns if each.kind == "woken"]
    assert any(each.who == "it" and "by " in each.what and WORKER in each.what for each in woken)


def test_which_test_ran_before_it_is_noted_of_the_later_one_alone() -> None:
    _, passed = failed_and_passed()
    names = {test.index: test.name for test in passed.tests}
    earlier = {
        names[each.test]: [event.words() for event in each.first_ns if event.kind == "earlier"]
        for each in case_events(passed)
    }
    assert earlier == {"TestSteady": [], "TestDelivery": ["TestSteady ran before it"]}
