"""The explorer stops and continues as the shell asks, and hangs where nobody would continue it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tui.app.terminal.demo_in_terminal import demo_in_terminal

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
    with demo_in_terminal(tmp_path) as demo:
        assert b"GC heap" in demo.drawn(until=b"GC heap")
        demo.program.send_signal(signal.SIGTSTP)
        assert os.WIFSTOPPED(os.waitpid(demo.program.pid, os.WUNTRACED)[1])
        assert b"\x1b[?1049l" in demo.drawn(until=b"\x1b[?25h")
        demo.program.send_signal(signal.SIGCONT)
        again = demo.drawn(until=b"GC heap")
    assert b"\x1b[?1049h" in again
    assert b"GC heap" in again
    assert b"TestStatsCountDeliveries" in again
