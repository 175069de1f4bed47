"""Watching a terminal leaves the process as it was, where the terminal stays."""

from __future__ import annotations

import os
import signal
import threading

from flaketui.app.terminal_watch import leaving_with_terminal


def test_what_the_process_did_at_a_hangup_is_as_before_afterwards() -> None:
    before, threads = signal.getsignal(signal.SIGHUP), threading.active_count()
    master, slave = os.openpty()
    kept: list[str] = []
    with leaving_with_terminal(lambda: kept.append("place"), slave):
        assert threading.active_count() == threads + 1
    os.close(master)
    os.close(slave)
    assert (signal.getsignal(signal.SIGHUP), threading.active_count()) == (before, threads)
    assert kept == []


def test_a_hangup_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    master, slave = os.openpty()
    try:
        with leaving_with_terminal(lambda: None, slave):
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
        os.close(master)
        os.close(slave)
