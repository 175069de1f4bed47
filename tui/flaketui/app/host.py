"""What the parts of the explorer may read of it and ask it to do.

The parts are objects that the application holds: each gets an ``ExplorerHost`` and has no other
part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from textual.screen import Screen

from flakecore.timeline import Case
from flaketui.app.background import Background
from flaketui.dialogs.prompt import Prompt
from flaketui.drawing.theme import Look
from flaketui.panes.layout import PaneLayout
from flaketui.view.arrangement import Arrangement
from flaketui.view.scene import Scene
from flaketui.view.viewport import History, Viewport


class ExplorerHost(Protocol):
    """The explorer as its parts see it.

    Attributes:
        cases: the cases of the bundle; none until it has been opened.
        case_index: index of the case on screen.
        view: the viewport.
        history: the viewports that were left by a jump.
    """

    layout: PaneLayout
    prompt: Prompt
    background: Background
    history: History
    cases: tuple[Case, ...]
    case_index: int
    view: Viewport

    @property
    def case(self) -> Case:
        """The case on screen."""

    @property
    def scene(self) -> Scene:
        """What the panes show from the next frame on."""

    @property
    def arrangement(self) -> Arrangement:
        """What is arranged for the case on screen."""

    @property
    def look(self) -> Look:
        """Styles and glyphs."""

    def arrange(self, arrangement: Arrangement) -> None:
        """Show and keep another arrangement."""

    def go(self, view: Viewport, step: str) -> None:
        """Show another viewport; ``step`` names the kind of step, "" leaves no history."""

    def show_sentence(self, text: str) -> None:
        """Show a sentence in the bottom line until the next key."""

    def open_case(self, index: int, view: Viewport | None = None) -> None:
        """Show another case of the bundle."""

    def read_case(self, index: int) -> Case:
        """Return a case of the bundle with its trace; a thread of its own calls this."""

    def ask_jump(self) -> None:
        """Ask for a moment, goroutine or test to go to."""

    def draw_soon(self) -> None:
        """Draw a frame when the next one is due."""

    def open_dialog(self, dialog: Screen[Any], closed: Callable[[Any], None] | None = None) -> None:
        """Show a dialog over the panes; ``closed`` gets its result."""
