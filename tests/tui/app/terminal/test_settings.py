"""How the explorer draws follows the command line, and else the terminal."""

from __future__ import annotations

import pytest

from flaketui.app.terminal.settings import DisplaySettings
from flaketui.drawing.palettes import DARK, LIGHT, SIXTEEN


def test_a_near_terminal_of_many_colours_gets_all_there_is() -> None:
    assert DisplaySettings.for_terminal() == DisplaySettings(DARK, False, 60, True, True)


def test_a_far_terminal_gets_fewer_frames_and_no_animation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 22 10.0.0.2 22")
    far = DisplaySettings.for_terminal()
    assert (far.fps, far.animated) == (15, False)
    assert DisplaySettings.for_terminal(fps=40).fps == 40


def test_a_linux_console_is_drawn_in_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    console = DisplaySettings.for_terminal()
    assert (console.ascii_glyphs, console.palette) == (True, SIXTEEN)
    assert console.look.ascii


def test_what_was_asked_for_is_kept_by_another_palette() -> None:
    settings = DisplaySettings(ascii_glyphs=True, fps=7, mouse=False).with_palette(LIGHT.name)
    assert (settings.palette, settings.ascii_glyphs, settings.fps) == (LIGHT, True, 7)
    assert settings.look.palette is LIGHT
