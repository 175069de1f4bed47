"""What every pane has in common: lines drawn from a scene, and only changed lines sent again."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from flaketui.drawing.lines import Line
from flaketui.view.scene import Scene
from flaketui.view.viewport import Viewport


class LinesWidget(Widget):
    """A widget whose lines are worked out from a scene, and kept until one differs.

    Textual sends a refreshed region whole, so a line that did not change must not be refreshed.
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 (Textual's own name for it)
        super().__init__(id=id)
        self.scene: Scene | None = None
        self.lines: list[Strip] = []

    def show(self, scene: Scene) -> None:
        """Draw the scene, refreshing only the lines that it changes."""
        self.scene = scene
        width, height = self.size
        if not width or not height or not self.is_on_screen:
            self.lines = []
            return
        before, lines = self.lines, self.draw(scene, width, height)
        blank = Strip.blank(width, scene.look.style("text"))
        self.lines = lines + [blank] * (height - len(lines))
        if len(before) != len(self.lines) or (before and before[0].cell_length != width):
            self.refresh()
            return
        changed = [
            Region(0, y, width, 1)
            for y, (old, new) in enumerate(zip(before, self.lines, strict=True))
            if old != new
        ]
        if changed:
            self.refresh(*changed)

    @property
    def is_on_screen(self) -> bool:
        """Whether the layout shows this widget at all."""
        return all(node.display for node in self.ancestors_with_self)

    @abstractmethod
    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Return the lines that show a scene in this size."""

    def render_line(self, y: int) -> Strip:
        """Give Textual a line that was drawn before."""
        if y < len(self.lines):
            return self.lines[y]
        if self.scene is not None:
            return Strip.blank(self.size.width, self.scene.look.style("text"))
        return Strip.blank(self.size.width)

    def on_resize(self, _: events.Resize) -> None:
        """Draw again in the new size."""
        self.redraw()

    def on_show(self, _: events.Show) -> None:
        """Draw what was passed over while the widget was hidden."""
        self.redraw()

    def redraw(self) -> None:
        """Draw the same scene again."""
        if self.scene is not None:
            self.show(self.scene)

    @property
    def plain_text(self) -> str:
        """What the widget shows, as text."""
        return "\n".join(line.text.rstrip() for line in self.lines).rstrip()


class Pane(LinesWidget):
    """One of the numbered panes.

    Attributes:
        number: the key that brings it up.
        name_shown: the word in its title.
        top: the first of its rows that is on screen.
        active: whether keys go to it. That is no focus of Textual's, for which a change of
            focus sends the whole screen again.
    """

    number: ClassVar[int]
    name_shown: ClassVar[str]

    class Chosen(Message):
        """The person chose something in a pane; the explorer is to show this viewport."""

        def __init__(self, pane: Pane, view: Viewport) -> None:
            super().__init__()
            self.pane = pane
            self.view = view

    def __init__(self) -> None:
        super().__init__(id=self.name_shown)
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

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Return the viewport with another row chosen; None where there is none."""
        del scene
        self.scroll_rows(delta)
        return None

    def choose(self, scene: Scene) -> Viewport | None:
        """Return the viewport after Enter on the current row; None to go to the details."""
        del scene
        return None

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Return the viewport after a click at a cell of the pane."""
        del scene, x, y
        return None

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
            line.add(f" {note} ", "muted")
        return line.rule().strip()

    def title_name(self, scene: Scene, width: int) -> Line:
        """Begin a title line with the pane's name."""
        line = Line(scene.look, width)
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
