"""Which part of a chain was nil: the only one left, those that are left, and who was to set it."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_runs import RELEASES, told
from diagnosis.rule_table import record

SHAPE = "nil_chains"
# A trace has where the goroutine was that was to set it, once that has begun to wait there.
LATE = "; runs @waits-to-connect"
TOLD = {
    "TestAddr": "panic-cause, inferred: Ga follows a nil pointer, a.db.pool, in (*App).Addr"
    " (@chain), which only connect sets (@connects) [panics @chain; created @connects]",
    "TestFar": "panic-cause, inferred: Ga follows a nil pointer, n.left.left, in Far (@far)"
    " [panics @far]",
    "TestLeadTeam": "panic-cause, inferred: Ga follows a nil pointer, u, u.team or u.team.lead, in"
    " LeadTeam (@lead) [panics @lead]",
}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_the_parts_of_a_chain_that_may_be_nil_are_told(test: str, release: str) -> None:
    run = f"-run=^{test}$"
    for level, case in (
        ("trace, log and source", case_of(SHAPE, release, run)),
        ("log and source", case_of_log(SHAPE, release, run)),
    ):
        expected = [TOLD[test]]
        found = [told(each).replace(LATE, "") for each in found_on(case)[test]]
        record("panic-cause", level, expected, found)
        assert found == expected, level


@pytest.mark.parametrize("release", RELEASES)
def test_chains_without_a_nil_do_not_panic(release: str) -> None:
    case = case_of(SHAPE, release, "-run=^(TestConnected|TestNear|TestLed)$")
    assert [test.status.value for test in case.tests] == ["pass"] * 3
