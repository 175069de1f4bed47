"""Who holds the slots of a channel, by the source alone."""

from __future__ import annotations

import pytest

from diagnosis.dump_questions import question_on


def test_who_stands_between_a_send_and_the_deferred_receive_holds_a_slot() -> None:
    question = question_on("services", "TestSlotsAreKept")
    own = {each.number for each in question.states.of_test()}
    (taken,) = (each for each in question.slots if each.numbers <= own)
    assert {each.blocked_on.value for each in taken.holders} == {"wait group"}
    assert (len(taken.holders), len(taken.waits), taken.slots) == (2, 2, 0)


@pytest.mark.parametrize("test", ["TestSlotsAreGivenBack", "TestBidderGoesHome"])
def test_who_has_given_its_slot_back_holds_none(test: str) -> None:
    waiting = {each.number for each in question_on("services", test).states.of_test()}
    assert all(each.numbers.isdisjoint(waiting) for each in question_on("services", test).slots)
