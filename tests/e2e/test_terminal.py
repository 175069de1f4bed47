"""The two terminals that programs are run in show and say the same."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

import pytest

from e2e.terminal import AS_FOUND, Modes, PyteTerminal, Style, Terminal, TmuxTerminal

KINDS = [PyteTerminal, TmuxTerminal] if shutil.which("tmux") else [PyteTerminal]

PROGRAM = r"""
import os, sys, termios, tty
print("size", *os.get_terminal_size())
before = termios.tcgetattr(0)
tty.setraw(0)
print("\x1b[?1049h\x1b[?1003h\x1b[?25l\x1b[>1u", end="")
print("\x1b[2J\x1b[3;5H\x1b[7;31minside\x1b[m ▁▂█ ✗", end="", flush=True)
while (key := os.read(0, 16)) != b"q":
    print("\x1b[4;5Hkey " + key.hex() + "\x1b[K", end="", flush=True)
print("\x1b[<u\x1b[?1049l\x1b[?1003l\x1b[?25h", end="", flush=True)
termios.tcsetattr(0, termios.TCSADRAIN, before)
print("outside", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(params=KINDS)
def terminal(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    with request.param([sys.executable, "-c", PROGRAM], 80, 24, {}) as opened:
        yield opened


def test_a_terminal_shows_the_program_what_it_types_and_what_it_switches(
    terminal: Terminal,
) -> None:
    terminal.wait_for("inside")
    assert terminal.lines()[2] == "    inside ▁▂█ ✗"
    assert terminal.styles()[2][4] == Style("red", "default", bold=False, reverse=True)
    assert terminal.styles()[2][11] == Style("default", "default", bold=False, reverse=False)
    assert terminal.modes() == Modes(alternate_screen=True, cursor_visible=False, mouse=True)
    for key, code in {"[": "5b", ";": "3b", "tab": "09", "left": "1b5b44", "+": "2b"}.items():
        terminal.press(key)
        terminal.wait_for(rf"key {code}$")
    terminal.press("q")
    terminal.wait_for("outside")
    assert "inside" not in terminal.text()
    assert terminal.modes() == AS_FOUND


def test_a_screen_that_never_shows_what_must_come_is_told_with_its_text(
    terminal: Terminal,
) -> None:
    terminal.wait_for("inside")
    with pytest.raises(AssertionError, match=r"(?s)a miracle: not seen.*inside"):
        terminal.wait("a miracle", lambda text: "miracle" in text, seconds=0.2)
