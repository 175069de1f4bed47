"""Two runs that part at a known step are told to part there: six shapes of it."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.comparison.parting.first_difference import (
    FirstDifference,
    UsualEvents,
    differences,
    first_difference,
)
from flakecore.comparison.predicates.event import RunEvent, TestRecord
from flakecore.timeline import Case
from timeline.captures import TESTDATA, capture
from toolchains import NEWEST

SOURCE = (TESTDATA / "firstparts" / "firstparts_test.go").read_text().splitlines()


def cases() -> tuple[Case, Case]:
    """Return the run in which each test fails, and the one in which all pass."""
    failed = capture(NEWEST, "firstparts", "-cpu=1", "-parallel=7").case
    return failed, capture(NEWEST, "firstparts", "-cpu=1").case


def line(mark: str) -> str:
    """Return the place of the line that ends with a comment."""
    (number,) = (at for at, text in enumerate(SOURCE, 1) if text.endswith(f"// {mark}"))
    return f"firstparts_test.go:{number}"


def parts(test: str, *passed: TestRecord) -> FirstDifference:
    found = first_difference(*cases(), test, passed)
    assert found is not None
    return found


def told(found: FirstDifference) -> tuple[str, ...]:
    """Return what each side did, without numbers of goroutines."""
    words = found.words
    for number in found.numbers:
        words = (words[0].replace(f" (G{number})", ""), words[1].replace(f" (G{number})", ""))
    return words


def test_a_sleep_before_the_value_that_did_not_come_in_time() -> None:
    # It is earlier than the select that took the other case because of it.
    found = parts("TestSelect")
    assert told(found)[0].startswith("produce sleeps at firstparts_test.go:")
    assert told(found)[1] == "produce ends"


def test_the_lock_that_was_never_had() -> None:
    found = parts("TestLocks")
    assert told(found)[0].endswith(f"waits to the end (mutex) at {line('second lock')}")
    assert told(found)[1].endswith(" ends")
    assert told(found)[0].startswith("both started at")


def test_the_slow_step_behind_a_result_that_came_after_the_timer() -> None:
    found = parts("TestTimer")
    assert told(found) == (
        f"shard sleeps at {line('compaction')}",
        f"shard sleeps at {line('look')}",
    )


def test_who_ended_the_wait() -> None:
    first, second = told(parts("TestCancel"))
    assert first.startswith(f"work waited at {line('waits')} (select) and was woken by TestCancel")
    assert second.startswith(f"work waited at {line('waits')} (select) and was woken by TestC")
    assert first.endswith(line("cancelled"))
    assert second.endswith(line("ready"))


def test_which_worker_took_the_job() -> None:
    found = parts("TestJob")
    first, second = told(found)
    assert first.startswith(f"TestJob at {line('job')} woke take started at ")
    assert ", number 3 (G" in first
    assert first.endswith(f"which waited at {line('taken')} (chan receive)")
    assert ", number 3" not in second
    assert not found.is_usual


def test_what_other_passing_runs_did_too_is_told_last() -> None:
    place = next(text for text in SOURCE if "go take(" in text)
    started = f"firstparts_test.go:{SOURCE.index(place) + 1}"
    event = RunEvent(
        "woken",
        f"take started at {started}, number 3",
        f"is woken at {line('taken')} by it at {line('job')}",
    )
    record = TestRecord([event], np.zeros(1, np.int32), np.zeros(1, np.int64), -1)
    other = parts("TestJob", record)
    assert other.is_usual or line("job") not in other.words[0]


def test_one_stray_run_of_many_that_passed_makes_nothing_usual() -> None:
    produce = "produce started at x.go:1"
    ends, sleeps = RunEvent("end", produce, "ends"), RunEvent("wait", produce, "waits (sleep)")

    def record(*events: RunEvent) -> TestRecord:
        at = np.zeros(len(events), np.int64)
        return TestRecord([*events], np.arange(len(events), dtype=np.int32), at, -1)

    habit = [record(ends)] * 19
    assert not UsualEvents([*habit, record(sleeps)]).differ(sleeps, ends)
    assert UsualEvents([*habit, record(sleeps), record(sleeps)]).differ(sleeps, ends)
    assert not UsualEvents([record(sleeps, ends)] * 9).differ(sleeps, ends)  # they had both
    assert UsualEvents([record(sleeps)]).differ(sleeps, None)
    assert not UsualEvents([]).differ(sleeps, ends)


def test_what_a_timer_started_is_there_too() -> None:
    # In the run that fails a timer calls what the test calls itself in the other one.
    first, second = told(parts("TestCallback"))
    assert first.startswith("TestCallback starts refresh started at ")
    assert second == f"TestCallback starts load started at {line('loads')}"
    told_of_all = [each.sentence() for each in differences(*cases(), "TestCallback")]
    assert not any("no load" in each or "is load" in each for each in told_of_all)


def test_a_run_held_against_itself_parts_nowhere() -> None:
    failed, passed = cases()
    for case in (failed, passed):
        for test in case.tests:
            assert first_difference(case, case, test.name) is None


def test_the_sentence_names_both_sides_and_both_moments() -> None:
    sentence = parts("TestTimer").sentence()
    assert sentence.startswith("in A, at ")
    assert "; in B, at " in sentence


@pytest.mark.parametrize("test", ["TestNone", ""])
def test_a_test_that_did_not_run_parts_nowhere(test: str) -> None:
    assert first_difference(*cases(), test) is None


def test_the_places_that_a_delay_could_bring_it_about_at() -> None:
    # What came in time in the run that passed stands first, then what the failing one did.
    assert parts("TestCancel").places == (line("ready"), line("cancelled"))
    assert parts("TestTimer").places == (line("look"), line("compaction"))
    assert parts("TestLocks").places == (line("second lock"),)
