"""A pane whose rows are paragraphs, folded to its width, of which one may be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from flaketui.drawing.lines import StyledLine, wrap
from flaketui.drawing.palettes import Role
from flaketui.panes.pane import Pane
from flaketui.panes.registry import PaneEntry
from flaketui.view.scene import Scene


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A row of such a pane.

    Attributes:
        text, role, indent: what is written, how, and how many cells to the right.
    """

    text: str
    role: Role = "text"
    indent: int = 0

    @property
    def on_one_line(self) -> bool:
        """Whether it is cut at the edge and not folded."""
        return False


class ParagraphPane(Pane):
    """Draws paragraphs from the top row on, and finds the one that was clicked on."""

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._chosen = -1
        self._shown: list[tuple[int, Strip]] = []

    def clicked(self, y: int) -> int:
        """Return the place of the paragraph in a line of the pane; -1 where there is none."""
        at = self.top + y - self.title_rows
        return self._shown[at][0] if y >= self.title_rows and at < len(self._shown) else -1

    def drawn(
        self, scene: Scene, rows: Sequence[Paragraph], width: int, height: int, note: str
    ) -> list[Strip]:
        """Return the title with a note, and the lines below it, the chosen paragraph in sight."""
        self._shown = []
        current = -1
        for place, row in enumerate(rows):
            if place == self._chosen:
                current = len(self._shown)
            lines = paragraph_lines(scene, row, width, chosen=place == self._chosen)
            self._shown += [(place, line) for line in lines]
        space = height - 1
        self.follow(current, len(self._shown), space)
        hidden = len(self._shown) - self.top - space
        note = " · ".join(
            [*filter(None, [note]), *([f"{hidden} more below"] if hidden > 0 else [])]
        )
        return [
            self.title(scene, width, note),
            *(line for _, line in self._shown[self.top : self.top + space]),
        ]


def paragraph_lines(scene: Scene, row: Paragraph, width: int, *, chosen: bool) -> list[Strip]:
    """Return the lines of one paragraph, with what the filter looks for marked."""
    look, needle = scene.look, scene.view.filter
    margin = " " * (1 + row.indent)
    texts = [row.text] if row.on_one_line else wrap(row.text, width - len(margin) - 1)
    return [
        StyledLine(look, width, "selected" if chosen else "plain")
        .add(margin)
        .found(text, row.role, needle)
        .strip()
        for text in texts
    ]
