"""Watching a terminal leaves the process as it was, where the terminal stays."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import termios
import threading
import time
from pathlib import Path

import pytest

from flaketui.app.terminal.terminal_watch import leaving_with_terminal
from program import PATIENCE_S, PROGRAM


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
    nobodys = {f"XDG_{kind}_HOME": str(tmp_path) for kind in ("CONFIG", "STATE", "DATA")}
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 120))
    before = termios.tcgetattr(theirs)
    written, deadline = b"", time.monotonic() + PATIENCE_S
    with subprocess.Popen(
        [PROGRAM, "demo"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm-256color"} | nobodys,
        start_new_session=True,
    ) as program:
        try:
            while b"TestStats" not in written and time.monotonic() < deadline:
                if select.select([ours], [], [], 0.5)[0]:
                    written += os.read(ours, 1 << 16)
            assert b"TestStats" in written
            assert termios.tcgetattr(theirs)[3] != before[3]
            while select.select([ours], [], [], 0.5)[0]:  # a terminal takes what it is sent
                written += os.read(ours, 1 << 16)
            program.send_signal(sent)
            while program.poll() is None and time.monotonic() < deadline:
                if select.select([ours], [], [], 0.05)[0]:
                    written += os.read(ours, 1 << 16)
            assert program.wait(PATIENCE_S) == 128 + sent
            while select.select([ours], [], [], 0.5)[0]:
                written += os.read(ours, 1 << 16)
            assert termios.tcgetattr(theirs) == before
        finally:
            program.kill()
            os.close(ours)
            os.close(theirs)
    last = {sign: written.rfind(sign) for sign in (b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25h")}
    assert last[b"\x1b[?1049h"] < last[b"\x1b[?1049l"]
    assert written.rfind(b"\x1b[?25l") < last[b"\x1b[?25h"]
    assert written.rfind(b"\x1b[?1003h") < written.rfind(b"\x1b[?1003l")
