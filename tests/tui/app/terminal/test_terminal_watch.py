"""Watching a terminal leaves the process as it was, where the terminal stays."""

from __future__ import annotations

import os
import signal
import termios
import threading
from pathlib import Path

import pytest

from flaketui.app.terminal.terminal_watch import leaving_with_terminal
from tui.app.terminal.demo_in_terminal import demo_in_terminal


def _handlers() -> list[object]:
    return [signal.getsignal(each) for each in (signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT)]


def test_what_the_process_did_at_a_signal_is_as_before_afterwards() -> None:
    before, threads = _handlers(), threading.active_count()
    master, slave = os.openpty()
    kept: list[str] = []
    with leaving_with_terminal(lambda: kept.append("place"), slave):
        assert threading.active_count() == threads + 1
    os.close(master)
    os.close(slave)
    assert (_handlers(), threading.active_count()) == (before, threads)
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


@pytest.mark.parametrize("sent", [signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT])
@pytest.mark.slow
def test_a_terminal_that_stays_is_put_back_when_a_signal_ends_the_program(
    sent: signal.Signals, tmp_path: Path
) -> None:
    with demo_in_terminal(tmp_path) as demo:
        written = demo.drawn(until=b"TestStats", quiet_s=0.5)
        assert b"TestStats" in written
        assert termios.tcgetattr(demo.theirs)[3] != demo.modes[3]
        demo.program.send_signal(sent)
        status, rest = demo.ended()
        assert status == 128 + sent
        assert termios.tcgetattr(demo.theirs) == demo.modes
    written += rest
    last = {sign: written.rfind(sign) for sign in (b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25h")}
    assert last[b"\x1b[?1049h"] < last[b"\x1b[?1049l"]
    assert written.rfind(b"\x1b[?25l") < last[b"\x1b[?25h"]
    assert written.rfind(b"\x1b[?1003h") < written.rfind(b"\x1b[?1003l")
