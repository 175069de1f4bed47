"""The Profile pane: a flame graph with its roots on top, and the functions that it adds up to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar, TypeVar

from textual.strip import Strip

from flakecore.pprof import Granularity
from flakecore.timeline import FrameQuery
from flakecore.timeline.profiles.trace_profiles import CPU_KIND, TRACE_KINDS
from flaketui.panes.action_results import Change
from flaketui.panes.pane import Pane
from flaketui.panes.profile.choices import (
    ProfileChoices,
    Wanted,
    case_index,
    is_reading,
    next_other_run,
    replace_kind,
    with_callers_of,
)
from flaketui.panes.profile.flame_graph import FlameGraph
from flaketui.panes.profile.profile_keys import PROFILE_KEYS
from flaketui.panes.profile.profile_notes import nothing_lines, title_note
from flaketui.panes.profile.profile_screen import Shown, Split
from flaketui.panes.profile.profile_table import exported_rows
from flaketui.panes.profile.selected_function import selected_function
from flaketui.panes.profile.series_list import SeriesList, SeriesShown, measure_of_series
from flaketui.panes.profile.signal_lines import SignalLines
from flaketui.panes.profile.source_values import SourceValues
from flaketui.panes.registry import PaneEntry
from flaketui.view.key import Key
from flaketui.view.scene import Scene, bare_function, case_name
from flaketui.view.viewport import Viewport

Made = TypeVar("Made")


class ProfilePane(Pane):
    """Frames as wide as their share: keys choose one, zoom into it and out again, turn it over."""

    keys: ClassVar[tuple[Key, ...]] = PROFILE_KEYS

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._choices = ProfileChoices(self._make_in_thread)
        self._signals = SignalLines(self._make_in_thread)
        self._wanted = Wanted()
        self._cumulative = False
        self._graph: FlameGraph | None = None
        self._listed = ""
        self._source: SourceValues | None = None
        self._by_time = False
        self._series = SeriesShown(self._make_in_thread, self._no_series)
        self._split: Split | None = None
        self._sought: tuple[str, Viewport] | None = None

    # What the person does.

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Choose the frame below, or above: the widest first, then those beside it."""
        graph = self._shown(scene)
        if graph is not None:
            (self._replacement(scene, graph) or graph).step(delta)
            self.redraw()
        return None

    def choose(self, scene: Scene) -> Viewport | None:
        """Zoom into the chosen frame; once more shows its source. Of a series, show the profile."""
        graph = self._shown(scene)
        if graph is None:
            return scene.view
        instead = self._replacement(scene, graph)
        if isinstance(instead, SeriesList):
            return self._show_of_series(scene, instead)
        if instead is None:
            if graph.is_zoomed_to_chosen:
                self._listed = graph.function
            graph.zoom_to(graph.chosen)
            self.redraw()
        return scene.view

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Choose the frame or the row that was clicked on; once more zooms into it."""
        graph, split = self._shown(scene), self._split
        if graph is None or split is None:
            return None
        found = None
        instead = self._replacement(scene, graph)
        if x < split.width and 0 <= y - 1 < split.rows:
            if instead is not None:
                instead.choose(self.top + y - 1)
                self.redraw()
                return None
            found = graph.at(self.top + y - 1, x)
        elif y >= split.table_top and (x >= split.width or not split.beside):
            order = graph.flame.order(cumulative=self._cumulative)
            row = y - split.table_top
            found = graph.widest(order[row]) if row < len(order) else None
        if found is None:
            return None
        if found == graph.chosen:
            graph.zoom_to(found)
        graph.chosen = found
        self._listed = graph.function if isinstance(instead, SourceValues) else ""
        self.redraw()
        return None

    def look_at(self, scene: Scene, origin: str) -> str:
        """Choose the frame that is selected elsewhere, in a profile of waits where it waits."""
        selected = selected_function(scene, of_finding=origin == "why")
        if not selected.function:
            return "no code is selected: the whole profile is shown"
        # Of what is still to be read it is not known which kinds there are.
        if selected.kind in self._choices.kinds(scene) or is_reading(scene):
            self._wanted = replace_kind(self._wanted, selected.kind)
            self._wanted = self._wanted._replace(measure=selected.measure)
        self._wanted, self._listed = with_callers_of(self._wanted, ""), ""
        self._by_time = False
        self._sought, self._graph = (selected.function, scene.view), None
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

    def zoom_out(self, scene: Scene) -> Change:
        """Zoom out by one frame, then from one function or one profile of a series to all."""
        if self._listed or self._by_time:
            return self._leave_rows()
        graph = self._shown(scene)
        if graph is not None and graph.zoom_out():
            self.redraw()
            return Change()
        if self._wanted.look.around:
            return self._show_around(scene, "")
        if self._wanted.number:
            return self._show(self._wanted._replace(number=0, less=0))
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
            return self._leave_rows()
        graph = self._shown(scene)
        if graph is None or not graph.function:
            return Change(sentence="choose a frame first: j and k do")
        self._listed, self._by_time = graph.function, False
        self.redraw()
        return Change()

    def count_other(self, scene: Scene) -> Change:
        """Count what the profile counts next: objects for bytes, how often for how long."""
        measure = self._choices.next_measure(scene, self._wanted)
        if not measure:
            return Change(sentence="this profile counts one thing only: F shows another")
        change = self._show(self._wanted._replace(measure=measure))
        return change._replace(sentence=f"profile: {measure}")

    def show_series(self, scene: Scene) -> Change:
        """List the profiles of a kind by time, or the heap by repetition; once more the graph."""
        if self._by_time:
            return self._leave_rows()
        graph = self._shown(scene)
        if graph is None or not graph.flame.total:
            return Change(sentence="this profile holds nothing: F shows another")
        self._by_time, self._listed = True, ""
        kind = self._choices.kind(scene, self._wanted)
        measure = self._wanted.measure or measure_of_series(scene, kind)
        return self._show(self._wanted._replace(measure=measure))

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
        """Distinguish frames by line, or by function."""
        del scene
        self._listed = ""
        lines = self._wanted.look.granularity is Granularity.FUNCTIONS
        granularity = Granularity.LINES if lines else Granularity.FUNCTIONS
        look = replace(self._wanted.look, granularity=granularity)
        change = self._show(self._wanted._replace(look=look))
        return change._replace(sentence=f"profile: by {granularity.removesuffix('s')}")

    def compare(self, scene: Scene) -> Change:
        """Compare with the next other run of the package, or with none; of a series, a row."""
        if self._by_time and self._series.found is not None:
            answer = self._series.found.mark()
            self.redraw()
            return Change(sentence=answer)
        against = next_other_run(scene, self._wanted.against)
        if against is None:
            return Change(sentence="the bundle holds no other run of this package")
        change = self._show(self._wanted._replace(against=against))
        what = f"against {case_name(scene.others[against])}" if against >= 0 else "alone"
        return change._replace(sentence=f"profile: {what}")

    # What the explorer asks.

    def profiles_wanted(self, scene: Scene) -> Iterable[int]:
        """Return the case on screen and the one that it is compared with."""
        return [at for at in (case_index(scene), self._wanted.against) if at >= 0]

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
        kind, look = self._choices.kind(scene, self._wanted), self._wanted.look
        signals = self._signals.lines(scene, kind, width, height)
        shown = Shown(graph, self._replacement(scene, graph), self._cumulative, look.inverted)
        split = self._split = shown.split(width, height - len(signals) - 1)
        self.follow(*shown.followed(split))
        lines = shown.lines(scene, split, self.top)[: height - len(signals) - 1]
        below = shown.used - self.top - split.rows
        order = self._order() if shown.instead is None else ""
        note = title_note(scene, self._wanted, kind, graph.flame, order, below)
        return [self.title(scene, width, note), *lines, *signals]

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

    def _replacement(self, scene: Scene, graph: FlameGraph) -> SourceValues | SeriesList | None:
        """Return what is shown in place of the graph; None for the graph."""
        if self._by_time:
            return self._series.of(scene, self._choices.kind(scene, self._wanted), self._wanted)
        if not self._listed:
            return None
        now = self._source
        if now is None or now.flame is not graph.flame or now.function != self._listed:
            now = self._source = SourceValues(scene, graph.flame, self._listed)
        return now

    def _no_series(self) -> None:
        self._by_time = False
        words = "one profile only, and the tests ran once: --pull and -count take more"
        self.post_message(self.Answered(words))

    def _show_of_series(self, scene: Scene, series: SeriesList) -> Viewport:
        """Show the chosen profile of a series, or go to the chosen repetition."""
        row = series.row
        if row.at_ns >= 0:
            return scene.view.at(row.at_ns)
        less = series.less if series.less != row.number else 0
        measure = series.series.counted.kind
        self._by_time = False
        self._show(self._wanted._replace(number=row.number, less=less, measure=measure))
        return scene.view

    def _order(self) -> str:
        look = self._wanted.look
        return "callers above" if look.around else "callers below" if look.inverted else ""

    def _leave_rows(self) -> Change:
        self._listed, self._source, self._by_time = "", None, False
        self.redraw()
        return Change()

    def _show_around(self, scene: Scene, function: str) -> Change:
        """Show callers and callees of a function, or all again with it chosen."""
        before, self._sought, self._listed = self._wanted.look.around, None, ""
        change = self._show(with_callers_of(self._wanted, function))
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
