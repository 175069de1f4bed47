"""What a test did not get of the machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.checked_findings import explain
from diagnosis.program_bundles import findings_on, named
from diagnosis.program_runs import RELEASES, told
from diagnosis.rule_table import record
from diagnosis.rules.panics import panicked, the_finding_on
from flakecore.diagnosis import Certainty
from timeline.captures import read
from toolchains import NEWEST


def test_a_port_in_use_is_told_with_its_address_and_place() -> None:
    finding = the_finding_on("TestPortInUse")
    assert (finding.rule, finding.certainty) == ("env", Certainty.SEEN)
    said = re.sub(r":\d+: bind", ":PORT: bind", named(finding.claim))
    assert said == (
        "TestPortInUse met a system error (@port):"
        " listen tcp 127.0.0.1:PORT: bind: address already in use"
    )


def test_a_missing_file_is_told_without_what_the_test_says_before_it() -> None:
    assert named(the_finding_on("TestNoFile").claim) == (
        "TestNoFile met a system error (@no-file):"
        " open testdata/absent.json: no such file or directory"
    )


def test_an_error_that_the_test_wanted_is_not_told_as_one_that_it_met() -> None:
    assert findings_on(panicked("TestWantsAnError"), "TestWantsAnError") == ()


TOLD = {
    "TestNoFolder": (
        "System error (@no-folder): open /tmp/…/absent/a: no such file or directory"
        " [fails @no-folder]"
    ),
    "TestNobodyListens": (
        "TestNobodyListens met a system error (@refused): dial tcp 127.0.0.1:PORT: connect:"
        " connection refused [fails @refused]"
    ),
    "TestNoProgram": (
        "TestNoProgram met a system error (@no-program): fork/exec ./absent-program: no such file"
        " or directory [fails @no-program]"
    ),
    "TestNotInPath": (
        'System error (@not-in-path): exec: "absent-program-of-none":'
        " executable file not found in $PATH [fails @not-in-path]"
    ),
    "TestNoZone": (
        "TestNoZone met a system error (@no-zone): unknown time zone Mars/Base [fails @no-zone]"
    ),
}
SOUND = ("TestWantsNoFile", "TestSpeaksOfIt", "TestCatches", "TestChildIsKilled")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("of", [case_of, case_of_log])
@pytest.mark.parametrize("test", TOLD)
@pytest.mark.slow
def test_what_was_missing_is_told_in_the_systems_words(test: str, of: object, release: str) -> None:
    assert callable(of)
    case = of("environment", release, f"-run=^{test}$")
    found = [told(each) for found in found_on(case).values() for each in found]
    said = [re.sub(r"0\.0\.1:\d+", "0.0.1:PORT", each) for each in found]
    said = [re.sub(r"open /\S+/absent/", "open /tmp/…/absent/", each) for each in said]
    expected = [f"env, seen: {TOLD[test]}"]
    record("env", "log alone" if case.schedule is None else "trace and log", expected, said)
    assert said == expected


@pytest.mark.parametrize("of", [case_of, case_of_log])
@pytest.mark.parametrize("test", SOUND)
@pytest.mark.slow
def test_a_test_that_merely_speaks_of_an_error_or_a_signal_met_none(test: str, of: object) -> None:
    assert callable(of)
    case = of("environment", NEWEST, f"-run=^{test}$")
    found = [told(each) for found in found_on(case).values() for each in found]
    record("(environment)", "log alone" if case.schedule is None else "trace and log", [], found)
    assert found == []


RESOLVES = """=== RUN   TestPulls
    pull_test.go:14: Get "http://registry.invalid/v2/": dial tcp: {}
--- FAIL: TestPulls (0.02s)
FAIL
FAIL\texample.com/pull\t0.031s
"""


@pytest.mark.parametrize(
    "said",
    [
        "lookup registry.invalid on 10.0.0.53:53: no such host",
        "lookup registry.invalid on 10.0.0.53:53: server misbehaving",
        "lookup registry.invalid: Temporary failure in name resolution",
    ],
)
def test_a_name_that_is_not_resolved_is_told_without_the_address_before_it(
    said: str, tmp_path: Path
) -> None:
    (tmp_path / "test.log").write_text(RESOLVES.format(said))
    case = read(tmp_path).case
    (finding,) = explain(case, case.failures[0])
    assert finding.claim == f"TestPulls met a system error (pull_test.go:14): {said}"
