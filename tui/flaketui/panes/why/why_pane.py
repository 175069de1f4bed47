"""The Why pane: the findings on the selected failure, the strongest first."""

from __future__ import annotations

from textual.strip import Strip

from flaketui.panes.paragraph_pane import ParagraphPane, paragraph_lines
from flaketui.panes.profile.selected_function import names_what_runs
from flaketui.panes.registry import PaneEntry
from flaketui.panes.why.why_row import WhyRow
from flaketui.panes.why.why_rows import why_rows
from flaketui.view.lanes import goroutine_lane
from flaketui.view.scene import Scene
from flaketui.view.viewport import SelectionKind, Viewport


class WhyPane(ParagraphPane):
    """Claims and their evidence: a claim chooses its finding, evidence leads to its moment."""

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._failure = -1

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Go to another claim or piece of evidence; past the last one, scroll."""
        rows = why_rows(scene)
        stops = [place for place, row in enumerate(rows) if row.can_be_chosen]
        at = stops.index(self._chosen) if self._chosen in stops else -1
        target = at + delta
        if abs(delta) > 1 or not 0 <= target < len(stops):
            self.scroll_rows(delta)
            return None
        return self._go_to(scene, stops[target], rows[stops[target]])

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Go to what was clicked on."""
        del x
        rows, place = why_rows(scene), self.clicked(y)
        known = 0 <= place < len(rows) and rows[place].can_be_chosen
        return self._go_to(scene, place, rows[place]) if known else None

    def choose(self, scene: Scene) -> Viewport | None:
        """Go to the chosen evidence once more; of one that is there, lead on from its finding."""
        rows = why_rows(scene)
        if not 0 <= self._chosen < len(rows):
            return None
        row = rows[self._chosen]
        if row.evidence is None and row.leads is None:
            return None
        view = self._go_to(scene, self._chosen, row)
        return view if view != scene.view or row.leads is not None else None

    def leads_to_profile(self, scene: Scene) -> bool:
        """Lead from a finding on what runs or allocates to the profile that has it."""
        rows, findings = why_rows(scene), scene.findings or ()
        number = rows[self._chosen].finding if 0 <= self._chosen < len(rows) else -1
        return 0 <= number < len(findings) and names_what_runs(findings[number])

    def exported(self, scene: Scene) -> dict[str, object]:
        """Return the findings with their evidence."""
        return {
            "findings": [
                {
                    "rule": one.rule,
                    "claim": one.claim,
                    "certainty": one.certainty.value,
                    "evidence": [each.text for each in one.evidence],
                    "next": one.next,
                }
                for one in scene.findings or ()
            ]
        }

    def _go_to(self, scene: Scene, place: int, row: WhyRow) -> Viewport:
        self._chosen = place
        self.redraw()
        if row.leads is not None:
            return row.leads(scene.view)
        view = scene.view.select(finding=row.finding)
        if row.evidence is None:
            return view
        if row.evidence.time_ns is not None:
            view = view.at(row.evidence.time_ns)
        lane = goroutine_lane(row.evidence.goroutine)
        return view if lane is None else view.select(lane=lane, subject=SelectionKind.LANE)

    def wanted_rows(self, scene: Scene, width: int) -> int:
        """Return the lines of everything that is known of the failure, under the title."""
        return 1 + sum(
            len(paragraph_lines(scene, row, width, chosen=False)) for row in why_rows(scene)
        )

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw what fits from the top row on."""
        if scene.view.selection.failure != self._failure:
            self._failure, self._chosen, self.top = scene.view.selection.failure, -1, 0
        note = scene.failure.test_name if scene.failure is not None else ""
        return self.drawn(scene, why_rows(scene), width, height, note)
