"""Every use of a part of Textual that its documentation does not promise.

They hold for Textual 8.2. A test looks each of them up, so that a release without one fails there
and not on a person's screen.
"""

from __future__ import annotations

from rich.text import Text
from textual.app import App
from textual.screen import Screen

from flakecore.text.printable import printable_lines

VERIFIED_FOR = "8.2"
"""The release of Textual whose source these were read in."""
APP_HOOKS = ("_fatal_error", "_exception", "_exit_renderables", "_close_messages_no_wait")
"""Attributes of ``App`` that ``CrashLoggingApp`` overrides or reads."""
SCREEN_HOOKS = ("_compositor",)
"""Attributes of ``Screen`` that ``screen_lines`` reads."""
COMPOSITOR_HOOKS = ("render_strips",)
"""Attributes of the screen's compositor that ``screen_lines`` calls."""
DEFAULT_SCREEN_ID = "_default"
"""The id of the screen that ``App.get_default_screen`` makes; Textual's own code looks it up."""


def screen_lines(screen: Screen[object]) -> list[str]:
    """Return the text of each line of the screen, as it was last composed."""
    return [strip.text for strip in screen._compositor.render_strips()]


class CrashLoggingApp(App[None]):
    """An application that ends on an uncaught exception with one sentence, not a traceback."""

    def crash_sentence(self, error: BaseException | None) -> str:
        """Return what is printed after the terminal has been restored."""
        return f"internal error ({type(error).__name__})"

    def _fatal_error(self) -> None:
        """Leave the terminal as it was, and print the sentence.

        Textual calls this for an exception that nothing caught; its own version prints the
        traceback with the values of all variables.
        """
        sentence = printable_lines(self.crash_sentence(self._exception))
        self._exit_renderables.append(Text(sentence, no_wrap=True, overflow="ignore"))
        self._close_messages_no_wait()
