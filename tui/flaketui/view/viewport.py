"""The one viewport that every pane shows, and the history of where it has been.

A viewport is a value: each function gives a new one that is clamped to the case's extent, so that
no sequence of actions can show an empty or inverted window, or lose the cursor outside of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple, TypedDict, Unpack

from flakecore.timeline import Lane

MINIMUM_SPAN_NS = 1_000
"""The shortest window: the trace's own clock ticks are some 64 ns apart."""


class Extent(NamedTuple):
    """The first and the last moment of a case, in nanoseconds."""

    start_ns: int
    end_ns: int


class SelectionKind(Enum):
    """What the Details pane describes: the part of the selection that was chosen last."""

    NOTHING = "nothing"
    FAILURE = "failure"
    LANE = "lane"
    TEST = "test"
    LINE = "line"
    PAUSE = "pause"
    """What the collector did at the cursor."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is selected, each part on its own.

    Attributes:
        lane: the lane whose row is highlighted, or None.
        test: index in ``Case.tests``, or -1.
        line: index in ``Case.output`` of a line chosen by itself; -1 lets the cursor choose.
        failure: index in ``Case.failures`` of the failure last visited, or -1.
        finding: which of the failure's findings, the most telling is 0.
        subject: which part the Details pane describes.
    """

    lane: Lane | None = None
    test: int = -1
    line: int = -1
    failure: int = -1
    finding: int = 0
    subject: SelectionKind = SelectionKind.NOTHING


class Parts(TypedDict, total=False):
    """The parts of a ``Selection`` that are to change."""

    lane: Lane | None
    test: int
    line: int
    failure: int
    finding: int
    subject: SelectionKind


@dataclass(frozen=True, slots=True)
class Viewport:
    """A window of time with a cursor in it, and what is selected.

    Attributes:
        extent: what the window is clamped to.
        start_ns, end_ns: the visible window; ``end_ns`` is exclusive.
        cursor_ns: the moment that all panes show; always inside the window.
        selection: what is selected.
        filter: text whose matches are highlighted in every pane; "" for none.
        only_test: index of the test whose lines and goroutines alone are shown, or -1 for all.
    """

    extent: Extent
    start_ns: int
    end_ns: int
    cursor_ns: int
    selection: Selection = Selection()
    filter: str = ""
    only_test: int = -1

    @classmethod
    def whole(cls, start_ns: int, end_ns: int) -> Viewport:
        """Return the window over a whole case, its cursor at the start."""
        extent = Extent(start_ns, max(end_ns, start_ns + MINIMUM_SPAN_NS))
        return cls(extent, extent.start_ns, extent.end_ns, extent.start_ns)

    @property
    def span_ns(self) -> int:
        """Length of the window."""
        return self.end_ns - self.start_ns

    def window(self, start_ns: int, end_ns: int) -> Viewport:
        """Show this window, as near as the extent and the shortest span allow."""
        low, high = self.extent
        span = min(max(end_ns - start_ns, MINIMUM_SPAN_NS), high - low)
        start = min(max(start_ns, low), high - span)
        end = start + span
        return replace(
            self, start_ns=start, end_ns=end, cursor_ns=min(max(self.cursor_ns, start), end - 1)
        )

    def at(self, time_ns: int) -> Viewport:
        """Put the cursor at a moment, moving the window only if it lies outside of it."""
        low, high = self.extent
        time = min(max(time_ns, low), high - 1)
        selection = self.selection if self.selection.line < 0 else self.select(line=-1).selection
        moved = replace(self, cursor_ns=time, selection=selection)
        return moved if self.start_ns <= time < self.end_ns else moved.centre()

    def centre(self) -> Viewport:
        """Bring the cursor to the middle of the window, as near as the extent allows."""
        start = self.cursor_ns - self.span_ns // 2
        return self.window(start, start + self.span_ns)

    def pan(self, fraction: float) -> Viewport:
        """Move by a fraction of the window, the cursor keeping its place on the screen.

        At the end of the extent, where the window can go no further, the cursor goes on alone.
        """
        step = round(self.span_ns * fraction) or (1 if fraction > 0 else -1)
        shifted = self.window(self.start_ns + step, self.end_ns + step)
        return shifted.at(self.cursor_ns + step)

    def nudge(self, fraction: float) -> Viewport:
        """Move the cursor alone by a fraction of the window."""
        step = round(self.span_ns * fraction) or (1 if fraction > 0 else -1)
        return self.at(self.cursor_ns + step)

    def zoom(self, factor: float) -> Viewport:
        """Make the window ``factor`` times as long; the cursor keeps its place on the screen."""
        low, high = self.extent
        span = min(max(round(self.span_ns * factor), MINIMUM_SPAN_NS), high - low)
        before = round((self.cursor_ns - self.start_ns) * span / self.span_ns)
        start = self.cursor_ns - before
        return self.window(start, start + span)

    def fit(self, start_ns: int, end_ns: int, margin: float = 0.03) -> Viewport:
        """Show a span of time with a margin on both sides."""
        rim = round(max(end_ns - start_ns, MINIMUM_SPAN_NS // 4) * margin)
        return self.window(start_ns - rim, end_ns + rim)

    def fit_all(self) -> Viewport:
        """Show the whole case."""
        return self.window(*self.extent)

    def select(self, **parts: Unpack[Parts]) -> Viewport:
        """Change the given parts of the selection and keep the others."""
        return replace(self, selection=replace(self.selection, **parts))

    def column(self, time_ns: int, columns: int) -> int:
        """Return the column a moment falls in when the window is drawn in so many columns.

        Moments outside the window give columns below 0 or from ``columns`` on.
        """
        return (time_ns - self.start_ns) * columns // self.span_ns

    def time(self, column: int, columns: int) -> int:
        """Return the middle moment of a column."""
        return self.start_ns + (2 * column + 1) * self.span_ns // (2 * max(columns, 1))


class History:
    """The viewports that were left by a jump, to go back to and forward again.

    Steps of the same kind (a held key) are one entry: only where a run of them began is kept.
    """

    LIMIT = 200

    def __init__(self) -> None:
        self._back: list[Viewport] = []
        self._forward: list[Viewport] = []
        self._kind = ""

    def leave(self, view: Viewport, kind: str) -> None:
        """Remember the viewport that an action of this kind is about to change."""
        if kind == self._kind and self._back:
            return
        self._kind = kind
        self._back.append(view)
        self._forward.clear()
        del self._back[: -self.LIMIT]

    def begin_at(self, view: Viewport) -> None:
        """Make a viewport the oldest entry."""
        self._back.insert(0, view)

    def change(self, changed: Callable[[Viewport], Viewport]) -> None:
        """Change every viewport, because the case they are of is known better now."""
        self._back[:] = map(changed, self._back)
        self._forward[:] = map(changed, self._forward)

    def back(self, now: Viewport) -> Viewport | None:
        """Return the viewport before this one, or None at the beginning."""
        return self._step(self._back, self._forward, now)

    def forward(self, now: Viewport) -> Viewport | None:
        """Return the viewport that ``back`` came from, or None at the end."""
        return self._step(self._forward, self._back, now)

    def _step(
        self, source: list[Viewport], target: list[Viewport], now: Viewport
    ) -> Viewport | None:
        self._kind = ""
        if not source:
            return None
        target.append(now)
        return source.pop()
