"""Who of a test's goroutines could go on by itself when the test failed."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of
from diagnosis.program_runs import PROGRAMS
from flakecore.diagnosis.goroutine_states import states_of_trace
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.timers.at_work import AtWork, at_work
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.timeline import State
from flakecore.timeline.sources import Sources
from toolchains import NEWEST


def _found(test: str) -> list[AtWork]:
    case = case_of("gave_up", NEWEST)
    (failure,) = (each for each in case.failures if each.test_name == test)
    states = states_of_trace(case, failure.test, failure.at_ns)
    sources = Sources(package=case.package, working=PROGRAMS / "gave_up")
    question = Question(case, failure, states, GoFiles(sources, case.package))
    return at_work(question, failure.at_ns, (failure.goroutine,))


@pytest.mark.parametrize(
    ("test", "count"),
    [
        ("TestTriesTenTimes", 1),
        ("TestTwo", 2),
        ("TestNobodyAtWork", 0),
        ("TestJanitorAtWork", 0),
    ],
)
def test_those_that_wait_for_others_are_left_out(test: str, count: int) -> None:
    found = _found(test)
    assert [each.now.state for each in found] == [State.SLEEP] * count
    assert {each.doing for each in found} <= {"asleep"}
    assert {each.place.function.rpartition(".")[2] for each in found} <= {"serve"}


def test_of_a_server_the_one_in_code_of_the_test_is_left_not_those_that_only_listen() -> None:
    (found,) = _found("TestAsksAServer")
    assert found.where.startswith(" in slow.ServeHTTP (gave_up_test.go:")
    assert found.at == f"gave_up_test.go:{found.place.line}"
