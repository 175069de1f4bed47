"""A handler's panic that net/http caught is told of a test whose connection it cut off."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, causes_of, found_on
from diagnosis.program_runs import RELEASES
from diagnosis.rule_table import record

CAUGHT = "panic-cause, inferred: Ga's handler panicked in"
TOLD = {
    "TestAsksForAUser": [
        f"{CAUGHT} answer (@answers) and cut off the client: nil pointer dereference"
        " [panics @answers; fails @asks]"
    ],
    "TestAsksForAList": [
        f"{CAUGHT} lists (@lists) and cut off the client: index out of range [3] with length 1"
        " [panics @lists; fails @asks-list]"
    ],
    "TestCounts": [],
    "TestIsSentAway": [],
}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("of", [case_of, case_of_log])
@pytest.mark.parametrize("test", TOLD)
def test_the_panic_that_cut_off_a_client_is_told(test: str, of: object, release: str) -> None:
    assert callable(of)
    case = of("handlers", release, f"-run=^{test}$")
    found = causes_of(case)[test]
    record("panic-cause (caught)", "log and source", TOLD[test], found)
    assert found == TOLD[test]
    # It needs no source.
    bare = found_on(case, source=False)[test]
    assert [each.rule for each in bare] == ["panic-cause"] * len(TOLD[test])
