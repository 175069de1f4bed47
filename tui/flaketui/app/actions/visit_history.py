"""Ways home: where one was when Enter led to another pane, or to another case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flaketui.app.host import ExplorerHost
from flaketui.panes.pane import Pane
from flaketui.panes.placement import Placement
from flaketui.view.viewport import Viewport

_KEPT = 50
"""Ways home that are remembered."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """What was left.

    Attributes:
        case: index of the case that was on screen.
        view: the viewport on it.
        pane: the pane that keys went to.
        placements: the panes that a large screen showed.
        target: the pane that was gone to; None for another case.
        depth: entries of the history by then: more of them are steps made since.
    """

    case: int
    view: Viewport
    pane: Pane
    placements: Mapping[str, Placement]
    target: Pane | None
    depth: int


class Visits:
    """Remembers what was left, and goes back to it when all that was done since is undone."""

    def __init__(self, host: ExplorerHost) -> None:
        self._host = host
        self._left: list[_Visit] = []

    def go_to(self, pane: Pane) -> None:
        """Bring a pane up, to come home from."""
        if pane is not self._host.layout.current:
            self._leave(pane)
        self._host.layout.bring_up(pane)
        self._host.draw_soon()

    def leave_case(self) -> None:
        """Remember the case on screen, for another is about to be opened."""
        self._leave(None)

    def _leave(self, target: Pane | None) -> None:
        host, layout = self._host, self._host.layout
        depth = host.history.depth
        self._left.append(
            _Visit(host.case_index, host.view, layout.current, layout.placements, target, depth)
        )
        del self._left[:-_KEPT]

    def come_home(self) -> bool:
        """Go back to what was left last, if nothing done since is left to undo; return whether."""
        host, layout = self._host, self._host.layout
        while self._left:
            visit = self._left[-1]
            elsewhere = visit.case != host.case_index
            if visit.target is None and not elsewhere:
                self._left.pop()
                continue
            if visit.target is not None and (elsewhere or layout.current is not visit.target):
                self._left.pop()  # one went on to somewhere else: that is no way home
                continue
            if host.history.depth > (0 if elsewhere else visit.depth):
                return False
            self._left.pop()
            if elsewhere:
                host.open_case(visit.case, visit.view)
            layout.go_home(visit.pane, visit.placements)
            host.draw_soon()
            return True
        return False
