"""Whether a run of an experiment failed as the failure did that it is about."""

from __future__ import annotations

from dataclasses import replace

from comparison.divergence.pair import failed_and_passed
from flakecore.comparison import fails_alike
from flakecore.timeline import FailureKind

FAILED, _ = failed_and_passed()
(FAILURE,) = FAILED.failures


def test_the_same_message_with_other_numbers_is_alike() -> None:
    is_alike = fails_alike(FAILED, FAILURE)
    assert is_alike(["=== RUN x\n", "    parting_test.go:99: nothing delivered within 2s\n"])
    assert not is_alike(["    parting_test.go:9: too late\n"])
    assert not is_alike([])


def test_of_what_is_no_assertion_every_failure_is_alike() -> None:
    assert fails_alike(FAILED, replace(FAILURE, kind=FailureKind.TIMEOUT))([])


def test_a_message_that_the_output_does_not_have_tells_nothing() -> None:
    assert fails_alike(FAILED, replace(FAILURE, message="laid out by a library"))([])
