"""Sentences about intervals, goroutines, failures, tests and lines state what the case holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flakecore.timeline import Interval, Lane, LaneKind, TimeSource
from flaketui.panes.details import sentences
from flaketui.panes.details.sentences import (
    failure_headline,
    goroutine_sentence,
    interval_sentence,
    line_sentence,
)
from tui.scenario import FAILURES, deadlock
from tui.scripted_schedule import MS

CASE = deadlock()


def interval(name: str, number: int, milliseconds: int) -> Interval:
    assert CASE.schedule is not None
    found = CASE.schedule.at(Lane(LaneKind(name), number), milliseconds * MS)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        (
            ("G", 21, 100),
            "G21 waits to receive from a channel since 0.025 000s, for 375ms,"
            " until G34 ended the wait at 0.400 000s.",
        ),
        (
            ("G", 34, 500),
            "G34 waits for a mutex since 0.421 000s, for 3.18s,"
            " and nothing ended it before the trace stopped.",
        ),
        (
            ("G", 18, 10),
            "G18 sleeps since 0.009 000s, for 5.00ms,"
            " until the runtime (no goroutine) ended the wait at 0.014 000s.",
        ),
        (("G", 34, 27), "G34 runs on P0 since 0.026 000s, for 64.0ms."),
        (("P", 1, 30), "P1 runs G21 since 0.020 000s, for 5.00ms."),
    ],
)
def test_an_interval_is_what_since_when_how_long_and_what_ended_it(
    where: tuple[str, int, int], sentence: str
) -> None:
    if where[0] == "P":
        where = ("P", 1, 22)
    assert interval_sentence(interval(*where)) == sentence


def test_an_interval_that_began_before_the_trace_has_no_beginning() -> None:
    before = replace(interval("G", 34, 500), before_trace=True)
    assert "since before the trace began" in interval_sentence(before)


def test_a_goroutine_has_a_function_a_test_a_creator_and_a_life() -> None:
    assert CASE.schedule is not None
    alive, ended = (CASE.schedule.goroutine(number) for number in (34, 18))
    assert alive is not None
    assert ended is not None
    assert goroutine_sentence(alive, CASE).endswith(
        "of TestDrain; created by G21 at 0.024 000s, still there at the end."
    )
    assert "ended at 0.017 000s" in goroutine_sentence(ended, CASE)


def test_a_failure_is_named_by_its_kind_and_when_it_came() -> None:
    assert failure_headline(FAILURES[1], CASE) == "timeout after 3.48s"
    alone = replace(FAILURES[1], test=-1)
    assert failure_headline(alone, CASE) == "timeout at 3.500 000s"


def test_a_test_has_an_outcome_and_its_pauses() -> None:
    sentence = sentences.test_sentence(CASE.tests[0])
    assert sentence.startswith("TestDrain failed: 0.020 000s to 3.520 000s (3.50s")
    assert "1.00ms of it paused for other tests" in sentence
    assert "paused" not in sentences.test_sentence(CASE.tests[2])


@pytest.mark.parametrize("source", TimeSource)
def test_a_line_states_who_printed_it_and_how_its_time_is_known(source: TimeSource) -> None:
    line = replace(CASE.output[4], time_source=source)
    assert line_sentence(line, CASE).startswith("Printed by G34 at 0.026 000s (")
    nobody = replace(line, goroutine=0)
    assert "Printed by an unknown goroutine" in line_sentence(nobody, CASE)


def test_a_line_that_go_test_gave_to_another_test_names_both() -> None:
    assert line_sentence(CASE.output[5], CASE).endswith(
        "go test gave it to TestFill; it is of TestDrain."
    )
    assert "go test gave it" not in line_sentence(CASE.output[4], CASE)
