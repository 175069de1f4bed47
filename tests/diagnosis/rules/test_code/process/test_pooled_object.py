"""Tests that want a pool to give back what was put into it."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, case_of, check_causes, found_on
from diagnosis.program_runs import RELEASES
from toolchains import NEWEST

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} wants a sync.Pool to give back what was put in:"
        f" {take}.Get() (@{mark}) may make a new one [fails @{mark}-fails; reads @{mark}]"
    ]
    for name, take, mark in (
        ("Reuses", "buffers", "gets"),
        ("ChildIsReused", "p.spare", "child"),
        ("LocalPool", "pool", "local"),
    )
}
SOUND = {"TestEmpties", "TestDepth", "TestIsThere"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_pool_that_need_not_give_back_what_it_got_is_told(release: str) -> None:
    check_causes("pooled", release, TOLD, {}, SOUND)


def test_the_collection_before_the_failure_is_in_its_evidence() -> None:
    case = case_of("pooled", NEWEST)
    (finding,) = found_on(case)["TestReuses"]
    (failure,) = (each for each in case.failures if each.test_name == "TestReuses")
    (began,) = (each for each in finding.evidence if each.text.startswith("a collection"))
    assert began.time_ns is not None
    assert case.tests[failure.test].start_ns < began.time_ns < failure.at_ns
