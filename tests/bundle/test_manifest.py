"""The attempt that is replayed is the first that failed by itself."""

from __future__ import annotations

from flakecore.bundle import Attempt, Manifest, Settings, attempt_to_replay

PASSED = Attempt(number=1)
DELAYED = Attempt(number=2, exit_code=1, settings=Settings(delay="x_test.go:8 for 300ms"))
FAILED = Attempt(number=3, exit_code=1)


def test_the_first_attempt_that_failed_is_replayed() -> None:
    again = Attempt(number=4, exit_code=1)
    assert attempt_to_replay(Manifest(attempts=(PASSED, FAILED, again))) == FAILED


def test_one_that_failed_with_a_delay_is_replayed_only_if_no_other_failed() -> None:
    assert attempt_to_replay(Manifest(attempts=(PASSED, DELAYED, FAILED))) == FAILED
    assert attempt_to_replay(Manifest(attempts=(PASSED, DELAYED))) == DELAYED


def test_where_none_failed_there_is_none_to_replay() -> None:
    assert attempt_to_replay(Manifest(attempts=(PASSED,))) is None
