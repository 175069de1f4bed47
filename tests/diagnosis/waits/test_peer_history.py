"""Goroutines that have ended count where they were started to do what would end the wait."""

from __future__ import annotations

import pytest

from diagnosis.dump_questions import question_on
from diagnosis.program_runs import Level
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.waits.peer_history import ended_peers

pytestmark = pytest.mark.needs_go


def _ended(shape: str, test: str) -> dict[OperationKind, int]:
    """Return how many have ended that could have ended each wait of a test, by what waits."""
    question = question_on(shape, test, Level.FULL)
    found = (question.waits.peers(each) for each in question.states.of_test())
    return {
        each.own[0].kind: len(ended_peers(question.case, each))
        for each in found
        if each is not None
    }


def test_workers_that_have_returned_were_to_receive() -> None:
    assert _ended("quiet_loops", "TestMillJams") == {OperationKind.SEND: 2}
    assert _ended("quiet_loops", "TestPumpFailsBeforeItIsHalted") == {OperationKind.SEND: 1}


def test_who_only_sent_counts_where_nothing_closes_the_channel_that_a_loop_is_over() -> None:
    assert _ended("peer_gone", "TestRangeOverResults") == {OperationKind.RANGE: 2}


def test_without_a_trace_nobody_is_known_to_have_ended() -> None:
    question = question_on("quiet_loops", "TestMillJams", Level.FULL)
    (peers,) = (
        found
        for each in question.states.of_test()
        if (found := question.waits.peers(each)) is not None
    )
    assert ended_peers(question.case.without_trace(), peers) == ()
