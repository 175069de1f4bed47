"""The runs of a test and its subtests are found by its name and by its place."""

from __future__ import annotations

from flakecore.diagnosis.test_runs import runs_of, subtests_of, with_kin
from tui.scenario import deadlock


def test_a_test_is_found_by_its_name_and_one_that_never_ran_is_not() -> None:
    case = deadlock()
    assert [test.index for test in runs_of(case, "TestFill")] == [2]
    assert list(runs_of(case, "TestNone")) == []


def test_subtests_go_with_the_test_that_they_are_part_of() -> None:
    case = deadlock()
    assert list(subtests_of(case, 0)) == [1]
    assert with_kin(case, 0) == {-1, 0, 1}
    assert with_kin(case, 1) == {-1, 0, 1}
    assert with_kin(case, 2) == {-1, 2}
