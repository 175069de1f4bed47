"""The Source pane: the lines of all places of the chosen finding, with who stands where."""

from __future__ import annotations

from textual.strip import Strip

from flaketui.drawing.lines import StyledLine, width_of
from flaketui.panes.details.blocks import plain_source
from flaketui.panes.pane import Pane
from flaketui.panes.registry import PaneEntry
from flaketui.panes.source.race_sides import (
    SIDE_BY_SIDE,
    RaceSide,
    race_sides,
    sides_lines,
    sides_rows,
)
from flaketui.panes.source.source_lines import SourceLine, Spot, lines_around, source_lines, spots
from flaketui.view.lanes import goroutine_lane
from flaketui.view.scene import Scene
from flaketui.view.viewport import SelectionKind, Viewport

NO_PLACE = " no line of code is named by what is selected"


class SourcePane(Pane):
    """Excerpts of source files; the keys go from place to place, and to who stands there."""

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._places: tuple[Spot, ...] = ()
        self._chosen = -1
        self._shown: list[SourceLine] = []
        self._sides: tuple[RaceSide, RaceSide] | None = None

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Go to the next place, and to the goroutine that stands there; past the last, scroll."""
        if self._sides is not None and abs(delta) == 1:
            return self._go_to_side(
                scene, self._sides, 0 if self._chosen < 0 else self._chosen + delta
            )
        stops = [at for at, line in enumerate(self._shown) if line.is_place]
        here = stops.index(self._chosen) if self._chosen in stops else (-1 if delta > 0 else 0)
        target = here + delta
        if abs(delta) > 1 or not 0 <= target < len(stops):
            self.scroll_rows(delta)
            return None
        return self._go_to(scene, stops[target])

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Go to who stands on the line that was clicked on."""
        if self._sides is not None:
            return self._go_to_side(scene, self._sides, int(x > self.size.width // 2))
        at = self.top + y - self.title_rows
        known = y >= self.title_rows and at < len(self._shown) and self._shown[at].is_place
        return self._go_to(scene, at) if known else None

    def _go_to_side(
        self, scene: Scene, sides: tuple[RaceSide, RaceSide], side: int
    ) -> Viewport | None:
        """Stand on one of the accesses, and go to its goroutine."""
        self._chosen = max(0, min(1, side))
        self.redraw()
        lane = goroutine_lane(sides[self._chosen].goroutine)
        return scene.view.select(lane=lane, subject=SelectionKind.LANE) if lane else None

    def _go_to(self, scene: Scene, at: int) -> Viewport:
        self._chosen = at
        self.redraw()
        lane = goroutine_lane(self._shown[at].goroutine)
        if lane is None:
            return scene.view
        return scene.view.select(lane=lane, subject=SelectionKind.LANE)

    def wanted_rows(self, scene: Scene, width: int) -> int:
        """Return the lines of all places with some around each, under the title."""
        sides = race_sides(scene) if width >= SIDE_BY_SIDE else None
        if sides is not None:
            return 1 + sides_rows(sides)
        places = spots(scene)
        return 1 + (lines_around(scene, places) if places else 1)

    def used_rows(self, scene: Scene, width: int, height: int) -> int:
        """Return the lines of the places with as many around each as fit, under the title."""
        sides = race_sides(scene) if width >= SIDE_BY_SIDE else None
        if sides is not None:
            return min(height, 1 + len(sides_lines(scene, sides, width, height - 1, -1)))
        places = spots(scene)
        return min(height, 1 + max(1, len(source_lines(scene, places, height - 1))))

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw the lines that fit."""
        places = spots(scene)
        if places != self._places:
            self._places, self.top, self._chosen = places, 0, -1
        self._sides = race_sides(scene) if width >= SIDE_BY_SIDE else None
        if self._sides is not None:
            drawn = sides_lines(scene, self._sides, width, height - 1, self._chosen)
            return [self.title(scene, width, "both accesses of the race"), *drawn]
        if not places:
            words = StyledLine(scene.look, width).add(NO_PLACE, "muted").strip()
            return [self.title(scene, width), words]
        space = height - 1
        lines = source_lines(scene, places, space)
        self._shown = lines
        self.follow(self._chosen, len(lines), space)
        wide = len(str(max(line.number for line in lines)))
        hidden = len(lines) - self.top - space
        note = f"{hidden} more below" if hidden > 0 else ""
        shown = lines[self.top : self.top + space]
        return [
            self.title(scene, width, note),
            *(
                _line(scene, line, wide, width, chosen=at == self._chosen)
                for at, line in enumerate(shown, self.top)
            ),
        ]


def _line(scene: Scene, shown: SourceLine, wide: int, width: int, *, chosen: bool) -> Strip:
    look = scene.look
    line = StyledLine(look, width, "selected" if chosen else "plain")
    if shown.number == 0:
        line.add(f" {shown.text}", "accent")
        return line.add("  changed after this run" if shown.changed else "", "warn").strip()
    if shown.number < 0:
        return line.add(f" {' ' * wide}  {look.glyphs.ellipsis}", "faint").strip()
    mark = look.glyphs.current if shown.is_place else " "
    line.add(f" {shown.number:>{wide}} ", "faint").add(f"{mark} ", "bad")
    text = plain_source(shown.text)
    room = line.left - (width_of(shown.words) + 3 if shown.words else 0)
    if width_of(text) > room > 8:
        text = text[: room - 1] + look.glyphs.ellipsis
    line.found(text, "text" if shown.is_place else "muted", scene.view.filter)
    return line.add(f"  {shown.words}" if shown.words else "", "warn").strip()
