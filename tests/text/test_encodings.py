"""What is text: with what a terminal was told among it, and no binary data."""

from __future__ import annotations

from flakecore.text.encodings import is_text


def test_times_that_buildkite_tells_the_terminal_leave_a_log_text() -> None:
    lines = (f"\x1b_bk;t=17096335{at:05d}\x07=== RUN   TestTide{at}\n" for at in range(100))
    assert is_text("".join(lines).encode())


def test_bells_without_what_the_terminal_is_told_are_binary() -> None:
    assert not is_text(b"\x07\x01ab" * 100)
