"""The Profile pane: a flame graph with its roots on top, and the functions that it adds up to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar, TypeVar

from textual.strip import Strip

from flakecore.pprof import Granularity
from flakecore.timeline import FrameQuery
from flakecore.timeline.profiles.trace_profiles import CPU_KIND, TRACE_KINDS, WAIT_KIND
from flaketui.drawing.lines import StyledLine
from flaketui.panes.action_results import Change, Choice
from flaketui.panes.pane import Pane
from flaketui.panes.profile.choices import (
    ProfileChoices,
    Wanted,
    around,
    function_selected,
    place_of,
    replace_kind,
)
from flaketui.panes.profile.flame_graph import FlameGraph
from flaketui.panes.profile.flame_lines import Marks
from flaketui.panes.profile.profile_notes import nothing_lines, title_note
from flaketui.panes.profile.profile_table import exported_rows, frame_line, table_lines
from flaketui.panes.profile.signal_lines import SignalLines
from flaketui.panes.profile.source_values import HEAD_ROWS, SourceValues
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

Made = TypeVar("Made")


class ProfilePane(Pane):
    """Frames as wide as their share: keys choose one, zoom into it and out again, turn it over."""

    keys: ClassVar[tuple[Key, ...]] = (
        Key("profile-up", "U", "U", "zoom_out", SHOW, "zoom out of a frame of the profile",
            pane="profile"),
        Key("profile-turn", "i", "i", "turn_over", SHOW,
            "turn the profile over: callers below callees", pane="profile"),
        Key("profile-lines", "a", "a", "by_line", SHOW,
            "show the profile by line, or by function", pane="profile"),
        Key("profile-sides", "b", "b", "both_sides", SHOW,
            "show a function of the profile between callers and callees", pane="profile"),
        Key("profile-source", "C", "C", "show_source", SHOW,
            "show the code of a function with what the profile charges", pane="profile"),
    )  # fmt: skip

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._choices = ProfileChoices(self._make_in_thread)
        self._signals = SignalLines(self._make_in_thread)
        self._wanted = Wanted()
        self._cumulative = False
        self._graph: FlameGraph | None = None
        self._listed = ""
        self._source: SourceValues | None = None
        self._shape: tuple[int, int, int] = (0, 0, 0)
        self._sought: tuple[str, Viewport] | None = None

    # What the person does.

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Choose the frame below, or above: the widest first, then those beside it."""
        graph = self._shown(scene)
        if graph is not None:
            source = self._source_shown(scene, graph)
            (source or graph).step(delta)
            self.redraw()
        return None

    def choose(self, scene: Scene) -> Viewport | None:
        """Zoom into the chosen frame; once more shows its source."""
        graph = self._shown(scene)
        if graph is not None and not self._listed:
            if graph.is_zoomed_to_chosen:
                self._listed = graph.function
            graph.zoom_to(graph.chosen)
            self.redraw()
        return scene.view

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Choose the frame or the row that was clicked on; once more zooms into it."""
        graph = self._shown(scene)
        if graph is None:
            return None
        width, rows, first = self._shape
        found = None
        source = self._source_shown(scene, graph)
        if x < width and 0 <= y - 1 < rows:
            if source is not None:
                source.choose(self.top + y - 1)
                self.redraw()
                return None
            found = graph.at(self.top + y - 1, x)
        elif y - first >= 0 and (x >= width or width == self.size.width):
            order = graph.flame.order(cumulative=self._cumulative)
            if y - first < len(order):
                found = graph.widest(order[y - first])
        if found is None:
            return None
        if found == graph.chosen:
            graph.zoom_to(found)
        graph.chosen = found
        self._listed = graph.function if source is not None else ""
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
        self._wanted, self._listed = around(self._wanted, ""), ""
        self._sought, self._graph = (function, scene.view), None
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
        """Zoom out by one frame, then from callers and callees of one function to all."""
        if self._listed:
            return self._leave_source()
        graph = self._shown(scene)
        if graph is not None and graph.zoom_out():
            self.redraw()
            return Change()
        if self._wanted.look.around:
            return self._show_around(scene, "")
        return Change(sentence="the whole profile is shown")

    def both_sides(self, scene: Scene) -> Change:
        """Show callers and callees of the chosen function; of the same once more, all again."""
        graph = self._shown(scene)
        function = graph.function if graph is not None else ""
        if not function:
            return Change(sentence="choose a frame first: j and k do")
        return self._show_around(scene, function if function != self._wanted.look.around else "")

    def show_source(self, scene: Scene) -> Change:
        """Show the source of the chosen function with what each line is charged, or the graph."""
        if self._listed:
            return self._leave_source()
        graph = self._shown(scene)
        if graph is None or not graph.function:
            return Change(sentence="choose a frame first: j and k do")
        self._listed = graph.function
        self.redraw()
        return Change()

    def turn_over(self, scene: Scene) -> Change:
        """Put callees on top, or callers again."""
        del scene
        if self._wanted.look.around:
            return Change(sentence="callers and callees are both shown: U shows all again")
        self._listed = ""
        look = replace(self._wanted.look, inverted=not self._wanted.look.inverted)
        change = self._show(self._wanted._replace(look=look))
        on_top = "what ends stacks on top" if look.inverted else "callers on top"
        return change._replace(sentence=f"profile: {on_top}")

    def by_line(self, scene: Scene) -> Change:
        """Tell frames apart by line, or by function."""
        del scene
        self._listed = ""
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
        graph = self._shown(scene)
        if graph is None:
            return {}
        return {
            "profile": self._choices.kind(scene, self._wanted),
            "unit": graph.flame.unit,
            "functions": exported_rows(graph.flame, cumulative=self._cumulative),
        }

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw the graph, and the table beside or below it."""
        graph = self._shown(scene)
        if graph is None or not graph.flame.total:
            nothing = nothing_lines(scene, self._choices, self._wanted, width)
            return [self.title(scene, width), *nothing]
        kind = self._choices.kind(scene, self._wanted)
        signals = self._signals.lines(scene, kind, width, height)
        height -= len(signals)
        beside = width >= _BESIDE
        room = width - _TABLE - 1 if beside else width
        rows = height - 1 if beside else max(3, height - _ROWS_BELOW - 3)
        graph.cut(room)
        used = len(graph.rows)
        rows = min(rows, max(used, 3)) if not (beside or self._listed) else rows
        self._shape = (room, rows, 2 if beside else rows + 3)
        source = self._source_shown(scene, graph)
        if source is not None:
            used = source.count + HEAD_ROWS
            self.follow(source.chosen, source.count, rows - HEAD_ROWS)
        else:
            self.follow(graph.chosen_row, used, rows)
        marks = Marks(-1, graph.flame.matching(scene.view.filter))
        blank = StyledLine(scene.look, room).strip()
        if source is not None:
            lines = source.draw(scene, room, self.top, rows)
        else:
            lines = [graph.line(row, scene.look, marks) for row in graph.rows[self.top :][:rows]]
            lines += [blank] * (rows - len(lines))
        order = self._order() if source is None else ""
        note = title_note(scene, kind, graph.flame, order, used - self.top - rows)
        head = self.title(scene, width, note)
        half, chosen = graph.half, graph.chosen.frame
        outward = graph.chosen.above or (self._wanted.look.inverted and not graph.flame.around)
        if not beside:
            table = self._table(scene, graph, width, height - rows - 2)
            told = frame_line(scene, half, chosen, width, outward=outward)
            return [*[head, *lines, told, *table][:height], *signals]
        table = self._table(scene, graph, _TABLE, height - 1)
        divider = StyledLine(scene.look, 1).add(scene.look.glyphs.divider, "faint").strip()
        lines[-1] = frame_line(scene, half, chosen, room, outward=outward)
        both = (Strip.join([a, divider, b]) for a, b in zip(lines, table, strict=False))
        return [head, *both, *signals]

    # How it is done.

    def _shown(self, scene: Scene) -> FlameGraph | None:
        flame, before = self._choices.flame(scene, self._wanted), self._graph
        if flame is None:
            self._graph = None
        elif before is None or flame is not before.flame:
            graph = self._graph = FlameGraph(flame)
            if before is not None:
                graph.look_as(before)
            # What is read of the profiles meanwhile makes another tree: it is looked for in each.
            sought, of_view = self._sought or ("", scene.view)
            if sought and of_view == scene.view and not graph.choose_function(sought):
                words = f"{bare_function(sought)} is in no sample of this profile: F shows another"
                self.post_message(self.Answered(words))
        return self._graph

    def _source_shown(self, scene: Scene, graph: FlameGraph) -> SourceValues | None:
        """Return the source that is shown instead of the graph; None for the graph."""
        if not self._listed:
            return None
        now = self._source
        if now is None or now.flame is not graph.flame or now.function != self._listed:
            now = self._source = SourceValues(scene, graph.flame, self._listed)
        return now

    def _order(self) -> str:
        look = self._wanted.look
        return "callers above" if look.around else "callers below" if look.inverted else ""

    def _leave_source(self) -> Change:
        self._listed, self._source = "", None
        self.redraw()
        return Change()

    def _show_around(self, scene: Scene, function: str) -> Change:
        """Show callers and callees of a function, or all again with it chosen."""
        before, self._sought, self._listed = self._wanted.look.around, None, ""
        change = self._show(around(self._wanted, function))
        graph = self._shown(scene)
        if graph is not None and not function:
            graph.choose_function(before)
        return change

    def _make_in_thread(self, make: Callable[[], Made], made: Callable[[Made], None]) -> None:
        def work() -> None:
            self.app.call_from_thread(done, make())

        def done(found: Made) -> None:
            made(found)
            self.redraw()

        self.run_worker(work, thread=True, group="flame")

    def _show(self, wanted: Wanted) -> Change:
        self._wanted = wanted
        self.redraw()
        return Change()

    def _table(self, scene: Scene, graph: FlameGraph, width: int, height: int) -> list[Strip]:
        at, by = graph.chosen.frame, self._cumulative
        return table_lines(scene, graph.half, at, width, height, cumulative=by)
