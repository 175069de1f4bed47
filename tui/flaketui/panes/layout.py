"""The panes and bars in their places, and which pane is the current one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Static

from flakecore.timeline import FrameQuery
from flaketui.panes.bars import KeyBar, SummaryBar
from flaketui.panes.case_kind import basis_of, empty_panes, occasion_of
from flaketui.panes.lines_widget import LinesWidget
from flaketui.panes.match_list import MatchList
from flaketui.panes.pane import Pane
from flaketui.panes.pane_area import STACKED, PaneArea
from flaketui.panes.placement import ROW_PARTS, Placement, is_beside
from flaketui.panes.registry import (
    PANES,
    STACK,
    STACK_WITHOUT_OUTPUT,
    Basis,
    Occasion,
    default_places,
    initial_pane,
)
from flaketui.view.scene import Scene

ROOMY = (160, 45)
"""From this width and height on, tests and details are shown as well."""
ALL_OF_FIVE = (120, 38)
"""From this width and height on, findings, source, lanes, waits and output are always shown."""
_TOP_MOST = 9 / 20
"""The part of a large screen that findings and source take at most."""
_TOP_LEAST = 7
"""Lines that they take at least."""
_STACK_MOST = 3 / 5
"""The part of a small screen that the findings take at most while source or output are below."""
_STACK_LEAST = 4
"""Lines of a pane in the stack at least: with fewer it is left out."""
_STRIPS_FROM = 20
"""Height from which a small screen has two lines of the timeline under the headline."""
_HOME = "why"
"""The pane under which a small screen shows what it names."""


class PaneLayout(Container):
    """All that shows a scene, and which of the panes is current.

    On a large screen the panes that have been placed stand between the bars; a small one shows
    the current pane only, and under the findings the source and the output as far as they fit.

    Attributes:
        panes: every pane of the registry, in its order.
        current: the pane that keys go to.
        matches: what a search has found so far.
    """

    def __init__(
        self, prompt: Widget, matches: MatchList, hints: Sequence[tuple[str, str]]
    ) -> None:
        """Make all panes.

        Args:
            prompt: what stands above the bottom line while it is open.
            matches: what lies over the panes while a search is typed.
            hints: (keys, word) for the bottom line, the most useful first.
        """
        super().__init__(id="layout")
        self.summary = SummaryBar(id="summary")
        self.panes: tuple[Pane, ...] = tuple(entry.load()(entry) for entry in PANES)
        self.keys = KeyBar([(entry.key, entry.tab) for entry in PANES], hints)
        self._prompt = prompt
        self.matches = matches
        self._area = PaneArea(self.panes)
        self._progress = Static(Text("opening the bundle"), id="loading")
        self._opening = Container(self._progress, id="opening")
        self._by_name = {pane.entry.name: pane for pane in self.panes}
        self._shown_for: _Shown | None = None
        self._fitted_for: object = None
        self._touched = False
        self.current: Pane = self[initial_pane(Basis.TRACE)]

    def __getitem__(self, name: str) -> Pane:
        """Return a pane by its name in the registry."""
        return self._by_name[name]

    def compose(self) -> ComposeResult:
        """Lay out the panes between the bars."""
        yield self.summary
        yield self._area
        yield self.matches
        yield self._opening
        yield self._prompt
        yield self.keys

    def on_mount(self) -> None:
        """Make the initial pane the current one, among those that most failures are shown with.

        They are not laid out once more then, when the first scene is there.
        """
        roomy, low = self._room
        self.place(default_places(Basis.TRACE, Occasion.CHECK, roomy=roomy, low=low))
        self._make_current(self.current)

    def place(self, placements: Mapping[str, Placement]) -> None:
        """Show these panes on a large screen, each in its place, and no others."""
        if placements == self.placements and not self._area.placement.heights:
            self._fitted_for = None
            return
        self._area.placement.placements = dict(placements)
        self._area.placement.heights, self._fitted_for = {}, None
        for name, pane in self._by_name.items():
            placement = placements.get(name)
            beside = placement is not None and is_beside(placement, [*placements.values()])
            pane.set_class(placement is not None, "-placed")
            pane.set_class(beside, "-beside")
        self._area.arrange_anew()

    @property
    def placements(self) -> Mapping[str, Placement]:
        """The panes that a large screen shows, each with its place."""
        return self._area.placement.placements

    def go_home(self, pane: Pane, placements: Mapping[str, Placement]) -> None:
        """Make a pane the current one again, among those that stood around it."""
        if placements != self.placements:
            self.place(placements)
        self.bring_up(pane)

    def bring_up(self, pane: Pane) -> None:
        """Make a pane the current one: keys go to it, and a small screen shows only it.

        A pane that has no place on a large screen takes its own, and the one that stands there
        gives way.
        """
        self._touched = True
        self._make_current(pane)

    def _make_current(self, pane: Pane) -> None:
        self.current.active = False
        self.current.redraw()
        self.current = pane
        pane.active = True
        compact = pane.scene is None or pane.scene.compact
        if not compact:
            self._give_place(pane)
        pane.redraw()
        if compact and pane.scene is not None:
            self._lay_out_small(pane.scene)
        self.keys.show_current(pane.entry.key)

    def _give_place(self, pane: Pane) -> None:
        if pane.has_class("-placed"):
            return
        own = pane.entry.placement
        placed = self._area.placement.placements
        there = [n for n, one in placed.items() if (one.row, one.column) == (own.row, own.column)]
        others = {name: one for name, one in placed.items() if name not in there}
        self.place({**others, pane.entry.name: placed[there[0]] if there else own})

    def _lay_out_small(self, scene: Scene) -> None:
        """Show the current pane on a small screen, and under the findings what they name.

        Where nothing changes nothing is laid out again: that would send the whole screen.
        """
        heights = self._stacked(scene) if self.current.entry.name == _HOME else {}
        shown = set(heights) or {self.current.entry.name}
        rows = {STACKED[name].row: size for name, size in heights.items()}
        for pane in self.panes:
            pane.set_class(pane.entry.name in shown, "-current")
        self._set_heights(rows)

    def _stacked(self, scene: Scene) -> dict[str, int]:
        """Return the panes of the stack that have room, and the lines of each."""
        width, height = self.app.size
        left = height - self._summary_height(scene) - 1
        found: dict[str, int] = {}
        for name in STACK_WITHOUT_OUTPUT if "output" in empty_panes(scene) else STACK:
            if left < _STACK_LEAST:
                break
            most = int(left * _STACK_MOST) if name == "why" else left
            if name == "source" and left >= 3 * _STACK_LEAST:
                most = left - _STACK_LEAST - 2
            size = min(self[name].wanted_rows(scene, width) or left, most)
            found[name] = self[name].used_rows(scene, width, size)
            left -= found[name]
        wanted = self[_HOME].wanted_rows(scene, width) - found.get(_HOME, 0)
        if _HOME in found:
            found[_HOME] += max(0, min(left, wanted))
        return found

    def _set_heights(self, heights: Mapping[int, int]) -> None:
        if heights != self._area.placement.heights:
            self._area.placement.heights = dict(heights)
            self._area.arrange_anew()

    def _fit_rows(self, scene: Scene) -> None:
        """Give findings and source the lines that they need, and the other rows the rest."""
        width, height = self.app.size
        key = (id(scene.case), scene.view.selection.failure, scene.findings is None, width, height)
        compact = scene.compact
        if scene.findings is None or (key, compact, self.current) == self._fitted_for:
            return
        self._fitted_for = (key, compact, self.current)
        if compact:
            self._lay_out_small(scene)
            return
        placed = self._area.placement.placements
        top = [name for name, one in placed.items() if one.row == 0]
        parts = sum(placed[name].parts for name in top)
        wides = [width * placed[name].parts // parts for name in top]
        wanted = [
            self[name].wanted_rows(scene, wide) for name, wide in zip(top, wides, strict=True)
        ]
        area = height - self._summary_height(scene) - 1
        least = _TOP_LEAST if all(wanted) else area * ROW_PARTS[0] // sum(ROW_PARTS)
        most = int(area * _TOP_MOST)
        self._set_heights({0: min(max([least, *wanted]), most)} if any(wanted) else {})

    def _summary_height(self, scene: Scene) -> int:
        shown = scene.case.timed or bool(scene.progress)
        return 4 if shown and scene.compact and self.app.size.height >= _STRIPS_FROM else 2

    def neighbour(self, delta: int) -> Pane:
        """Return the pane after or before the current one, in the registry's order."""
        at = self.panes.index(self.current)
        return self.panes[(at + delta) % len(self.panes)]

    @property
    def describing(self) -> Pane:
        """The pane that describes the selection."""
        return next(pane for pane in self.panes if pane.describes_selection)

    @property
    def columns(self) -> int:
        """How many cells the widest time axis has; 1 where there is none."""
        return max(1, *(pane.columns for pane in self.panes))

    def needs(self, scene: Scene) -> FrameQuery | None:
        """Return what all panes look up in the trace to draw a scene; None for nothing."""
        wanted = [needs for pane in self.panes if (needs := pane.needs(scene)) is not None]
        if len(wanted) < 2:
            return wanted[0] if wanted else None
        return wanted[0]._replace(
            lanes=tuple(dict.fromkeys(lane for needs in wanted for lane in needs.lanes)),
            beside=tuple(dict.fromkeys(lane for needs in wanted for lane in needs.beside)),
        )

    def profiles_wanted(self, scene: Scene) -> set[int]:
        """Return the cases whose profiles panes on screen show, by their places."""
        shown = (pane for pane in self.panes if pane.is_on_screen)
        return {place for pane in shown for place in pane.profiles_wanted(scene)}

    def _place_defaults(self, scene: Scene) -> None:
        """Show the panes that fit the failure and the screen, unless a person chose others."""
        roomy, low = self._room
        lacking = empty_panes(scene)
        now = _Shown(basis_of(scene), occasion_of(scene), roomy, low, scene.compact, lacking)
        before, self._shown_for = self._shown_for, now
        if now == before:
            return
        basis, occasion, compact = now.basis, now.occasion, now.compact
        if before is None or before.basis is not basis or not self._touched:
            places = default_places(basis, occasion, roomy=roomy, low=low, lacking=lacking)
            self.place(places)
        if not self._touched:
            self._make_current(self[initial_pane(basis, compact=compact)])
        if not compact:
            self._give_place(self.current)

    @property
    def _room(self) -> tuple[bool, bool]:
        """Whether there is room for tests and details as well, and whether for fewer panes."""
        screen = self.app.size  # its own is not known before it has been displayed
        roomy = screen.width >= ROOMY[0] and screen.height >= ROOMY[1]
        return roomy, screen.width < ALL_OF_FIVE[0] or screen.height < ALL_OF_FIVE[1]

    def show_opening(self, words: str) -> None:
        """Show how far opening has come, in place of the panes: there is no scene yet."""
        self._progress.update(Text(words), layout=False)

    def show(self, scene: Scene) -> None:
        """Hand a scene to everything that draws."""
        self._opening.display = False
        self._place_defaults(scene)
        if scene.compact and not any(pane.has_class("-current") for pane in self.panes):
            self._lay_out_small(scene)
        if not scene.compact:
            for pane in self.panes:
                pane.remove_class("-current")
        self._fit_rows(scene)
        self.summary.styles.height = self._summary_height(scene)
        drawn: tuple[LinesWidget, ...] = (self.summary, *self.panes, self.keys)
        for one in drawn:
            one.show(scene)


class _Shown(NamedTuple):
    """What the panes that are shown at first depend on."""

    basis: Basis
    occasion: Occasion
    roomy: bool
    low: bool
    compact: bool
    lacking: frozenset[str]
