"""What the environment of a run does not have."""

from __future__ import annotations

import re

import pytest

from diagnosis.assertion_runs import Told, case_of, case_of_log, found_on
from diagnosis.program_runs import RELEASES, told
from diagnosis.rule_table import record
from flakecore.diagnosis import Weight
from toolchains import NEWEST

_HAS_NONE = "and the environment of the run has none"
TOLD: Told = {
    "TestCaches": [
        f"env, seen: TestCaches needs $HOME or $XDG_CACHE_HOME (@caches), {_HAS_NONE}"
        " [fails @caches]"
    ],
    "TestGoesHome": [f"env, seen: TestGoesHome needs $HOME (@home), {_HAS_NONE} [fails @home]"],
    "TestListens": [
        "env, seen: A socket's path of N bytes (@listens); a Unix socket's has room for"
        " 107 on Linux, 103 elsewhere [fails @listens]"
    ],
    "TestGoesHomeless": [],
    "TestWantsNoHome": [],
    "TestListensNowhere": [],
}


@pytest.mark.parametrize("release", RELEASES)
def test_a_home_and_room_for_a_sockets_path_that_are_not_there_are_told(release: str) -> None:
    for level, case in (
        ("trace, log and source", case_of("bare_environment", release)),
        ("log and source", case_of_log("bare_environment", release)),
    ):
        found = {
            test: [
                re.sub(r"path of \d+ bytes", "path of N bytes", told(each))
                for each in findings
                if each.weight is Weight.CAUSE
            ]
            for test, findings in found_on(case).items()
        }
        for test, causes in found.items():
            record("env" if TOLD[test] else "(bare_environment)", level, TOLD[test], causes)
        assert found == TOLD


def test_a_log_without_the_source_tells_the_same() -> None:
    found = found_on(case_of_log("bare_environment", NEWEST), source=False)
    assert [each.rule for each in found["TestCaches"]] == ["env"]
    assert [each.rule for each in found["TestWantsNoHome"]] == []
