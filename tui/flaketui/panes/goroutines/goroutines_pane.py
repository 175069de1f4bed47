"""The Goroutines pane: where every goroutine stands, by a dump or by the trace at the cursor."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from textual.strip import Strip

from flakecore.timeline import Frame, State
from flaketui.drawing.lines import StyledLine, cut_left, fit, fit_right
from flaketui.drawing.palettes import Role
from flaketui.panes.action_results import Change, Choice
from flaketui.panes.goroutines.goroutine_rows import GoroutineRows, Row, list_goroutines, opens
from flaketui.panes.goroutines.standings import Standing
from flaketui.panes.pane import Pane
from flaketui.panes.registry import PaneEntry
from flaketui.view.arrangement import GoroutineOrder, GoroutinesShown, following, order_words
from flaketui.view.key import SHOW, Key
from flaketui.view.lanes import goroutine_lane
from flaketui.view.scene import Scene, bare_function
from flaketui.view.selected_dump import next_dump, selected_dump
from flaketui.view.viewport import SelectionKind, Viewport

NOTHING = " neither a trace nor a dump: where goroutines stood is not known"
HOW = " flaketui collect records both; `kill -QUIT` or a timeout of go test prints a dump"
_BEFORE = 12
"""Cells of the mark, the number and a blank behind the state."""
_ROOM_FOR_OBJECTS = 56
"""Width from which there is room for the objects that goroutines wait on and hold."""
_STATES = {state.label: state for state in State}
"""States by their labels, for their colours; a dump has words of its own besides."""


class GoroutinesPane(Pane):
    """A row for each kind of goroutines; those of a kind stand below it when it is opened."""

    keys = (
        Key(
            "dump-next",
            "D",
            "D",
            "show_next_dump",
            SHOW,
            "show the goroutines of the next dump, or of the trace",
            pane="goroutines",
        ),
    )

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._listed_for: object = None
        self._rows = GoroutineRows((), "")
        self._heading: tuple[str, object] = ("", None)

    def rows(self, scene: Scene) -> GoroutineRows:
        """Return the rows, kept until they change."""
        view, wanted = scene.view, scene.arrangement
        dump = selected_dump(scene.case, view, wanted.dump)
        moment = view.cursor_ns if dump is None else -1
        test = view.selection.test, view.selection.failure
        order = wanted.goroutines, wanted.goroutine_order, wanted.turned
        now = (scene.case, id(dump), moment, test, order, id(scene.waits))
        if now != self._listed_for:
            self._listed_for, self._rows = now, list_goroutines(scene)
        return self._rows

    def current(self, scene: Scene, rows: GoroutineRows) -> int:
        """Return the row one stands on, else that of the selected goroutine, or -1."""
        lane = scene.view.selection.lane
        key = self._heading[0] if self._heading[1] == lane else ""
        number = lane.id if lane is not None and str(lane).startswith("G") else 0
        return rows.place(key, number)

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Select another row."""
        rows = self.rows(scene)
        if not rows.rows:
            return None
        return self._go_to(scene, rows.rows[rows.beside(self.current(scene, rows), delta)])

    def choose(self, scene: Scene) -> Viewport | None:
        """Open or fold a kind of several goroutines, or a stack; of one, go to the details."""
        rows = self.rows(scene)
        here = self.current(scene, rows)
        if here < 0:
            return None
        row = rows.rows[here]
        if row.member is not None or not opens(row.kind):
            return None
        self.post_message(self.Arranged(lambda one: one.turn(row.kind.key, opened=not row.opened)))
        return scene.view

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Select the row that was clicked on."""
        del x
        rows = self.rows(scene).rows
        at = self.top + y - self.title_rows
        return self._go_to(scene, rows[at]) if y >= self.title_rows and at < len(rows) else None

    def filter_rows(self, scene: Scene) -> Change:
        """List all goroutines, those that wait, or those of the selected test."""
        shown = following(scene.arrangement.goroutines)
        return Change(replace(scene.arrangement, goroutines=shown), sentence=f"goroutines: {shown}")

    def sort_rows(self, scene: Scene) -> Change:
        """Put the goroutines in another order."""
        order = following(scene.arrangement.goroutine_order)
        changed = replace(scene.arrangement, goroutine_order=order)
        return Change(changed, sentence=f"goroutines: {order}")

    def show_next_dump(self, scene: Scene) -> Change:
        """List the goroutines of the dump after the one that is shown."""
        case, now = scene.case, scene.arrangement.dump
        if not case.dumps:
            return Change(sentence="there is no dump of goroutines")
        number = next_dump(case, scene.view, now)
        shown = selected_dump(case, scene.view, number)
        whose = "the trace" if shown is None else f"dump {case.dumps.index(shown) + 1}"
        of = f"{len(case.dumps):,} dump{'' if len(case.dumps) == 1 else 's'}"
        return Change(replace(scene.arrangement, dump=number), sentence=f"{whose}, of {of}")

    def choices(self, scene: Scene) -> list[Choice]:
        """Offer each selection and each order."""
        now = scene.arrangement
        shown = {
            GoroutinesShown.ALL: "all goroutines",
            GoroutinesShown.WAITING: "only the goroutines that wait",
            GoroutinesShown.OF_TEST: "only the goroutines of the selected test",
        }
        offered = [(f"Show {words}", replace(now, goroutines=one)) for one, words in shown.items()]
        offered += [
            (f"Order the goroutines {order_words(one)}", replace(now, goroutine_order=one))
            for one in GoroutineOrder
        ]
        return [Choice(title, "goroutines", Change(arranged)) for title, arranged in offered]

    def exported(self, scene: Scene) -> dict[str, object]:
        """Return the goroutines that are listed, alike ones together."""
        heads = [row for row in self.rows(scene).rows if row.member is None]
        kinds = [row.kind for row in heads if row.frame is None]
        return {
            "goroutines": [
                {
                    "count": kind.count,
                    "goroutines": [one.number for one in kind.members if one.number],
                    "state": kind.first.state,
                    "waited_ns": kind.waited_ns,
                    "test": kind.first.test,
                    "on": kind.on,
                    "stack": [f"{one.function} {one.file}:{one.line}" for one in kind.first.stack],
                }
                for kind in kinds
            ]
        }

    @property
    def title_rows(self) -> int:
        """The title and the heads of the columns."""
        return 2

    def _go_to(self, scene: Scene, row: Row) -> Viewport:
        lane = goroutine_lane(row.standing.number)
        is_heading = row.member is None
        self._heading = (row.kind.key, lane) if is_heading else ("", None)
        self.redraw()
        return scene.view.select(lane=lane, subject=SelectionKind.LANE)

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw the rows that fit."""
        rows = self.rows(scene)
        if not rows.note:
            sentences = (StyledLine(scene.look, width).add(one, "muted") for one in (NOTHING, HOW))
            return [self.title(scene, width), *(line.strip() for line in sentences)]
        on = any(row.kind.on for row in rows.rows)
        shape = _widths(width, waits=any(row.kind.waited_ns for row in rows.rows), objects=on)
        lines = [self.title(scene, width, rows.note), _heads(scene, width, shape)]
        here, space = self.current(scene, rows), height - 2
        self.follow(here, len(rows.rows), space)
        lines += [
            _row_line(scene, rows.rows[at], width, shape, current=at == here)
            for at in range(self.top, min(len(rows.rows), self.top + space))
        ]
        if not rows.rows:
            lines.append(
                StyledLine(scene.look, width).add(" no goroutine is like that", "muted").strip()
            )
        return lines[:height]


class _Widths(NamedTuple):
    """Columns whose width depends on the pane's and the rows; 0 for one that is left out."""

    state: int
    waited: int
    at: int
    on: int
    test: int
    creator: int


def _widths(width: int, *, waits: bool, objects: bool) -> _Widths:
    on = min(44, width // 3) if objects and width >= _ROOM_FOR_OBJECTS else 0
    state = 12 if on and width < 64 else 16 if width < 90 else 20
    waited = 9 if waits else 0
    test = 0 if width < (100 if on else 64) else min(28, width // 5)
    creator = 0 if width < (150 if on else 100) else min(40, width // 4)
    left = width - _BEFORE - state - waited - on - test - creator
    return _Widths(state, waited, max(8, left), on, test, creator)


def _heads(scene: Scene, width: int, shape: _Widths) -> Strip:
    line = StyledLine(scene.look, width).add(f"   {'G':<7} {fit('state', shape.state)} ", "faint")
    line.add(f"{'for':>7}  " if shape.waited else "", "faint").add(fit("at", shape.at), "faint")
    line.add(fit("on", shape.on), "faint").add(fit("test", shape.test), "faint")
    return line.add(" created by" if shape.creator else "", "faint").strip()


def _row_line(scene: Scene, row: Row, width: int, shape: _Widths, *, current: bool) -> Strip:
    look, one, needle = scene.look, row.standing, scene.view.filter
    line = StyledLine(look, width, "selected" if current else "plain")
    if row.frame is not None:
        line.add(" " * _BEFORE).add("created at " if row.is_creation else "", "muted")
        return line.found(_at(row.frame), "text", needle).strip()
    if row.member is None and opens(row.kind):
        line.add(f" {look.glyphs.opened if row.opened else look.glyphs.closed} ", "accent")
        number = f"G{one.number}" if one.number else ""
        many = f"{row.kind.count:,}{look.glyphs.times}" if row.kind.count > 1 else number
        line.add(fit(many, 7) + " ", "strong")
        waited = row.kind.waited()
    else:
        line.add("   " if row.member is None else "     ")
        wide = 7 if row.member is None else 5
        line.add(fit(f"G{one.number}" if one.number else "", wide) + " ", "strong")
        waited = replace(row.kind, members=(one,)).waited()
    state = _STATES.get(one.state)
    role: Role = "text" if one.number else "muted"
    words = fit(one.state, shape.state, look.glyphs.ellipsis) + " "
    if state is not None:
        line.styled(words, look.state(state, line.ground))
    else:
        line.add(words, role)
    line.add(fit_right(waited, 7) + "  " if shape.waited else "", "muted")
    line.found(fit(_at(one.own), shape.at - 1, look.glyphs.ellipsis), "text", needle).add(" ")
    if shape.on:
        on = row.kind.on if row.member is None else one.on
        line.found(fit(on, shape.on - 1, look.glyphs.ellipsis), "text", needle).add(" ")
    if shape.test:
        line.found(cut_left(one.test, shape.test, look.glyphs.ellipsis), "muted", needle)
    if shape.creator:
        line.found(f" {_creation(one)}", "faint", needle)
    return line.strip()


def _at(frame: Frame | None) -> str:
    if frame is None:
        return ""
    place = f"{frame.short_file}:{frame.line}  " if frame.file else ""
    return f"{place}{bare_function(frame.function)}"


def _creation(one: Standing) -> str:
    whom = f"G{one.creator} " if one.creator else ""
    return f"{whom}{_at(one.created_at)}".strip()
