"""Whether a run of an experiment failed as the failure did that it is about."""

from __future__ import annotations

from dataclasses import replace

from comparison.divergence.pair import failed_with_failure
from flakecore.comparison import fails_alike
from flakecore.timeline import FailureKind


def test_the_same_message_with_other_numbers_is_alike() -> None:
    failed, failure = failed_with_failure()
    is_alike = fails_alike(failed, failure)
    assert is_alike(["=== RUN x\n", "    parting_test.go:99: nothing delivered within 2s\n"])
    assert not is_alike(["    parting_test.go:9: too late\n"])
    assert not is_alike([])


def test_of_what_is_no_assertion_every_failure_is_alike() -> None:
    failed, failure = failed_with_failure()
    assert fails_alike(failed, replace(failure, kind=FailureKind.TIMEOUT))([])


def test_a_message_that_the_output_does_not_have_tells_nothing() -> None:
    failed, failure = failed_with_failure()
    assert fails_alike(failed, replace(failure, message="laid out by a library"))([])
