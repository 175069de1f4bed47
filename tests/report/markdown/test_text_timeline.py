"""The timeline in text has the states that the trace has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnosis.assertion_runs import case_of, found_on
from diagnosis.program_runs import PROGRAMS, findings, program
from flakecore.bundle import open_bundle
from flakecore.report import Explainer, render_markdown
from flakecore.report.markdown.text_timeline import COLUMNS, text_timeline
from flakecore.timeline import Case, Failure, Lane, LaneKind, State
from toolchains import NEWEST

MARKS = {
    State.RUNNING: "#",
    State.RUNNABLE: "r",
    State.SLEEP: "z",
    State.CHAN_SEND: "c",
    State.SELECT: "c",
    State.SYSCALL: "s",
}


def _failure(case: Case, test: str) -> Failure:
    (failure,) = (each for each in case.failures if each.test_name == test)
    return failure


@pytest.mark.parametrize("test", ["TestAnswerIsLate", "TestTimerIsFirst", "TestDeadlineIsFirst"])
def test_a_character_is_the_state_that_lasted_through_its_piece(test: str) -> None:
    case = case_of("timer_first", NEWEST)
    failure, schedule = _failure(case, test), case.schedule
    assert schedule is not None
    lines = text_timeline(case, failure, found_on(case)[test])
    start, whole = (
        case.tests[failure.test].start_ns,
        failure.at_ns - case.tests[failure.test].start_ns,
    )
    checked = 0
    for line in lines[1:-1]:
        name, _, rest = line.partition("|")
        row = rest.removesuffix("|")
        assert len(row) == COLUMNS
        lane = Lane(LaneKind.GOROUTINE, int(name.strip()[1:]))
        for column, mark in enumerate(row):
            first = start + whole * column // COLUMNS
            last = start + whole * (column + 1) // COLUMNS
            interval = schedule.at(lane, (first + last) // 2)
            if interval is not None and interval.start_ns <= first and interval.end_ns >= last:
                assert mark == MARKS[interval.state]
                checked += 1
    assert checked > COLUMNS


def test_the_tests_own_goroutine_comes_first_and_the_marks_are_explained() -> None:
    case = case_of("timer_first", NEWEST)
    failure = _failure(case, "TestAnswerIsLate")
    ruler, own, other, legend = text_timeline(case, failure, found_on(case)["TestAnswerIsLate"])
    assert ruler.endswith("s: failed")
    assert own.startswith(f"G{case.tests[failure.test].goroutine} ")
    assert "z" in other
    assert "c channel" in legend
    assert "z asleep" in legend
    assert "; one character is " in legend


def test_without_a_trace_there_is_no_timeline() -> None:
    case = case_of("timer_first", NEWEST)
    failure = _failure(case, "TestAnswerIsLate")
    assert text_timeline(replace(case, schedule=None), failure, ()) == []
    assert text_timeline(case, replace(failure, test=-1), ()) == []


def test_the_page_has_the_timeline_between_what_the_test_said_and_why() -> None:
    run = program("lock_cycle", NEWEST)
    failure = run.case.failures[0]
    assert findings(run, failure.test_name)
    with open_bundle(run.folder) as bundle:
        explainer = Explainer(bundle, PROGRAMS / "lock_cycle")
        page = render_markdown(bundle, [run.case], None, explainer)
    part = page[page.index(f"#### {failure.test_name}") :]
    at = part.index("What its goroutines were in until then:")
    assert part.index("It said") < at < part.index("Run it again:")
    assert "one character is" in part
