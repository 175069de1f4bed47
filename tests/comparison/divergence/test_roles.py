"""A goroutine's role is who it is, whatever its number."""

from __future__ import annotations

from comparison.divergence.pair import failed_and_passed
from flakecore.comparison.divergence.roles import (
    GoroutineRole,
    is_elsewhere,
    roles_of_test,
)


def test_the_same_goroutine_of_two_runs_has_the_same_role() -> None:
    found = []
    for case in failed_and_passed():
        (test,) = (each for each in case.tests if each.name == "TestDelivery")
        roles = roles_of_test(case, test.index)
        assert roles[test.goroutine] == GoroutineRole("TestDelivery")
        found.append(list(roles.values()))
    assert found[0] == found[1]
    workers = [role for role in found[0] if not role.test]
    assert [(role.order, role.line) for role in workers] == [(0, 21), (1, 21)]
    assert workers[1].words() == "TestDelivery.gowrap1 started at parting_test.go:21, number 2" or (
        workers[1].words() == "deliver started at parting_test.go:21, number 2"
    )


def test_a_goroutine_is_elsewhere_where_the_case_has_it_and_the_test_has_not() -> None:
    case, _ = failed_and_passed()
    (test,) = (each for each in case.tests if each.name == "TestDelivery")
    roles = roles_of_test(case, test.index)
    worker = next(role for role in roles.values() if not role.test)
    assert is_elsewhere(case, worker, [])
    assert not is_elsewhere(case, worker, [*roles])
    assert not is_elsewhere(case, GoroutineRole("", worker.function, worker.file, 1), [])
