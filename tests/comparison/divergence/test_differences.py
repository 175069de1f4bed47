"""Two runs that part at a known step are found to part there: six shapes of it."""

from __future__ import annotations

import pytest

from comparison.divergence.firstparts import cases, line, parts, sides
from flakecore.comparison.divergence.differences import differences, first_difference


def test_a_sleep_before_the_value_that_did_not_come_in_time() -> None:
    # It is earlier than the select that took the other case because of it.
    found = parts("TestSelect")
    assert sides(found)[0].startswith("produce sleeps at firstparts_test.go:")
    assert sides(found)[1] == "produce ends"


def test_the_lock_that_was_never_had() -> None:
    found = parts("TestLocks")
    assert sides(found)[0].endswith(f"waits to the end (mutex) at {line('second lock')}")
    assert sides(found)[1].endswith(" ends")
    assert sides(found)[0].startswith("both started at")


def test_the_slow_step_behind_a_result_that_came_after_the_timer() -> None:
    found = parts("TestTimer")
    assert sides(found) == (
        f"shard sleeps at {line('compaction')}",
        f"shard sleeps at {line('look')}",
    )


def test_what_a_timer_started_is_there_too() -> None:
    # In the run that fails a timer calls what the test calls itself in the other one.
    first, second = sides(parts("TestCallback"))
    assert first.startswith("TestCallback starts refresh started at ")
    assert second == f"TestCallback starts load started at {line('loads')}"
    told_of_all = [each.sentence() for each in differences(*cases(), "TestCallback")]
    assert not any("no load" in each or "is load" in each for each in told_of_all)


def test_a_run_held_against_itself_parts_nowhere() -> None:
    failed, passed = cases()
    for case in (failed, passed):
        for test in case.tests:
            assert first_difference(case, case, test.name) is None


@pytest.mark.parametrize("test", ["TestNone", ""])
def test_a_test_that_did_not_run_parts_nowhere(test: str) -> None:
    assert first_difference(*cases(), test) is None
