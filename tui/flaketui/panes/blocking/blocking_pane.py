"""The Blocking pane: who waits in the window, since when, for what, and who ended it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from textual.strip import Strip

from flakecore.timeline import Case, Interval
from flakecore.times import format_duration, format_time
from flaketui.drawing.lines import StyledLine, cut_left, fit, fit_right, width_of
from flaketui.panes.action_results import Change, Choice
from flaketui.panes.blocking.dumped_waits import DumpedList, dumped_lines, dumped_note
from flaketui.panes.blocking.wait_rows import (
    LISTED,
    SUMMED,
    Listed,
    Total,
    find_waits,
    list_waits,
    never_ends,
    wait_place,
)
from flaketui.panes.interval_fields import interval_fields
from flaketui.panes.pane import Pane
from flaketui.panes.registry import PaneEntry
from flaketui.view.arrangement import (
    WaitOrder,
    WaitsOf,
    WaitsShown,
    WaitTotals,
    following,
    order_words,
)
from flaketui.view.key import SHOW, Key
from flaketui.view.scene import Scene
from flaketui.view.search import Match
from flaketui.view.viewport import SelectionKind, Viewport

_SHOWN = {
    WaitsShown.ALL: "all waits",
    WaitsShown.UNENDED: "only the waits that never ended",
    WaitsShown.OF_TEST: "only the waits of the selected test",
}
_ROOM_FOR_SINCE = 54
"""Width from which there is room for when a wait began."""
_NAME_LEAST = 3
"""Cells of a file's name that still identify the file."""
_FUNCTION = 10
"""Cells that must be free beside the source line for the function to be written there."""


class BlockingPane(Pane):
    """A table of waits, or of their totals; those that never end come first."""

    keys = (
        Key(
            "totals",
            "u",
            "u",
            "sum_up",
            SHOW,
            "sum the waits up by reason, by source line, or not",
            pane="blocking",
        ),
    )

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._listed_for: object = None
        self._listed = Listed((), (), capped=False)
        self._total = ""
        self._limit = LISTED
        self._dumped = DumpedList()

    def _draw_dumped(self, scene: Scene, width: int, space: int) -> list[Strip]:
        waits, current = self._dumped.waits(scene), self._dumped.current(scene)
        self.follow(current, len(waits.kinds), space)
        title = self.title(scene, width, dumped_note(waits))
        return [title, *dumped_lines(scene, waits, width, self.top, space, current)]

    def listed(self, scene: Scene) -> Listed:
        """Return what is listed for the window, kept until that changes."""
        view, wanted = scene.view, scene.arrangement
        test = view.selection.test if wanted.waits is WaitsShown.OF_TEST else -1
        order = (wanted.waits, wanted.wait_order, wanted.totals, wanted.waits_of)
        window = (scene.case, view.start_ns, view.end_ns, test, order)
        if window != self._listed_for:
            self._listed_for = window
            self._limit = LISTED
            self._listed = list_waits(scene, self._limit)
        return self._listed

    def current(self, scene: Scene, listed: Listed) -> int:
        """Return the row of the selected goroutine's wait at the cursor, or -1."""
        for row, total in enumerate(listed.totals):
            if total.key == self._total:
                return row
        lane, moment = scene.view.selection.lane, scene.view.cursor_ns
        for row, wait in enumerate(listed.waits):
            if wait.lane == lane and wait.start_ns <= moment <= wait.end_ns:
                return row
        return -1

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Select another wait."""
        if scene.case.schedule is None:
            return self._dumped.select(scene, self._dumped.current(scene) + delta)
        listed = self.listed(scene)
        if not listed.count:
            return None
        row = self.current(scene, listed)
        if listed.capped and row + delta >= listed.count and not listed.totals:
            # One goes on beyond what is listed: the next longest are looked up as well.
            self._limit *= 4
            listed = self._listed = list_waits(scene, self._limit)
        return self._go_to(scene, listed, max(0, min(listed.count - 1, row + delta)))

    def choose(self, scene: Scene) -> Viewport | None:
        """List the waits that a total sums up; of a wait, go to the details."""
        listed = self.listed(scene)
        row = self.current(scene, listed)
        if not listed.totals or row < 0:
            return None
        of = WaitsOf(scene.arrangement.totals, listed.totals[row].key)
        self.post_message(
            self.Arranged(lambda one: replace(one, totals=WaitTotals.EACH, waits_of=of))
        )
        return self._go_to(scene, listed, row)

    def filter_rows(self, scene: Scene) -> Change:
        """List all waits, those that never ended, or those of the selected test."""
        waits = following(scene.arrangement.waits)
        return Change(replace(scene.arrangement, waits=waits), sentence=f"waits: {waits}")

    def sort_rows(self, scene: Scene) -> Change:
        """Put the waits in another order."""
        order = following(scene.arrangement.wait_order)
        return Change(replace(scene.arrangement, wait_order=order), sentence=f"waits: {order}")

    def sum_up(self, scene: Scene) -> Change:
        """List each wait, or totals of them; from the waits of one total go back to all totals."""
        now = scene.arrangement
        totals = now.waits_of.totals if now.waits_of is not None else following(now.totals)
        arranged = replace(now, totals=totals, waits_of=None)
        return Change(arranged, sentence=f"blocking: {totals}")

    def choices(self, scene: Scene) -> list[Choice]:
        """Offer each selection, each order and each kind of totals."""
        now = scene.arrangement
        offered = [(f"Show {_SHOWN[one]}", replace(now, waits=one)) for one in WaitsShown]
        offered += [
            (f"Order the waits {order_words(one)}", replace(now, wait_order=one))
            for one in WaitOrder
        ]
        offered += [(f"List {one} in blocking", replace(now, totals=one)) for one in WaitTotals]
        return [Choice(title, "blocking", Change(arranged)) for title, arranged in offered]

    @staticmethod
    def search(case: Case, needle: str) -> list[Match]:
        """Find the longest waits by their reason."""
        return find_waits(case, needle)

    def exported(self, scene: Scene) -> dict[str, object]:
        """Return the waits in the window."""
        schedule, view = scene.case.schedule, scene.view
        waits = schedule.waits(view.start_ns, view.end_ns) if schedule is not None else ()
        return {"waits": [interval_fields(wait) | {"lane": str(wait.lane)} for wait in waits]}

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Select the wait that was clicked on."""
        del x
        row = self.top + y - self.title_rows
        if scene.case.schedule is None:
            there = y >= 2 and row < len(self._dumped.waits(scene).kinds)
            return self._dumped.select(scene, row) if there else None
        listed = self.listed(scene)
        return self._go_to(scene, listed, row) if 0 <= row < listed.count and y >= 2 else None

    @property
    def title_rows(self) -> int:
        """The title and the heads of the columns."""
        return 2

    def _go_to(self, scene: Scene, listed: Listed, row: int) -> Viewport:
        """Select a wait's lane; the cursor stays if it lies in the wait, else goes to its start."""
        self._total = listed.totals[row].key if listed.totals else ""
        view, wait = scene.view, listed.wait(row)
        if not wait.start_ns <= view.cursor_ns < wait.end_ns:
            view = view.at(max(wait.start_ns, view.start_ns))
        if listed.totals:
            self.redraw()
        return view.select(lane=wait.lane, subject=SelectionKind.LANE)

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw the waits that fit."""
        if scene.case.schedule is None:
            return self._draw_dumped(scene, width, height - 2)[:height]
        listed = self.listed(scene)
        summed = scene.arrangement.totals is not WaitTotals.EACH
        heads = _total_heads(scene, width) if summed else _heads(scene, width)
        lines = [self.title(scene, width, _note(scene, listed)), heads]
        current = self.current(scene, listed)
        space = height - 2
        self.follow(current, listed.count, space)
        for row in range(self.top, min(listed.count, self.top + space)):
            if summed:
                lines.append(_total_line(scene, listed.totals[row], width, current=row == current))
            else:
                lines.append(_wait_line(scene, listed.waits[row], width, current=row == current))
        if not listed.count:
            nobody = "main alone waits, for the tests" if listed.main else "nobody waits"
            words = StyledLine(scene.look, width).add(f" {nobody} in this window", "muted")
            lines.append(words.strip())
        return lines[:height]


def _note(scene: Scene, listed: Listed) -> str:
    """Return how much is listed, which part of it, and the order if it is not the usual one."""
    wanted = scene.arrangement
    if listed.totals:
        parts = [wanted.totals.value]
    else:
        many = len(listed.waits)
        parts = [f"the {many} longest" if listed.capped else f"{many} in the window"]
        stuck = sum(map(never_ends, listed.waits))
        least = "at least " if listed.capped and stuck == len(listed.waits) else ""
        parts += [f"{least}{stuck} never end"] if stuck else []
    if listed.totals and listed.capped:
        parts.append(f"of the {SUMMED:,} longest waits")
    if wanted.waits_of is not None and not listed.totals:
        parts.append(f"only {wanted.waits_of.key} (u goes back)")
    if wanted.waits is not WaitsShown.ALL:
        parts.append(f"only {wanted.waits}")
    if wanted.totals is WaitTotals.EACH and wanted.wait_order is not WaitOrder.LONGEST:
        parts.append(wanted.wait_order.value)
    return ", ".join(parts)


def _total_heads(scene: Scene, width: int) -> Strip:
    line = StyledLine(scene.look, width)
    head = "waits for" if scene.arrangement.totals is WaitTotals.REASON else "at"
    return line.add(f" {'together':>10} {'waits':>6} {'never end':>10}  {head}", "faint").strip()


def _total_line(scene: Scene, total: Total, width: int, *, current: bool) -> Strip:
    line = StyledLine(scene.look, width, "selected" if current else "plain")
    line.add(" " + fit_right(format_duration(total.waited_ns), 10) + " ", "strong")
    line.add(fit_right(str(total.count), 6) + " ")
    line.add(fit_right(str(total.unended or ""), 10) + "  ", "bad")
    needle = scene.view.filter
    if scene.arrangement.totals is WaitTotals.REASON:
        return line.styled(total.key, scene.look.state(total.longest.state, line.ground)).strip()
    line.found(total.key, "text", needle).add("  ")
    return line.found(total.function, "muted", needle).strip()


class _Widths(NamedTuple):
    """Columns whose width depends on the pane's: digits and cells of the time, the source line.

    Without room for the time both of it are 0.
    """

    digits: int
    since: int
    place: int


def _widths(width: int) -> _Widths:
    if width < _ROOM_FOR_SINCE:
        return _Widths(0, 0, max(8, width - 39))
    digits, since = (6, 10) if width >= 70 else (3, 6)
    return _Widths(digits, since, max(8, width - 41 - since))


def _heads(scene: Scene, width: int) -> Strip:
    shape = _widths(width)
    line = StyledLine(scene.look, width)
    since = f" {'since':>{shape.since}} " if shape.since else ""
    line.add(f" {'for':>9}{since} {'G':<5} {'waits for':<12} ", "faint")
    return line.add(fit("at", shape.place) + " ", "faint").add("ended by", "faint").strip()


def _wait_line(scene: Scene, wait: Interval, width: int, *, current: bool) -> Strip:
    look, shape = scene.look, _widths(width)
    line = StyledLine(look, width, "selected" if current else "plain")
    never = never_ends(wait)
    line.add(f" {look.glyphs.forever if never else ' '} ", "bad")
    line.add(fit_right(format_duration(wait.duration_ns), 7) + " ", "strong" if never else "text")
    if shape.since:
        since = format_time(wait.start_ns, digits=shape.digits)
        line.add(fit_right(since, shape.since) + "  ", "muted")
    line.add(fit(str(wait.lane), 5) + " ", "strong" if current else "text")
    line.styled(fit(wait.state.label, 12) + " ", look.state(wait.state, line.ground))
    _add_place(line, scene, wait, shape.place)
    if never:
        return line.add("never", "bad").strip()
    if wait.wake is None:
        return line.add("not recorded" if wait.cut else "", "faint").strip()
    return line.add(f"G{wait.wake.goroutine}" if wait.wake.goroutine > 0 else "runtime").strip()


def _cut_place(place: str, width: int, ellipsis: str) -> str:
    """Return a source line in so many cells: of a long name the beginning, and the line's number.

    Its end is the same in every test file.
    """
    if width_of(place) <= width:
        return fit(place, width)
    name, _, number = place.rpartition(":")
    room = width - width_of(number) - 1
    if room < _NAME_LEAST:
        return cut_left(place, width, ellipsis)
    return fit(f"{fit(name.removesuffix('.go'), room, ellipsis).rstrip()}:{number}", width)


def _add_place(line: StyledLine, scene: Scene, wait: Interval, width: int) -> None:
    """Append where the person's code waits: the source line, and the function if it has room."""
    needle, ellipsis = scene.view.filter, scene.look.glyphs.ellipsis
    place, function = wait_place(scene, wait)
    rest = width - width_of(place) - 2
    if not place or rest < _FUNCTION:
        line.found(_cut_place(place, width, ellipsis), "text", needle).add(" ")
        return
    line.found(place, "text", needle).add("  ")
    line.found(fit(function, rest, ellipsis), "muted", needle).add(" ")
