"""The Runs pane: what failed how often, under which conditions, and every run, to open it."""

from __future__ import annotations

from textual.strip import Strip

from flaketui.panes.paragraph_pane import ParagraphPane
from flaketui.panes.runs.run_rows import run_rows
from flaketui.view.scene import Scene
from flaketui.view.viewport import Viewport


class RunsPane(ParagraphPane):
    """Rates, associations and runs; Enter opens a run whose evidence was kept."""

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Go to another run; past the last one, scroll."""
        stops = [place for place, row in enumerate(run_rows(scene)) if row.run >= 0]
        at = stops.index(self._chosen) if self._chosen in stops else -1
        target = min(max(at + delta, 0), len(stops) - 1)
        if not stops or target == at:
            self.scroll_rows(delta)
            return None
        self._chosen = stops[target]
        self.redraw()
        return None

    def choose(self, scene: Scene) -> Viewport | None:
        """Open the chosen run, if its evidence is in the bundle."""
        rows = run_rows(scene)
        row = rows[self._chosen] if 0 <= self._chosen < len(rows) else None
        if row is None:
            self.post_message(self.Answered("choose a run with j and k, enter opens it"))
        elif row.case < 0:
            self.post_message(self.Answered("what this run left was not kept: only its outcome is"))
        elif scene.others[row.case] is scene.case:
            self.post_message(self.Answered("this run is the one on screen"))
        else:
            self.post_message(self.CaseChosen(row.case))
        return scene.view

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Choose the run that was clicked on; once more opens it."""
        del x
        place = self.clicked(y)
        if place < 0:
            return None
        if place == self._chosen:
            return self.choose(scene)
        if run_rows(scene)[place].run >= 0:
            self._chosen = place
            self.redraw()
        return None

    def exported(self, scene: Scene) -> dict[str, object]:
        """Return what failed how often, and what it goes with."""
        return {
            "rates": [
                {
                    "name": rate.name,
                    "failures": rate.failures,
                    "runs": rate.runs,
                    "goes_with": [each.sentence() for each in rate.goes_with],
                    "predicates": [each.sentence() for each in rate.predicates],
                }
                for rate in scene.runs.rates
            ]
        }

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw what fits from the top row on."""
        count = len(scene.runs.runs) or len(scene.others)
        note = f"{count:,} runs" if count > 1 else ""
        return self.drawn(scene, run_rows(scene), width, height, note)
