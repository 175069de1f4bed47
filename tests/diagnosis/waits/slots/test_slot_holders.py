"""Who holds the slots of a channel, by the source alone."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import Level, failure_of, program, reduced, sources_of
from flakecore.diagnosis.goroutine_states import states_of_dump
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.go_files import GoFiles
from toolchains import NEWEST


def _question(test: str) -> Question:
    case = reduced(program("services", NEWEST).case, Level.LOG)
    failure = failure_of(case, test)
    files = GoFiles(sources_of(case), case.package)
    stacks = case.crashes[failure.crash].goroutines
    states = states_of_dump(case, stacks, failure.test, failure.at_ns, whole=True)
    return Question(case, failure, states, files)


def test_who_stands_between_a_send_and_the_deferred_receive_holds_a_slot() -> None:
    question = _question("TestSlotsAreKept")
    own = {each.number for each in question.states.of_test()}
    (taken,) = (each for each in question.slots if each.numbers <= own)
    assert {each.blocked_on.value for each in taken.holders} == {"wait group"}
    assert (len(taken.holders), len(taken.waits), taken.slots) == (2, 2, 0)


@pytest.mark.parametrize("test", ["TestSlotsAreGivenBack", "TestBidderGoesHome"])
def test_who_has_given_its_slot_back_holds_none(test: str) -> None:
    waiting = {each.number for each in _question(test).states.of_test()}
    assert all(each.numbers.isdisjoint(waiting) for each in _question(test).slots)
