"""A goroutine's role is who it is, whatever its number."""

from __future__ import annotations

from comparison.parting.pair import failed_and_passed
from flakecore.comparison.parting.roles import GoroutineRole, roles_of_test


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
