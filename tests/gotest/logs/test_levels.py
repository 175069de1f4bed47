"""Levels are told as the loggers that people use write them."""

from __future__ import annotations

import pytest

from flakecore.gotest.logs.levels import Level, level_of


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("time=2026-11-22T20:48:41.487Z level=INFO msg=delivered error=none", Level.INFO),
        ('{"time":"2026-11-22T20:48:41Z","level":"WARN","msg":"slow"}', Level.WARN),
        ('{"level":"error","ts":1.5,"caller":"a.go:1","msg":"x"}', Level.ERROR),
        ('time="2026-11-22T20:48:41Z" level=warning msg=x', Level.WARN),
        ("2026/11/22 20:48:41 ERROR no such host err=timeout", Level.ERROR),
        ("2026/11/22 20:48:41 INFO all is well", Level.INFO),
        ("I1122 20:48:41.487000   12345 server.go:17] started", Level.INFO),
        ("E1122 20:48:41.487000   12345 server.go:17] went wrong", Level.ERROR),
        ("[WARN] raft: heartbeat timeout reached", Level.WARN),
        ("2026-11-22T20:48:41Z\tDEBUG\tpool/pool.go:3\tx", Level.DEBUG),
        ("debug: nothing to do", Level.DEBUG),
        ("--- FAIL: TestX (0.00s)", Level.ERROR),
        ("    --- FAIL: TestX/slow (0.00s)", Level.ERROR),
        ("panic: test timed out after 3s", Level.ERROR),
        ("FAIL\texample.com/x\t0.1s", Level.ERROR),
        ("--- PASS: TestError (0.00s)", Level.NONE),
        ("    x_test.go:3: got an error value of 3", Level.NONE),
        ("the information is here", Level.NONE),
        ("", Level.NONE),
    ],
)
def test_a_line_has_the_level_its_logger_wrote(text: str, level: Level) -> None:
    assert level_of(text) is level


def test_levels_are_in_the_order_of_how_grave_they_are() -> None:
    assert Level.NONE < Level.DEBUG < Level.INFO < Level.WARN < Level.ERROR


def test_a_very_long_line_is_looked_at_only_where_it_begins() -> None:
    assert level_of("x" * 1_000_000 + " level=error") is Level.NONE
