"""Registries that refuse a name, with the test that registered it before."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, causes_of
from diagnosis.program_runs import RELEASES
from diagnosis.rule_table import record

OTHERS = "TestParse|TestCount|TestOpen|TestOpensAnother"
TOLD = {
    "TestParseAgain": [
        "shared-state, inferred: TestParseAgain registers again what TestParse, before it,"
        " registered (@flag) [panics @flag; writes @flag]"
    ],
    "TestCountAgain": [
        "shared-state, inferred: TestCountAgain registers again what TestCount, before it,"
        " registered (@expvar) [panics @expvar; writes @expvar]"
    ],
    "TestOpenAgain": [
        "shared-state, inferred: TestOpenAgain registers again what TestOpen, before it,"
        " registered (@opens) [panics @driver; writes @opens]"
    ],
    "TestOpenTwice": [],
}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_the_test_that_registered_the_same_before_is_told(test: str, release: str) -> None:
    run = f"-run=^({OTHERS}|{test})$"
    for level, case in (
        ("trace, log and source", case_of("registered", release, run)),
        ("log and source", case_of_log("registered", release, run)),
    ):
        told = causes_of(case)
        record("shared-state" if TOLD[test] else "(registered)", level, TOLD[test], told[test])
        assert told == {test: TOLD[test]}, level
    assert causes_of(case_of("registered", release, run), source=False) == {test: []}


@pytest.mark.parametrize("release", RELEASES)
def test_names_that_are_registered_once_do_not_panic(release: str) -> None:
    assert case_of("registered", release, f"-run=^({OTHERS})$").failures == ()
