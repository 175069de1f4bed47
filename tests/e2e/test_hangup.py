"""The installed program ends when its terminal goes away, and has kept where the person was."""

from __future__ import annotations

import json
import shlex
import sys
import time
from pathlib import Path

import pytest

from e2e.terminal import PyteTerminal
from program import PROGRAM

SECONDS = 2.0
"""After so long the process must have ended."""
_ENDED = "ended"


def started(folder: Path, *, hears_hangup: bool) -> PyteTerminal:
    """Open the sample under a shell that notes the program's exit status when it has ended."""
    trap = ":" if hears_hangup else "''"
    script = (
        f"trap {trap} HUP; {shlex.quote(str(PROGRAM))} demo; "
        f"echo $? > {_ENDED}.part; mv {_ENDED}.part {_ENDED}"
    )
    nobodys = {f"XDG_{kind}_HOME": str(folder) for kind in ("CONFIG", "STATE", "DATA")}
    command = ["/bin/sh", "-c", f"cd {shlex.quote(str(folder))}; {script}"]
    return PyteTerminal(command, 120, 40, {"HOME": str(folder), **nobodys})


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("hears_hangup", [True, False], ids=["hangup-heard", "hangup-ignored"])
@pytest.mark.slow
def test_the_program_ends_with_its_terminal(tmp_path: Path, *, hears_hangup: bool) -> None:
    terminal = started(tmp_path, hears_hangup=hears_hangup)
    terminal.wait_for(r"failure 1/4")
    terminal.wait_until_still()
    terminal.press("]")
    terminal.wait_for(r"failure 2/4")
    terminal.hang_up()
    until = time.monotonic() + SECONDS
    while not (tmp_path / _ENDED).exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert (tmp_path / _ENDED).read_text() == "129\n"
    (kept,) = (tmp_path / "flaketui" / "views").glob("*.json")
    (case,) = json.loads(kept.read_text())["cases"].values()
    assert case["left"]["selected"][2] == 1  # the second failure
    terminal.close()
