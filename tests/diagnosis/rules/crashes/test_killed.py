"""Test binaries that a signal ended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.checked_findings import explain
from diagnosis.program_bundles import failure_of, findings_on
from diagnosis.program_runs import RELEASES
from diagnosis.rule_table import record
from diagnosis.rules.panics import collected
from flakecore.bundle import Manifest
from flakecore.diagnosis import Certainty
from timeline.captures import read
from toolchains import NEWEST


def test_the_signal_is_told_as_go_says_it() -> None:
    (finding,) = findings_on(collected("TestKilled"), "TestKilled")
    assert (finding.rule, finding.certainty) == ("killed", Certainty.SEEN)
    assert finding.claim == "The process was ended by a signal while TestKilled ran: killed"


def test_want_of_memory_is_inferred_from_the_kernels_count_alone() -> None:
    run = collected("TestKilled")
    host = replace(Manifest().host, oom_kills=1, cgroup_memory_bytes=512 << 20)
    failure = failure_of(run, "TestKilled")
    (finding,) = explain(run.case, failure, manifest=Manifest(host=host))
    assert finding.certainty is Certainty.INFERRED
    assert finding.claim == (
        "Killed while TestKilled ran: the kernel killed 1 process for want of memory of 512 MiB"
    )


def test_an_exit_of_its_own_is_not_told_as_a_kill() -> None:
    run = collected("TestWantsAnError")
    assert explain(run.case, run.case.failures[0]) == ()


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("of", [case_of, case_of_log])
@pytest.mark.parametrize(
    ("test", "signal"),
    [("TestKilled", "killed"), ("TestTerminated", "terminated"), ("TestHungUp", "hangup")],
)
def test_each_signal_is_told_as_go_says_it(
    test: str, signal: str, of: object, release: str
) -> None:
    assert callable(of)
    case = of("environment", release, f"-run=^{test}$")
    found = [
        f"{each.rule}, {each.certainty}: {each.claim}"
        for found in found_on(case).values()
        for each in found
    ]
    expected = [f"killed, seen: The process was ended by a signal while {test} ran: {signal}"]
    record("killed", "log alone" if case.schedule is None else "trace and log", expected, found)
    assert found == expected


@pytest.mark.parametrize("test", ["TestCatches", "TestChildIsKilled", "TestExits"])
def test_a_signal_that_did_not_end_the_process_is_not_told(test: str) -> None:
    for of in (case_of, case_of_log):
        (found,) = found_on(of("environment", NEWEST, f"-run=^{test}$")).values()
        killed = [each.rule for each in found if each.rule == "killed"]
        record("(environment)", "killed alone", [], killed)
        assert killed == []


BEGIN = """=== RUN   TestA
--- PASS: TestA (0.01s)
=== RUN   TestBig
"""
STAMPED = """2026-03-01T10:00:05.1334567Z --- PASS: TestA (0.01s)
2026-03-01T10:00:05.1434567Z === RUN   TestSync
2026-03-01T10:30:05.1534567Z {}
2026-03-01T10:30:05.2534567Z Post job cleanup.
"""
CANCELED = "##[error]The operation was canceled."


@pytest.mark.parametrize(
    ("log", "claim", "certainty"),
    [
        (
            STAMPED.format(CANCELED),
            "CI ended the job while TestSync ran, 30m00s after that began:"
            " The operation was canceled.",
            Certainty.SEEN,
        ),
        (
            STAMPED.format(
                "##[error]The job running on runner GitHub Actions 2 has exceeded the maximum"
                " execution time of 30 minutes."
            ),
            "CI ended the job while TestSync ran, 30m00s after that began: over its limit of"
            " 30 minutes",
            Certainty.SEEN,
        ),
        (
            f"{BEGIN}ERROR: Job failed: execution took longer than 1h0m0s seconds\n",
            "CI ended the job while TestBig ran: execution took longer than 1h0m0s seconds",
            Certainty.SEEN,
        ),
        (
            f"{BEGIN}##[error]Process completed with exit code 137.\n",
            "Exit status 137 while TestBig ran: what a shell tells of SIGKILL (128 + 9)",
            Certainty.INFERRED,
        ),
        (
            f"{BEGIN}exit status 143\nFAIL\texample.com/a\t12.345s\nFAIL\n",
            "Exit status 143 while TestBig ran: what a shell tells of SIGTERM (128 + 15)",
            Certainty.INFERRED,
        ),
    ],
)
def test_the_end_of_a_job_is_told_in_the_ci_systems_words(
    log: str, claim: str, certainty: Certainty, tmp_path: Path
) -> None:
    (tmp_path / "test.log").write_text(log)
    case = read(tmp_path).case
    (failure,) = case.failures
    (finding,) = explain(case, failure)
    assert (finding.rule, finding.claim, finding.certainty) == ("killed", claim, certainty)


@pytest.mark.parametrize(
    "log",
    [
        f"{BEGIN}--- PASS: TestBig (0.01s)\nPASS\nok  \texample.com/a\t0.1s\n{CANCELED}\n",
        f"{BEGIN}{CANCELED}\n--- PASS: TestBig (0.01s)\n=== RUN   TestC\n",
        f"{BEGIN}exit status 2\nFAIL\texample.com/a\t12.345s\nFAIL\n",
    ],
)
def test_a_job_that_is_ended_behind_its_tests_ended_none_of_them(log: str, tmp_path: Path) -> None:
    (tmp_path / "test.log").write_text(log)
    case = read(tmp_path).case
    assert all(explain(case, failure) == () for failure in case.failures)
    assert not any("CI ended" in failure.message for failure in case.failures)
