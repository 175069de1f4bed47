"""What the goroutines of a dump wait for: the rows of the Blocking pane where there is no trace."""

from __future__ import annotations

from dataclasses import dataclass

from textual.strip import Strip

from flakecore.timeline import State
from flaketui.drawing.lines import StyledLine, cut_left, fit, fit_right
from flaketui.panes.goroutines.standings import Alike, standings_of_dump
from flaketui.view.lanes import goroutine_lane
from flaketui.view.scene import Scene, bare_function
from flaketui.view.selected_dump import selected_dump
from flaketui.view.viewport import SelectionKind, Viewport

NO_WAITS = (
    " neither a trace nor a dump: what goroutines waited for is not known",
    " flaketui collect records each wait, with who ended it",
)
_STATES = {state.label: state for state in State}
_AT_WORK = frozenset({"", "running", "runnable", "syscall", "idle"})
"""States of a dump in which a goroutine waits for nothing that another one would end."""
_ROOM_FOR_TEST = 76
"""Width from which the test of a wait is named."""


@dataclass(frozen=True, slots=True)
class DumpedWaits:
    """Kinds of goroutines that waited when a dump was made, the longest first.

    Attributes:
        kinds: one a row.
        count: how many goroutines they are.
        name: of the dump; "" where there is none.
    """

    kinds: tuple[Alike, ...]
    count: int
    name: str

    def place(self, number: int) -> int:
        """Return the row of a goroutine, -1 for none."""
        found = (at for at, kind in enumerate(self.kinds) if number and _holds(kind, number))
        return next(found, -1)


def _holds(kind: Alike, number: int) -> bool:
    return any(one.number == number for one in kind.members)


def dumped_waits(scene: Scene) -> DumpedWaits:
    """Return what waited in the dump that is shown; a dump counts whole minutes."""
    case, failure = scene.case, scene.failure
    dump = selected_dump(case, scene.view, scene.arrangement.dump)
    if dump is None:
        return DumpedWaits((), 0, "")
    test = failure.test_name if failure is not None else ""
    number = failure.goroutine if failure is not None else 0
    kinds = [
        kind
        for kind in standings_of_dump(case, dump, test, number)
        if kind.first.state not in _AT_WORK
    ]
    kinds.sort(key=lambda kind: (-kind.waited_ns, kind.rank))
    name = dump.name.rpartition("/")[2] or f"dump: {dump.source}"
    return DumpedWaits(tuple(kinds), sum(kind.count for kind in kinds), name)


class DumpedList:
    """The waits of the dump that is shown, kept until another one is."""

    def __init__(self) -> None:
        self._made_for: object = None
        self._waits = DumpedWaits((), 0, "")

    def waits(self, scene: Scene) -> DumpedWaits:
        """Return the waits."""
        dump = selected_dump(scene.case, scene.view, scene.arrangement.dump)
        now = (scene.case, id(dump), scene.view.selection.failure)
        if now != self._made_for:
            self._made_for, self._waits = now, dumped_waits(scene)
        return self._waits

    def current(self, scene: Scene) -> int:
        """Return the row of the selected goroutine, -1 for none."""
        lane = scene.view.selection.lane
        return -1 if lane is None else self.waits(scene).place(lane.id)

    def select(self, scene: Scene, row: int) -> Viewport | None:
        """Return the viewport with the first goroutine of a row selected, None without rows."""
        kinds = self.waits(scene).kinds
        if not kinds:
            return None
        number = kinds[max(0, min(len(kinds) - 1, row))].first.number
        return scene.view.select(lane=goroutine_lane(number), subject=SelectionKind.LANE)


def dumped_note(waits: DumpedWaits) -> str:
    """Return what stands behind the pane's name."""
    return f"{waits.name}, {waits.count:,} waited" if waits.name else ""


def dumped_lines(
    scene: Scene, waits: DumpedWaits, width: int, top: int, space: int, current: int
) -> list[Strip]:
    """Draw the heads and the rows that fit from ``top`` on, or why there are none."""
    if not waits.kinds:
        sentences = (f" nobody in {waits.name} waits",) if waits.name else NO_WAITS
        return [StyledLine(scene.look, width).add(one, "muted").strip() for one in sentences]
    shown = range(top, min(len(waits.kinds), top + space))
    rows = [_line(scene, waits.kinds[row], width, current=row == current) for row in shown]
    return [_heads(scene, width), *rows]


def _heads(scene: Scene, width: int) -> Strip:
    line = StyledLine(scene.look, width)
    line.add(f" {'for':>7} {'G':<8} ", "faint").add(fit("waits for", _state(width)) + " ", "faint")
    line.add(fit("at", _room(width)), "faint")
    return line.add("test" if width >= _ROOM_FOR_TEST else "", "faint").strip()


def _line(scene: Scene, kind: Alike, width: int, *, current: bool) -> Strip:
    look, one, needle = scene.look, kind.first, scene.view.filter
    line = StyledLine(look, width, "selected" if current else "plain")
    line.add(" " + fit_right(kind.waited(), 7) + " ", "strong")
    many = f" {look.glyphs.times}{kind.count:,}" if kind.count > 1 else ""
    line.add(fit(f"G{one.number}{many}", 8) + " ", "strong" if current else "text")
    words = fit(one.state, _state(width), look.glyphs.ellipsis) + " "
    state = _STATES.get(one.state)
    if state is not None:
        line.styled(words, look.state(state, line.ground))
    else:
        line.add(words)
    room = _room(width)
    at = "" if one.own is None else f"{one.own.short_file}:{one.own.line}"
    function = "" if one.own is None else bare_function(one.own.function)
    line.found(fit(f"{at}  {function}", room - 1, look.glyphs.ellipsis), "text", needle).add(" ")
    if width >= _ROOM_FOR_TEST:
        line.found(cut_left(one.test, line.left, look.glyphs.ellipsis), "muted", needle)
    return line.strip()


def _room(width: int) -> int:
    """Return how many cells there are for the place."""
    test = width // 4 if width >= _ROOM_FOR_TEST else 0
    return max(8, width - 19 - _state(width) - test)


def _state(width: int) -> int:
    return 20 if width >= _ROOM_FOR_TEST else 15
