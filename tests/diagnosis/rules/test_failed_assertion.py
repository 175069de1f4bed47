"""Rules on failed assertions are asked beside the source, and their findings begin at its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from diagnosis.assertion_runs import case_of
from diagnosis.program_runs import PROGRAMS, marks
from flakecore.diagnosis import Certainty, Evidence, Finding, Role
from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.goroutine_states import GoroutineStates
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.rule import Needs, Question
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.timeline.sources import Sources
from toolchains import NEWEST


def _question() -> Question:
    case = case_of("map_order", NEWEST)
    (failure,) = (each for each in case.failures if each.test_name == "TestNames")
    files = GoFiles(Sources(package=case.package, working=PROGRAMS / "map_order"), case.package)
    states = GoroutineStates({}, failure.test, complete=False, is_exact=False, at_ns=failure.at_ns)
    return Question(case, failure, states, files)


def _find(failing: FailingSource) -> Iterator[Finding]:
    facts = ("it failed", "it is so", Evidence("it ran", 3, 7))
    yield assertion_finding(failing, ("x" * 500, "too late"), facts, "wait")


def test_a_finding_begins_at_the_failing_line_and_at_its_moment() -> None:
    question = _question()
    rule = source_rule("late", _find)
    assert (rule.id, rule.needs, rule.finding_ids) == ("late", Needs.FAILURE, ("test-itself",))
    (found,) = rule.find(question)
    failure = question.failure
    assert failure is not None
    assert (found.rule, found.claim, found.certainty, found.test, found.next) == (
        *("test-itself", "too late", Certainty.INFERRED, failure.test, "wait"),
    )
    (place,) = found.places
    assert (place.role, place.goroutine) == (Role.FAILS, failure.goroutine)
    assert marks("map_order_test.go")[place.line] == "names-fails"
    assert found.evidence == (
        Evidence("it failed", failure.at_ns, failure.goroutine),
        Evidence("it is so", None, 0),
        Evidence("it ran", 3, 7),
    )


def test_without_the_source_it_is_not_asked() -> None:
    question = replace(_question(), files=GoFiles(None))
    assert list(source_rule("late", _find).find(question)) == []
