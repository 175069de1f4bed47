"""A difference names both sides; what passing runs do now and then makes nothing usual."""

from __future__ import annotations

import numpy as np

from comparison.divergence.firstparts import line, parts
from flakecore.comparison.divergence.first_difference import UsualEvents
from flakecore.comparison.predicates.event import RunEvent, TestRecord


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


def test_the_sentence_names_both_sides_and_both_moments() -> None:
    sentence = parts("TestTimer").sentence()
    assert sentence.startswith("in A, at ")
    assert "; in B, at " in sentence


def test_the_places_that_a_delay_could_bring_it_about_at() -> None:
    # What came in time in the run that passed stands first, then what the failing one did.
    assert parts("TestCancel").places == (line("ready"), line("cancelled"))
    assert parts("TestTimer").places == (line("look"), line("compaction"))
    assert parts("TestLocks").places == (line("second lock"),)
