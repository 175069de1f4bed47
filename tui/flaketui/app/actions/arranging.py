"""Actions that arrange: pins, hidden lanes, and the filter, order and own keys of the panes."""

from __future__ import annotations

from dataclasses import replace

from flaketui.app.host import ExplorerHost
from flaketui.panes.action_results import Change, PromptKind
from flaketui.panes.pane import Pane


class Arranging:
    """Changes the arrangement of the case on screen."""

    def __init__(self, host: ExplorerHost) -> None:
        self._host = host

    def pin(self) -> None:
        """Pin the selected lane above all groups, or unpin it."""
        host = self._host
        lane = host.view.selection.lane
        if lane is None:
            host.show_sentence("no lane is selected")
            return
        arranged = host.arrangement.pin(lane)
        host.arrange(arranged)
        pinned = lane in arranged.pinned
        host.show_sentence(f"pinned {lane} to the top" if pinned else f"let go of {lane}")

    def hide(self) -> None:
        """Leave the selected lane out of the panes."""
        host = self._host
        lane = host.view.selection.lane
        if lane is None:
            host.show_sentence("no lane is selected")
            return
        scene = host.scene
        views = (pane.after_hiding(scene) for pane in host.layout.panes)
        view = next((one for one in views if one is not None), None)
        host.arrange(host.arrangement.hide(lane))
        if view is not None:
            host.go(view, "hide")
        host.show_sentence(f"hid {lane}; X shows all hidden lanes again")

    def show_hidden(self) -> None:
        """Show all lanes again."""
        host = self._host
        count = len(host.arrangement.hidden)
        host.arrange(replace(host.arrangement, hidden=frozenset()))
        host.show_sentence(
            f"{count} hidden lanes are shown again" if count else "no lane is hidden"
        )

    def filter(self) -> None:
        """Show another part of the current pane, or ask which."""
        host = self._host
        outcome = host.layout.current.filter_rows(host.scene)
        if isinstance(outcome, PromptKind):
            question = outcome
            host.prompt.ask(
                question.placeholder,
                question.text,
                lambda text: self.apply(question.answer(host.scene, text)),
            )
        else:
            self.apply(outcome)

    def sort(self) -> None:
        """Put the current pane in another order."""
        self.apply(self._host.layout.current.sort_rows(self._host.scene))

    def perform_own(self, pane: Pane, action: str) -> None:
        """Perform the action of a key that a pane has declared."""
        change: Change = getattr(pane, action)(self._host.scene)
        self.apply(change)

    def apply(self, change: Change) -> None:
        """Do what an action of a pane leads to."""
        host = self._host
        if change.arrangement is not None:
            host.arrange(change.arrangement)
        if change.view is not None:
            host.go(change.view, "only test")
        if change.sentence:
            host.show_sentence(change.sentence)
