"""Tests that compare a text with the time of the run in it with one of another run."""

from __future__ import annotations

import re

import pytest

from diagnosis.assertion_runs import Told, case_of, case_of_log, found_on
from diagnosis.program_runs import RELEASES, told
from diagnosis.rule_table import record
from flakecore.timeline import Case

COMPARES = "compares a text with the time of the run in it"
TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} {COMPARES}{how} [fails @{mark}-fails; reads @{mark}]"
    ]
    for name, how, mark in (
        ("Exports", " (time.Now, @exports)", "exports"),
        ("Header", ": DAY is not 2024-03-01 (time.Now, @header)", "header"),
        ("Line", " (time.Now, @line)", "line"),
    )
}
SOUND = ("TestExportsFewer", "TestHeaderOfOthers", "TestEvent")
"""Tests that fail by something else."""


def _told(case: Case) -> Told:
    return {
        test: [re.sub(r"20\d\d-\d\d-\d\d(?= is not)", "DAY", told(each)) for each in found]
        for test, found in found_on(case).items()
    }


@pytest.mark.parametrize("release", RELEASES)
def test_a_text_that_differs_in_its_times_alone_is_told(release: str) -> None:
    expected: Told = {**TOLD, **{test: [] for test in SOUND}}
    for level, case in (
        ("trace, log and source", case_of("stamped_texts", release)),
        ("log and source", case_of_log("stamped_texts", release)),
    ):
        found = _told(case)
        for test, causes in found.items():
            rule = "test-itself" if expected[test] else "(stamped_texts)"
            record(rule, level, expected[test], causes)
        assert found == expected
