"""A widget of lines that are drawn from a scene, of which only changed lines are sent again."""

from __future__ import annotations

from abc import abstractmethod

from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from flakecore.unexpected_errors import loss_of_error
from flaketui.drawing.lines import StyledLine, wrap
from flaketui.view.scene import Scene


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
        before, lines = self.lines, self._drawn(scene, width, height)
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

    def _drawn(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Return the lines of a scene; where drawing fails, a sentence about it in their place."""
        try:
            return self.draw(scene, width, height)
        except Exception as error:
            loss = loss_of_error(error, self.id or "pane", "it cannot be drawn")
            lines = wrap(str(loss), width - 1)[:height]
            return [StyledLine(scene.look, width).add(f" {text}", "bad").strip() for text in lines]

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
