"""The Profile pane: a flame graph with its roots on top, and the functions that it adds up to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from flakecore.pprof import Granularity
from flakecore.report.hotspots import format_value
from flakecore.timeline import FrameQuery
from flakecore.timeline.trace_profiles import CPU_KIND, TRACE_KINDS, WAIT_KIND
from flaketui.drawing.lines import StyledLine, wrap
from flaketui.panes.changes import Change, Choice
from flaketui.panes.pane import Pane
from flaketui.panes.profile.choices import (
    ProfileChoices,
    Wanted,
    function_selected,
    place_of,
    window_of,
)
from flaketui.panes.profile.flame import Flame
from flaketui.panes.profile.flame_cells import FlameCells
from flaketui.panes.profile.flame_lines import Marks, flame_line
from flaketui.panes.profile.profile_table import table_lines, told_line
from flaketui.panes.registry import PaneEntry
from flaketui.view.key import SHOW, Key
from flaketui.view.scene import Scene, bare_function, case_name
from flaketui.view.viewport import Viewport

_TABLE = 46
"""Cells of the table beside the graph."""
_BESIDE = 110
"""Width from which the table stands beside the graph, and not below it."""
_ROWS_BELOW = 5
"""Rows of the table below the graph."""


class ProfilePane(Pane):
    """Frames as wide as their share: keys choose one, zoom into it and out again, turn it over."""

    keys: ClassVar[tuple[Key, ...]] = (
        Key("profile-up", "U", "U", "zoom_out", SHOW, "zoom out of a frame of the profile",
            pane="profile"),
        Key("profile-turn", "i", "i", "turn_over", SHOW,
            "turn the profile over: callers below callees", pane="profile"),
        Key("profile-lines", "a", "a", "by_line", SHOW,
            "show the profile by line, or by function", pane="profile"),
    )  # fmt: skip

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._choices = ProfileChoices(self._make_in_thread)
        self._wanted = Wanted()
        self._cumulative = False
        self._flame: Flame | None = None
        self._zoom = 0
        self._chosen = 0
        self._cells: FlameCells | None = None
        self._shape: tuple[int, int, int] = (0, 0, 0)
        self._sought: tuple[str, Viewport] | None = None

    # What the person does.

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Choose the frame below, or above: the widest first, then those beside it."""
        flame = self._shown(scene)
        if flame is None or self._cells is None:
            return None
        order = self._walk(self._cells)
        at = order.index(self._chosen) if self._chosen in order else 0
        self._chosen = order[max(0, min(len(order) - 1, at + delta))]
        self.redraw()
        return None

    def choose(self, scene: Scene) -> Viewport | None:
        """Zoom into the chosen frame."""
        if self._shown(scene) is not None:
            self._zoom_to(self._chosen)
        return scene.view

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Choose the frame or the row that was clicked on; once more zooms into it."""
        flame, cells = self._shown(scene), self._cells
        if flame is None or cells is None:
            return None
        width, rows, first = self._shape
        depth = self.top + y - 1
        found = -1
        if x < width and 0 <= y - 1 < rows and depth < cells.count:
            found = cells.row(depth).at(x)
        elif y - first >= 0 and (x >= width or width == self.size.width):
            order = flame.order(cumulative=self._cumulative)
            if y - first < len(order):
                found = flame.widest(order[y - first])
        if found < 0:
            return None
        if found == self._chosen:
            self._zoom_to(found)
        self._chosen = found
        self.redraw()
        return None

    def look_at(self, scene: Scene) -> str:
        """Choose the frame that is selected elsewhere, in a profile of waits where it waits."""
        function, waits = function_selected(scene)
        if not function:
            return "no code is selected: the whole profile is shown"
        kinds = self._choices.kinds(scene)
        kind = WAIT_KIND if waits else CPU_KIND
        if kind in kinds:
            self._wanted = replace_kind(self._wanted, kind)
        self._sought, self._flame = (function, scene.view), None
        self.redraw()
        return ""

    def filter_rows(self, scene: Scene) -> Change:
        """Show the next kind of profile."""
        kinds = self._choices.kinds(scene)
        if not kinds:
            return Change(sentence="there is no profile")
        now = self._choices.kind(scene, self._wanted)
        return self._show(replace_kind(self._wanted, kinds[(kinds.index(now) + 1) % len(kinds)]))

    def sort_rows(self, scene: Scene) -> Change:
        """Order the table by what ends in a function, or by what passes through it."""
        del scene
        self._cumulative = not self._cumulative
        self.redraw()
        by = "what passes through a function" if self._cumulative else "what ends in a function"
        return Change(sentence=f"profile: ordered by {by}")

    def choices(self, scene: Scene) -> Iterable[Choice]:
        """Offer nothing beside keys: kinds are a key away each."""
        del scene
        return ()

    def zoom_out(self, scene: Scene) -> Change:
        """Zoom out by one frame."""
        flame = self._shown(scene)
        if flame is None or not self._zoom:
            return Change(sentence="the whole profile is shown")
        self._chosen = self._zoom
        self._zoom_to(int(flame.tree.parent[self._zoom]), keep=True)
        return Change()

    def turn_over(self, scene: Scene) -> Change:
        """Put callees on top, or callers again."""
        del scene
        look = replace(self._wanted.look, inverted=not self._wanted.look.inverted)
        change = self._show(self._wanted._replace(look=look))
        on_top = "what ends stacks on top" if look.inverted else "callers on top"
        return change._replace(sentence=f"profile: {on_top}")

    def by_line(self, scene: Scene) -> Change:
        """Tell frames apart by line, or by function."""
        del scene
        lines = self._wanted.look.granularity is Granularity.FUNCTIONS
        granularity = Granularity.LINES if lines else Granularity.FUNCTIONS
        look = replace(self._wanted.look, granularity=granularity)
        change = self._show(self._wanted._replace(look=look))
        return change._replace(sentence=f"profile: by {granularity.removesuffix('s')}")

    def compare(self, scene: Scene) -> Change:
        """Compare with the next other run of the package, or with none again."""
        here = place_of(scene)
        others = [
            at
            for at, case in enumerate(scene.others)
            if at != here and case.package == scene.case.package
        ]
        if not others:
            return Change(sentence="the bundle holds no other run of this package")
        at = others.index(self._wanted.against) + 1 if self._wanted.against in others else 0
        against = others[at] if at < len(others) else -1
        change = self._show(self._wanted._replace(against=against))
        what = f"against {case_name(scene.others[against])}" if against >= 0 else "alone"
        return change._replace(sentence=f"profile: {what}")

    # What the explorer asks.

    def profiles_wanted(self, scene: Scene) -> Iterable[int]:
        """Return the case on screen and the one that it is compared with."""
        return [at for at in (place_of(scene), self._wanted.against) if at >= 0]

    def needs(self, scene: Scene) -> FrameQuery | None:
        """Return the window, where its waits are added up."""
        kind = self._choices.kind(scene, self._wanted)
        if kind not in TRACE_KINDS or kind == CPU_KIND:
            return None
        return FrameQuery(scene.view.axis(1), scene.view.cursor_ns)

    def exported(self, scene: Scene) -> dict[str, object]:
        """Return the rows of the table."""
        flame = self._shown(scene)
        if flame is None:
            return {}
        return {
            "profile": self._choices.kind(scene, self._wanted),
            "unit": flame.unit,
            "functions": [
                {
                    "name": flame.nodes.names[node],
                    "flat": int(flame.totals.flat[node]),
                    "cumulative": int(flame.totals.cumulative[node]),
                }
                for node in flame.order(cumulative=self._cumulative)[:200]
            ],
        }

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw the graph, and the table beside or below it."""
        flame = self._shown(scene)
        if flame is None or not flame.total:
            return [self.title(scene, width), *self._nothing(scene, width)]
        beside = width >= _BESIDE
        graph = width - _TABLE - 1 if beside else width
        rows = height - 1 if beside else max(3, height - _ROWS_BELOW - 3)
        if self._cells is None or self._shape[0] != graph:
            self._cells = FlameCells(flame.tree, self._zoom, graph)
        cells = self._cells
        wanted = flame.matching(scene.view.filter)
        used = cells.depth_used()
        rows = min(rows, max(used, 3)) if not beside else rows
        self._shape = (graph, rows, 2 if beside else rows + 3)
        self.follow(int(flame.tree.depth[self._chosen]), used, rows)
        marks = Marks(self._chosen, wanted)
        blank = StyledLine(scene.look, graph).strip()
        lines = [
            flame_line(flame, cells.row(depth), graph, scene.look, marks) if depth < used else blank
            for depth in range(self.top, self.top + rows)
        ]
        head = self.title(scene, width, self._note(scene, flame, wanted, used - self.top - rows))
        if not beside:
            table = self._table(scene, flame, width, height - rows - 2)
            told = told_line(scene, flame, self._chosen, width)
            return [head, *lines, told, *table][:height]
        table = self._table(scene, flame, _TABLE, height - 1)
        divider = StyledLine(scene.look, 1).add(scene.look.glyphs.divider, "faint").strip()
        lines[-1] = told_line(scene, flame, self._chosen, graph)
        return [head, *(Strip.join([a, divider, b]) for a, b in zip(lines, table, strict=False))]

    # How it is done.

    def _shown(self, scene: Scene) -> Flame | None:
        flame = self._choices.flame(scene, self._wanted)
        if flame is not self._flame:
            before, names = self._flame, ()
            if before is not None and self._zoom < len(before.tree):
                names = tuple(before.tree.node[at] for at in before.path(self._zoom)[1:])
            self._zoom = _same_path(before, flame, names)
            self._chosen, self._cells, self._flame = self._zoom, None, flame
            # What is read of the profiles meanwhile makes another tree: it is looked for in each.
            sought, of_view = self._sought or ("", scene.view)
            if flame is not None and sought and of_view == scene.view:
                self._choose(flame, sought)
        return flame

    def _choose(self, flame: Flame, function: str) -> None:
        """Choose the widest frame of a function, or tell that there is none."""
        named = [at for at, name in enumerate(flame.nodes.names) if name == function]
        if named:
            self._zoom, self._chosen, self._cells = 0, flame.widest(named[0]), None
        else:
            words = f"{bare_function(function)} is in no sample of this profile: F shows another"
            self.post_message(self.Said(words))

    def _make_in_thread(self, make: Callable[[], Flame], made: Callable[[Flame], None]) -> None:
        def work() -> None:
            flame = make()
            self.app.call_from_thread(done, flame)

        def done(flame: Flame) -> None:
            made(flame)
            self.redraw()

        self.run_worker(work, thread=True, group="flame")

    def _show(self, wanted: Wanted) -> Change:
        self._wanted = wanted
        self.redraw()
        return Change()

    def _zoom_to(self, frame: int, *, keep: bool = False) -> None:
        self._zoom, self._cells = frame, None
        if not keep:
            self._chosen = frame
        self.redraw()

    def _walk(self, cells: FlameCells) -> list[int]:
        """Return the frames that are drawn, each before those that it calls."""
        rows = [cells.row(depth) for depth in range(cells.depth_used())]
        found = [
            (int(begin), depth, int(frame))
            for depth, row in enumerate(rows)
            for begin, frame in zip(row.begin, row.frame, strict=True)
        ]
        return [frame for _, _, frame in sorted(found)]

    def _note(self, scene: Scene, flame: Flame, wanted: NDArray[np.bool_], below: int) -> str:
        kind = self._choices.kind(scene, self._wanted)
        parts = [kind, format_value(int(flame.tree.value[0]), flame.unit)]
        if kind in TRACE_KINDS:
            parts.append("in this window")
            window = window_of(scene)
            whose = f"G{window.goroutine}" if window.goroutine else scene.test_name(window.test)
            parts += [whose] if whose else []
        if flame.compared:
            parts.append(f"was {format_value(int(flame.tree.base[0]), flame.unit)}")
        if self._wanted.look.inverted:
            parts.append("callers below")
        if scene.view.filter:
            through = flame.share_matching(wanted)
            parts.append(f"{through:.0%} through {scene.view.filter}")
        if below > 0:
            parts.append(f"{below} more below")
        return " · ".join(parts)

    def _table(self, scene: Scene, flame: Flame, width: int, height: int) -> list[Strip]:
        by_all = self._cumulative
        return table_lines(scene, flame, self._chosen, width, height, cumulative=by_all)

    def _nothing(self, scene: Scene, width: int) -> list[Strip]:
        place = place_of(scene)
        if place in scene.profiles and scene.profiles[place] is None:
            text = "the profiles are being read"
        elif self._choices.is_making:
            text = "the profile is being laid out"
        elif not self._choices.kinds(scene):
            text = "there is neither a profile nor a trace: flaketui collect records both"
        else:
            kind = self._choices.kind(scene, self._wanted)
            text = f"{kind}: nothing in this window; F shows another kind, 0 the whole case"
        return [
            StyledLine(scene.look, width).add(f" {row}", "muted").strip()
            for row in wrap(text, width - 2)
        ]


def replace_kind(wanted: Wanted, kind: str) -> Wanted:
    """Return what is wanted, of another kind."""
    return wanted._replace(kind=kind)


def _same_path(before: Flame | None, flame: Flame | None, nodes: tuple[int, ...]) -> int:
    """Return the frame of another tree that the same calls lead to; the root where none does."""
    if before is None or flame is None:
        return 0
    at = 0
    for node in nodes:
        name = before.nodes.names[node]
        begin, end = flame.tree.children(at)
        named = [i for i in range(begin, end) if flame.nodes.names[flame.tree.node[i]] == name]
        if not named:
            return 0
        at = named[0]
    return at
