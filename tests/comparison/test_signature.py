"""Failures of one fault have one signature, whatever numbers, times and folders they print."""

from __future__ import annotations

import pytest

from flakecore.comparison.signature import signature_of, without_varying
from flakecore.timeline import Failure, FailureKind


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("got 17, want 20", "got N, want N"),
        ("took 1m2.5s, the budget is 200ms", "took DURATION, the budget is DURATION"),
        ("dial tcp 127.0.0.1:43121: connection refused", "dial tcp HOST: connection refused"),
        ("open /tmp/TestA123/001/x.json: no such file", "open x.json: no such file"),
        ("at 2026-11-27T15:23:01.472Z: late", "at TIME: late"),
        ("at 2026-11-27 15:23:01.472064122 +0000 UTC m=+0.032663816", "at TIME"),
        ("worker 0xc000012345 died", "worker ADDRESS died"),
        ("job 3f2504e0-4f89-11d3-9a0c-0305e82c3301 lost", "job UUID lost"),
        ("commit 9fceb02d0ae5 unknown", "commit HASH unknown"),
        ("deadbeef is a word", "deadbeef is a word"),
        ("\n\n  second line counts\nthird", "second line counts"),
        ("", ""),
    ],
)
def test_what_varies_is_taken_out(message: str, expected: str) -> None:
    assert without_varying(message) == expected


def test_a_long_message_is_cut() -> None:
    assert without_varying("word " * 100) == ("word " * 32)[:159] + "…"


def failure(message: str, line: int = 12) -> Failure:
    return Failure(
        0, 0, "TestX", FailureKind.ASSERTION, 0, message, "/src/p/x_test.go", line, 0, -1
    )


def test_a_signature_has_kind_message_place_and_rule() -> None:
    assert signature_of(failure("got 3")) == "assertion: got N at x_test.go:12"
    assert signature_of(failure("got 4"), "leak") == "assertion: got N at x_test.go:12 [leak]"
    assert signature_of(failure("got 3", 13)) != signature_of(failure("got 3"))


def test_a_message_that_repeats_itself_takes_no_longer() -> None:
    assert len(without_varying("1s" * 100_000)) <= 160
