"""How the explorer draws: colours, glyphs, frames a second, mouse and animation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from flaketui.app.terminal.terminal_environment import (
    chosen_palette,
    frames_per_second,
    is_ascii_locale,
    is_linux_console,
    is_remote,
)
from flaketui.drawing.palettes import DARK, PALETTES, Palette
from flaketui.drawing.theme import Look, look


@dataclass(frozen=True)
class DisplaySettings:
    """What was asked for on the command line, or else suits the terminal.

    Attributes:
        palette: colours.
        ascii_glyphs: draw with ASCII characters only.
        fps: frames a second at most.
        mouse: ask the terminal for mouse events.
        animated: let Textual animate what it draws itself.
    """

    palette: Palette = DARK
    ascii_glyphs: bool = False
    fps: int = 60
    mouse: bool = True
    animated: bool = True

    @classmethod
    def for_terminal(
        cls, *, ascii_glyphs: bool = False, mouse: bool = True, fps: int | None = None
    ) -> DisplaySettings:
        """Return the settings for the terminal that the environment describes.

        Args:
            ascii_glyphs: draw with ASCII characters; a Linux console, and a
                terminal of the locale C, are drawn so in any case.
            mouse: ask the terminal for mouse events.
            fps: frames a second at most; None chooses by whether the terminal is far away.
        """
        return cls(
            palette=chosen_palette(),
            ascii_glyphs=ascii_glyphs or is_linux_console() or is_ascii_locale(),
            fps=fps or frames_per_second(),
            mouse=mouse,
            animated=not is_remote(),
        )

    @cached_property
    def look(self) -> Look:
        """The styles of the palette with the glyphs."""
        return look(self.palette, ascii_glyphs=self.ascii_glyphs)

    def with_palette(self, name: str) -> DisplaySettings:
        """Return the settings with the palette of this name."""
        return replace(self, palette=PALETTES[name])
