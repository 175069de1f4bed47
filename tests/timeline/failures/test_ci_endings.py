"""Logs that end in a CI system's words fail the tests that ran then, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.bundle import open_bundle
from flakecore.timeline import FailureKind, load_cases
from timeline.captures import read

LOG = """=== RUN   TestA
--- PASS: TestA (0.01s)
=== RUN   TestBig
=== RUN   TestBig/one
{}
"""
CANCELED = "##[error]The operation was canceled."


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (CANCELED, "CI ended the job while this test ran: The operation was canceled."),
        (
            "##[error]The job running on agent Hosted 3 ran longer than the maximum time of 60"
            " minutes.",
            "CI ended the job while this test ran: The job running on agent Hosted 3 ran longer"
            " than the maximum time of 60 minutes.",
        ),
        (
            "Too long with no output (exceeded 10m0s): context deadline exceeded",
            "CI ended the job while this test ran: Too long with no output (exceeded 10m0s):"
            " context deadline exceeded",
        ),
        (
            "##[error]Process completed with exit code 143.",
            "the process ended while this test ran (exit status 143)",
        ),
    ],
)
def test_the_innermost_test_that_ran_fails(words: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "test.log").write_text(LOG.format(words))
    (failure,) = read(tmp_path).case.failures
    assert (failure.test_name, failure.kind) == ("TestBig/one", FailureKind.EXIT)
    assert failure.message == message


@pytest.mark.parametrize(
    "end",
    [
        f"{CANCELED}\n--- PASS: TestBig (0.01s)\n=== RUN   TestC",
        f"    log_test.go:7: {CANCELED}",
        "Post job cleanup.",
    ],
)
def test_what_is_said_before_the_end_or_by_a_test_ends_no_job(end: str, tmp_path: Path) -> None:
    (tmp_path / "test.log").write_text(LOG.format(end))
    assert not any("CI ended" in each.message for each in read(tmp_path).case.failures)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("Error: The operation was canceled.", "CI ended the job: The operation was canceled."),
        (
            "Error: Process completed with exit code 143.",
            "the job's step ended with exit status 143 while no test is known to run",
        ),
    ],
)
def test_a_job_that_ended_before_any_test_is_told(words: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "test.log").write_text(f"?   \tp\t[no test files]\nmake: Terminated\n{words}\n")
    told = [each for case in load_cases(open_bundle(tmp_path)) for each in case.failures]
    assert [each.message for each in told] == [message]


@pytest.mark.parametrize("end", ["Error: Process completed with exit code 1.", "Error: no water"])
def test_a_step_that_failed_by_itself_is_no_job_that_was_ended(end: str, tmp_path: Path) -> None:
    (tmp_path / "test.log").write_text(f"?   \tp\t[no test files]\n{end}\n")
    assert read(tmp_path).case.failures == ()
