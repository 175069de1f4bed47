"""Sentences on what stands out in a profile, below it: worked out once, in a thread."""

from __future__ import annotations

from collections.abc import Callable

from textual.strip import Strip

from flakecore.report.profile.profile_signals import profile_signals
from flaketui.drawing.lines import StyledLine, wrap
from flaketui.panes.profile.choices import case_index
from flaketui.view.scene import Scene

_PANE_ROWS = 13
"""Rows of a pane that has room for them."""
_ROWS = 3
"""Rows of all sentences together at most."""
Sentences = tuple[str, ...]
Defer = Callable[[Callable[[], Sentences], Callable[[Sentences], None]], None]
"""Has a thread call the first, and hands what that returns to the second, in the event loop."""


class SignalLines:
    """What stands out in the profiles of a case, by kind."""

    def __init__(self, defer: Defer) -> None:
        """Have ``defer`` work sentences out."""
        self._defer = defer
        self._found: dict[object, Sentences] = {}

    def lines(self, scene: Scene, kind: str, width: int, height: int) -> list[Strip]:
        """Return the sentences on a kind of profile as rows; none before they are worked out.

        None either in a pane of few rows.
        """
        if height < _PANE_ROWS:
            return []
        read = scene.profiles.get(case_index(scene)) or ()
        key = (id(scene.case), kind, len(read), scene.sources is None)
        if key not in self._found:
            self._found[key] = ()
            case, sources = scene.case, scene.sources

            def keep(found: Sentences) -> None:
                self._found[key] = found

            self._defer(lambda: profile_signals(case, read, kind, sources), keep)
        rows = [row for text in self._found[key] for row in wrap(f"! {text}", width - 2)]
        shown = rows[:_ROWS]
        if len(rows) > _ROWS:
            shown[-1] = f"{shown[-1]} {scene.look.glyphs.ellipsis}"
        return [StyledLine(scene.look, width).add(f" {row}", "warn").strip() for row in shown]
