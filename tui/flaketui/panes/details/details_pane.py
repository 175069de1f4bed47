"""The Details pane: the selection in sentences, then its stacks, the person's own frames first."""

from __future__ import annotations

from textual.strip import Strip

from flaketui.panes.details.blocks import Block
from flaketui.panes.details.content import content_blocks, details_title
from flaketui.panes.details.render import lay_out
from flaketui.panes.pane import Pane
from flaketui.panes.registry import PaneEntry
from flaketui.view.lanes import goroutine_lane
from flaketui.view.scene import Scene
from flaketui.view.viewport import Selection, SelectionKind, Viewport


class DetailsPane(Pane):
    """What is known of the failure, test, line or lane that was chosen last.

    Its rows are the items of evidence; where there are none, a row is a line of text.
    """

    describes_selection = True

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._topic: object = None
        self._chosen = -1

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Go to another item of evidence; past the last one, scroll."""
        evidence = [block.evidence for block in self._blocks(scene) if block.evidence is not None]
        target = self._chosen + delta
        if abs(delta) > 1 or not 0 <= target < len(evidence):
            self.scroll_rows(delta)
            return None
        self._chosen = target
        self.redraw()
        found = evidence[target]
        view = scene.view if found.time_ns is None else scene.view.at(found.time_ns)
        lane = goroutine_lane(found.goroutine)
        if lane is None:
            return view
        if view.selection.subject is SelectionKind.PAUSE:
            # The pause is over there: describe what it held up.
            view = view.select(subject=SelectionKind.LANE)
        return view.select(lane=lane)

    def leads_to_profile(self, scene: Scene) -> bool:
        """Lead on from what is described to what the profile has of it."""
        del scene
        return True

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw what fits from the top row on."""
        topic = _topic(scene.view.selection)
        if topic != self._topic:
            self._topic, self._chosen, self.top = topic, -1, 0
        lines: list[Strip] = []
        numbered, current = -1, -1
        for block in self._blocks(scene):
            numbered += block.evidence is not None
            chosen = block.evidence is not None and numbered == self._chosen
            if chosen:
                current = len(lines)
            lines += lay_out(scene, block, width, chosen=chosen)
        space = height - 1
        self.follow(current, len(lines), space)
        hidden = len(lines) - self.top - space
        named = details_title(scene, findings=self._lists_findings(scene))
        note = named + (f" · {hidden} more below" if hidden > 0 else "")
        return [self.title(scene, width, note), *lines[self.top : self.top + space]]

    def _blocks(self, scene: Scene) -> list[Block]:
        """Return what the pane describes."""
        return content_blocks(scene, findings=self._lists_findings(scene))

    def _lists_findings(self, scene: Scene) -> bool:
        """Whether findings are listed here: not beside the pane of findings."""
        return scene.compact or not any(
            isinstance(other, Pane) and other.entry.name == "why" for other in self.visible_siblings
        )


def _topic(selection: Selection) -> object:
    """Return what changes when the pane describes something else than before."""
    match selection.subject:
        case SelectionKind.FAILURE:
            return selection.subject, selection.failure
        case SelectionKind.TEST:
            return selection.subject, selection.test
        case _:
            return selection
