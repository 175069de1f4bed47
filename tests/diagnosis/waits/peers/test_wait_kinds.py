"""Each kind of wait names a finding, and operations of the other side."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.rules.registry import rule_ids
from flakecore.diagnosis.waits.peers.wait_kinds import SELECTS, WAIT_KINDS, WaitKind


@pytest.mark.parametrize("kind", WAIT_KINDS.values(), ids=list(WAIT_KINDS))
def test_a_wait_that_nobody_ends_is_a_finding_of_a_rule(kind: WaitKind) -> None:
    assert kind.rule in rule_ids()


@pytest.mark.parametrize("kind", WAIT_KINDS.values(), ids=list(WAIT_KINDS))
def test_no_wait_is_ended_by_what_it_stands_in(kind: WaitKind) -> None:
    """But for a select, whose cases may be of either side."""
    assert kind is SELECTS or not set(kind.own) & set(kind.ends)
