"""The one viewport that every pane shows, and the history of where it has been.

A viewport is a value: each function gives a new one that is clamped to the case's extent, so that
no sequence of actions can show an empty or inverted window, or lose the cursor outside of it.

Idle stretches may be folded (``flakecore.timeline.lanes.folded_time``). Start, end and cursor are
true moments all the same; what moves by a part of the window moves along the folded scale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple, TypedDict, Unpack

from flakecore.timeline import Axis, Gap, Lane, Scale, axis_of

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
        finding: which of the failure's findings, the strongest is 0.
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
        folded: whether idle stretches are to be folded.
        gaps: those that are; none where nothing is idle for long, or not known to be yet.
    """

    extent: Extent
    start_ns: int
    end_ns: int
    cursor_ns: int
    selection: Selection = Selection()
    filter: str = ""
    only_test: int = -1
    folded: bool = False
    gaps: tuple[Gap, ...] = ()

    @classmethod
    def whole(cls, start_ns: int, end_ns: int) -> Viewport:
        """Return the window over a whole case, its cursor at the start."""
        extent = Extent(start_ns, max(end_ns, start_ns + MINIMUM_SPAN_NS))
        return cls(extent, extent.start_ns, extent.end_ns, extent.start_ns)

    @property
    def span_ns(self) -> int:
        """Length of the window."""
        return self.end_ns - self.start_ns

    @property
    def scale(self) -> Scale:
        """Distances along the window."""
        return Scale.of(self.start_ns, self.end_ns, self.gaps)

    def axis(self, columns: int) -> Axis:
        """Return the window cut into columns."""
        return axis_of(self.start_ns, self.end_ns, self.gaps, columns)

    def extent_axis(self, columns: int) -> Axis:
        """Return the whole case cut into columns."""
        return axis_of(*self.extent, self.gaps, columns)

    def fold(self, gaps: tuple[Gap, ...]) -> Viewport:
        """Fold these stretches."""
        return replace(self, folded=True, gaps=gaps)

    def unfold(self) -> Viewport:
        """Fold nothing."""
        return replace(self, folded=False, gaps=())

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
        scale = self.scale
        width = scale.distance(self.end_ns)
        return self._at_distance(scale, scale.distance(self.cursor_ns) - width // 2, width)

    def _at_distance(self, scale: Scale, start: float, width: float) -> Viewport:
        """Show the window of this width that begins at a distance, as near as the extent allows."""
        low, high = (scale.distance(bound) for bound in self.extent)
        if width >= high - low:
            return self.window(*self.extent)
        start = min(max(start, low), high - width)
        return self.window(scale.moment(start), scale.moment(start + width))

    def pan(self, fraction: float) -> Viewport:
        """Move by a fraction of the window, the cursor keeping its place on the screen.

        At the end of the extent, where the window can go no further, the cursor goes on alone.
        """
        scale = self.scale
        width = scale.distance(self.end_ns)
        step = round(width * fraction) or (1 if fraction > 0 else -1)
        cursor = scale.moment(scale.distance(self.cursor_ns) + step)
        return self._at_distance(scale, step, width).at(cursor)

    def nudge(self, fraction: float) -> Viewport:
        """Move the cursor alone by a fraction of the window."""
        scale = self.scale
        step = round(scale.distance(self.end_ns) * fraction) or (1 if fraction > 0 else -1)
        moved = scale.moment(scale.distance(self.cursor_ns) + step)
        return self.at(moved if moved != self.cursor_ns else moved + (1 if step > 0 else -1))

    def zoom(self, factor: float) -> Viewport:
        """Make the window ``factor`` times as long; the cursor keeps its place on the screen."""
        before = self.scale
        old = before.distance(self.end_ns)
        width = max(round(old * factor), MINIMUM_SPAN_NS)
        scale = before.resized(width)
        part = before.distance(self.cursor_ns) / old
        start = round(scale.distance(self.cursor_ns) - part * width)
        return self._at_distance(scale, start, width)

    def fit(self, start_ns: int, end_ns: int, margin: float = 0.03) -> Viewport:
        """Show a span of time with a margin on both sides."""
        scale = Scale.of(start_ns, max(end_ns, start_ns + 1), self.gaps)
        width = scale.distance(end_ns)
        rim = round(max(width, MINIMUM_SPAN_NS // 4) * margin)
        return self.window(scale.moment(-rim), scale.moment(width + rim))

    def fit_all(self) -> Viewport:
        """Show the whole case."""
        return self.window(*self.extent)

    def select(self, **parts: Unpack[Parts]) -> Viewport:
        """Change the given parts of the selection and keep the others."""
        return replace(self, selection=replace(self.selection, **parts))

    def column(self, time_ns: int, columns: int) -> int:
        """Return the column a moment falls in when the window is drawn in so many columns.

        Moments before the window give -1, those after it ``columns``.
        """
        return self.axis(columns).column(time_ns)

    def time(self, column: int, columns: int) -> int:
        """Return the middle moment of a column."""
        edges = self.axis(columns).edges
        at = min(max(column, 0), columns - 1)
        return int(edges[at] + edges[at + 1]) // 2


class History:
    """The viewports that were left by a jump, to go back to and forward again.

    Steps of the same kind (a held key) are one entry: only where a run of them began is kept.
    """

    LIMIT = 200

    def __init__(self) -> None:
        self._back: list[Viewport] = []
        self._forward: list[Viewport] = []
        self._kind = ""

    @property
    def depth(self) -> int:
        """How many entries one can go back by."""
        return len(self._back)

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
