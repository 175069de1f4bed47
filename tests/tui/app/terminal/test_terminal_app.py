"""The explorer stops and continues as the shell asks, and hangs where nobody would continue it."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from program import PATIENCE_S, PROGRAM

_ASK = "from flaketui.app.terminal.terminal_app import is_job_of_a_shell as is_job; print(is_job())"


@pytest.mark.skipif(not hasattr(os, "getsid"), reason="this system has no sessions")
def test_a_program_is_the_job_of_a_shell_in_its_session_but_in_a_group_of_its_own() -> None:
    ask = [sys.executable, "-c", _ASK]
    as_job = subprocess.run(ask, process_group=0, capture_output=True, check=True, text=True)
    in_a_script = subprocess.run(ask, capture_output=True, check=True, text=True)
    alone = subprocess.run(ask, start_new_session=True, capture_output=True, check=True, text=True)
    said = [each.stdout.strip() for each in (as_job, in_a_script, alone)]
    assert said == ["True", "False", "False"]


@pytest.mark.slow
def test_the_whole_screen_is_drawn_when_the_shell_continues_the_program(tmp_path: Path) -> None:
    nobodys = {f"XDG_{kind}_HOME": str(tmp_path) for kind in ("CONFIG", "STATE", "DATA")}
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 120))

    def written(until: bytes) -> bytes:
        seen, deadline = b"", time.monotonic() + PATIENCE_S
        while until not in seen and time.monotonic() < deadline:
            if select.select([ours], [], [], 0.5)[0]:
                seen += os.read(ours, 1 << 16)
        while select.select([ours], [], [], 1)[0]:
            seen += os.read(ours, 1 << 16)
        return seen

    with subprocess.Popen(
        [PROGRAM, "demo"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm-256color"} | nobodys,
        start_new_session=True,
    ) as program:
        try:
            assert b"GC heap" in written(until=b"GC heap")
            program.send_signal(signal.SIGTSTP)
            assert os.WIFSTOPPED(os.waitpid(program.pid, os.WUNTRACED)[1])
            assert b"\x1b[?1049l" in written(until=b"\x1b[?25h")
            program.send_signal(signal.SIGCONT)
            again = written(until=b"GC heap")
            assert b"\x1b[?1049h" in again
            assert b"GC heap" in again
            assert b"TestStatsCountDeliveries" in again
        finally:
            program.kill()
            os.close(ours)
            os.close(theirs)
