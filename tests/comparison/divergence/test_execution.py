"""A run of a test, as far as it is compared with another one."""

from __future__ import annotations

from comparison.divergence.firstparts import cases
from flakecore.comparison.divergence.execution import (
    event_name,
    execution_of,
    goroutine_name,
    may_matter,
)


def test_the_steps_are_those_before_the_failure_without_its_own_report() -> None:
    failed, _ = cases()
    run = execution_of(failed, "TestSelect")
    assert run is not None
    (failure,) = (each for each in failed.failures if each.test_name == "TestSelect")
    assert run.over_ns == failure.at_ns
    printed = [step.what for steps in run.steps.values() for step in steps]
    assert not [what for what in printed if failure.message.splitlines()[0] in what]
    assert all(each.time_ns <= run.over_ns for each in run.ended_waits)


def test_a_test_names_itself_it_and_others_by_what_they_run() -> None:
    run = execution_of(cases()[0], "TestJob")
    assert run is not None
    (own,) = (role for role in run.numbers if role.test)
    assert event_name(run, own) == "it"
    assert goroutine_name(run, own) == f"TestJob (G{run.numbers[own]})"
    workers = [role for role in run.numbers if not role.test]
    assert {goroutine_name(run, role).partition(" ")[0] for role in workers} == {"take"}
    assert len({event_name(run, role) for role in workers}) == len(workers)


def test_what_comes_after_a_goroutines_last_influence_does_not_matter() -> None:
    runs = [execution_of(case, "TestSelect") for case in cases()]
    assert runs[0] is not None
    assert runs[1] is not None
    pair = runs[0], runs[1]
    (own,) = (role for role in runs[0].numbers if role.test)
    assert may_matter(pair, own, (0, 0))
    assert not may_matter(pair, own, (1 << 60, 1 << 60))


def test_a_test_that_did_not_run_has_no_execution() -> None:
    assert execution_of(cases()[0], "TestNone") is None
