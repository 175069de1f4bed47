"""What every pane has in common: its rows, what its keys do, and what it offers to the explorer.

A pane is a subclass in a folder of its own and an entry in ``registry``. It draws a ``Scene``,
never keeps state that another pane needs, and answers actions with a new viewport or arrangement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.strip import Strip

from flakecore.timeline import Case, FrameQuery
from flaketui.drawing.lines import StyledLine, fit_words
from flaketui.panes.action_results import Change, Choice, PromptKind
from flaketui.panes.lines_widget import LinesWidget
from flaketui.panes.registry import PaneEntry
from flaketui.view.arrangement import Arrangement
from flaketui.view.key import Key
from flaketui.view.scene import Scene
from flaketui.view.search import Match
from flaketui.view.viewport import Viewport


class Pane(LinesWidget):
    """One of the panes.

    Attributes:
        keys: keys of its own, which work in any pane: the action of each is a method of this class
            that takes a scene and returns a ``Change``.
        describes_selection: whether Enter on a row that has no action of its own leads here.
        entry: its entry in the registry.
        top: the first of its rows that is on screen.
        active: whether keys go to it. That is no focus of Textual's, for which a change of
            focus sends the whole screen again.
    """

    keys: ClassVar[tuple[Key, ...]] = ()
    describes_selection: ClassVar[bool] = False

    class Chosen(Message):
        """The person chose something in a pane; the explorer is to show this viewport."""

        def __init__(self, pane: Pane, view: Viewport) -> None:
            super().__init__()
            self.pane = pane
            self.view = view

    class Arranged(Message):
        """The person arranged something with a row; ``change`` makes the new arrangement."""

        def __init__(self, change: Callable[[Arrangement], Arrangement]) -> None:
            super().__init__()
            self.change = change

    class CaseChosen(Message):
        """The person chose another case of the bundle."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class Answered(Message):
        """A pane answers a key with a sentence."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(id=entry.name)
        self.entry = entry
        self.top = 0
        self.active = False
        self._followed = (-1, 0)

    @property
    def title_rows(self) -> int:
        """How many lines stand above the rows that scroll."""
        return 1

    @property
    def page_rows(self) -> int:
        """How many rows fit on the screen."""
        return max(1, self.size.height - self.title_rows)

    @property
    def columns(self) -> int:
        """How many cells show the window; 0 where the pane has no time axis."""
        return 0

    def wanted_rows(self, scene: Scene, width: int) -> int:
        """Return how many lines show everything the pane has at this width; 0 for any number."""
        del scene, width
        return 0

    def used_rows(self, scene: Scene, width: int, height: int) -> int:
        """Return how many of so many lines it fills."""
        del scene, width
        return height

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Return the viewport with another row chosen; None where there is none."""
        del scene
        self.scroll_rows(delta)
        return None

    def choose(self, scene: Scene) -> Viewport | None:
        """Return the viewport after Enter on the current row; None to go to the details."""
        del scene
        return None

    def look_at(self, scene: Scene, origin: str) -> str:
        """Show what is selected in the pane of a name; returns what the bottom line shows of it."""
        del scene, origin
        return ""

    def leads_to_profile(self, scene: Scene) -> bool:
        """Return whether Enter on a row without an action of its own opens the profile."""
        del scene
        return False

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Return the viewport after a click at a cell of the pane."""
        del scene, x, y
        return None

    def after_hiding(self, scene: Scene) -> Viewport | None:
        """Return the viewport to go to when the selected lane is hidden; None to stay."""
        del scene
        return None

    def filter_rows(self, scene: Scene) -> Change | PromptKind:
        """Show another part of the rows, or ask which."""
        del scene
        return Change(
            sentence="this pane has no filter; x hides a lane, t shows only the selected test"
        )

    def sort_rows(self, scene: Scene) -> Change:
        """Put the rows in another order."""
        del scene
        return Change(sentence="this pane has one order only: that of time")

    def choices(self, scene: Scene) -> Iterable[Choice]:
        """Return what the command palette offers for the pane, besides keys."""
        del scene
        return ()

    @staticmethod
    def search(case: Case, needle: str) -> list[Match]:
        """Return what a search finds among the pane's rows of a case, in any order.

        Args:
            case: the case; a thread of its own calls this.
            needle: the text to find, in lower case.
        """
        del case, needle
        return []

    @staticmethod
    def prepare(case: Case) -> None:
        """Look up what the first frame of a case would wait for; a thread of its own calls this."""

    def needs(self, scene: Scene) -> FrameQuery | None:
        """Return what is looked up in the trace to draw a scene; None for nothing."""
        del scene
        return None

    def profiles_wanted(self, scene: Scene) -> Iterable[int]:
        """Return the cases whose profiles are shown, by their places in ``scene.others``."""
        del scene
        return ()

    def copied(self) -> str:
        """Return what is copied of the pane."""
        return self.plain_text

    def exported(self, scene: Scene) -> dict[str, object]:
        """Return the fields that the pane adds to a view written as JSON."""
        del scene
        return {}

    @property
    def name_shown(self) -> str:
        """The word in its title."""
        return self.entry.name

    def scroll_rows(self, delta: int) -> None:
        """Move the rows under the title without choosing one."""
        self.top = max(0, self.top + delta)
        self.redraw()

    def follow(self, row: int, count: int, height: int) -> None:
        """Bring a row of so many into view by moving ``top`` as little as possible.

        A row that was followed before is left alone, so that the person can scroll away from it.
        """
        if row >= 0 and (row, height) != self._followed:
            rim = 1 if height > 4 else 0
            self.top = min(self.top, row - rim)
            self.top = max(self.top, row - height + 1 + rim)
        self._followed = (row, height)
        self.top = max(0, min(self.top, count - height))

    def title(self, scene: Scene, width: int, note: str = "") -> Strip:
        """Return the title line: the name, marked when current, a note, and a rule."""
        line = self.title_name(scene, width)
        if note:
            line.add(f" {fit_words(note, line.left - 2, scene.look.glyphs.ellipsis)} ", "muted")
        return line.rule().strip()

    def title_name(self, scene: Scene, width: int) -> StyledLine:
        """Begin a title line with the pane's name."""
        line = StyledLine(scene.look, width)
        word = f" {self.name_shown.upper()} "
        if self.active:
            return line.styled(word, scene.look.style("title", "cursor"))
        return line.add(word, "title")

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked on."""
        if self.scene is None:
            return
        offset = event.get_content_offset(self)
        if offset is not None:
            view = self.pick(self.scene, offset.x, offset.y)
            self.post_message(self.Chosen(self, view or self.scene.view))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll the rows under the pointer."""
        event.stop()
        self.scroll_rows(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll the rows under the pointer."""
        event.stop()
        self.scroll_rows(-3)
