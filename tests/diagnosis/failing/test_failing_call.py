"""The call that failed a test is found in its source, with what holds where it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnosis.assertion_runs import case_of, case_of_log
from diagnosis.program_runs import PROGRAMS, marks
from flakecore.diagnosis.failing.failing_call import failing_call
from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.timeline import Case, Failure
from flakecore.timeline.sources import Sources
from toolchains import NEWEST


def _files(case: Case) -> GoFiles:
    shape = case.package.rpartition("/")[2]
    return GoFiles(Sources(package=case.package, working=PROGRAMS / shape), case.package)


def _failure(case: Case, test: str) -> Failure:
    (failure,) = (each for each in case.failures if each.test_name == test)
    return failure


def _failing(case: Case, test: str) -> FailingSource:
    found = failing_call(case, _failure(case, test), _files(case))
    assert found is not None
    return found


@pytest.mark.parametrize("of", [case_of, case_of_log])
def test_a_call_is_found_by_the_place_that_a_trace_or_a_log_gives(of: object) -> None:
    assert callable(of)
    case = of("wall_time", NEWEST)
    found = _failing(case, "TestTakesTooManyMilliseconds")
    assert marks(found.name)[found.line] == "difference-fails"
    conditions = ["got == 3", "elapsed.Milliseconds() >= 2"]
    assert [text_of(each) for each in found.innermost] == conditions
    assert (found.chosen_case, found.loops, found.is_in_bubble) == (None, (), False)


def test_what_holds_around_the_literal_of_a_test_is_not_what_the_test_asks_for() -> None:
    case = case_of("wall_time", NEWEST)
    assert _failing(case, "TestTakesTooLongInABubble").is_in_bubble
    assert len(_failing(case, "TestPolls").loops) == 1
    case = case_of("timer_first", NEWEST)
    late = _failing(case, "TestAnswerIsLate")
    assert late.innermost == ()
    assert late.chosen_case is not None
    assert text_of(late.chosen_case).startswith("case <-time.After(")


def test_a_line_that_says_something_else_is_of_another_revision() -> None:
    case = case_of("wall_time", NEWEST)
    failure = _failure(case, "TestTakesTooLong")
    files = _files(case)
    for other in (
        replace(failure, message="gone: 3"),
        replace(failure, line=failure.line + 1),
        replace(failure, line=100_000),
        replace(failure, file="absent_test.go"),
        replace(failure, file=""),
    ):
        assert failing_call(case, other, files) is None
    assert failing_call(case, failure, GoFiles(None)) is None
    assert failing_call(case, None, files) is None


def test_a_panic_is_a_call_where_a_test_file_calls_panic_with_that_text() -> None:
    case = case_of("late_panics", NEWEST, "-run=TestRivetersAreLate")
    failure, files = _failure(case, "TestRivetersAreLate"), _files(case)
    found = _failing(case, "TestRivetersAreLate")
    assert text_of(found.call) == 'panic("the riveters are not done")'
    assert found.chosen_case is not None
    for other in (
        replace(failure, message="runtime error: index out of range"),
        replace(failure, line=failure.line - 1),
        replace(failure, file=failure.file.replace("_test.go", ".go")),
    ):
        assert failing_call(case, other, files) is None
