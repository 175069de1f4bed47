"""Who holds a lock by the source, and whose frames have its address, at the moment of a dump."""

from __future__ import annotations

import pytest

from diagnosis.dump_questions import question_on
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.locks.lock_holders import HeldLocks
from flakecore.diagnosis.waits.locks.lock_waits import LockWait

pytestmark = pytest.mark.needs_go


def _wait(question: Question) -> LockWait:
    """Return the only wait for a lock of the test that is asked about."""
    waits = question.locks.waits.values()
    (wait,) = (each for each in waits if each.state.test == question.states.test)
    return wait


def test_who_sends_under_a_lock_holds_it_by_its_name_and_its_object() -> None:
    question = question_on("lock_held", "TestSendsUnderLock")
    wait, held = _wait(question), HeldLocks(question.states, question.files)
    assert wait.name is not None
    (holder,) = held.by_name[wait.name.scope, wait.name.path]
    assert holder.state.blocked_on is BlockedOn.SEND
    assert holder.is_known
    assert holder in held.by_base[wait.name.scope, wait.name.path, holder.base]


def test_who_returned_with_a_lock_holds_it_by_no_stack() -> None:
    question = question_on("lock_held", "TestReturnsLocked")
    wait, held = _wait(question), HeldLocks(question.states, question.files)
    assert wait.name is not None
    assert (wait.name.scope, wait.name.path) not in held.by_name


def test_an_address_leads_to_the_frames_that_have_it_whatever_the_source() -> None:
    question = question_on("lock_held", "TestSendsUnderLock")
    wait, held = _wait(question), HeldLocks(question.states, question.files)
    assert wait.name is not None
    (holder,) = held.by_name[wait.name.scope, wait.name.path]
    found = held.by_word[holder.base]
    assert holder.state.number in {each.state.number for each in found}
    assert all(each.locked_at is None for each in found)
