"""The rows of the Goroutines pane: kinds of goroutines, and those of a kind that was opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flakecore.timeline import Frame
from flakecore.times import format_time
from flaketui.panes.goroutines.objects_held import with_objects
from flaketui.panes.goroutines.race_standings import standings_of_races
from flaketui.panes.goroutines.standings import (
    LOOKED_AT,
    Alike,
    Standing,
    standings_of_dump,
    standings_of_trace,
)
from flaketui.view.arrangement import GoroutineOrder, GoroutinesShown
from flaketui.view.scene import Scene
from flaketui.view.selected_dump import selected_dump


@dataclass(frozen=True, slots=True)
class Row:
    """A row: all goroutines of a kind, one of them below it, or a frame of their stack.

    Attributes:
        kind: the kind.
        member: the one; None for the row of them all.
        opened: whether what the kind holds stands below.
        frame: the frame of the stack; None for a row of goroutines.
        is_creation: whether the frame is where they were created.
    """

    kind: Alike
    member: Standing | None
    opened: bool
    frame: Frame | None = None
    is_creation: bool = False

    @property
    def standing(self) -> Standing:
        """The goroutine that the row shows."""
        return self.member or self.kind.first


@dataclass(frozen=True, slots=True)
class GoroutineRows:
    """All rows.

    Attributes:
        rows: from top to bottom.
        note: what they are of, and how many goroutines.
    """

    rows: tuple[Row, ...]
    note: str

    def beside(self, place: int, delta: int) -> int:
        """Return the row so many steps away; a frame of a stack is no step."""
        stops = [at for at, row in enumerate(self.rows) if row.frame is None]
        here = sum(at < place for at in stops) if place >= 0 else (0 if delta < 0 else -1)
        return stops[max(0, min(len(stops) - 1, here + delta))]

    def place(self, key: str, number: int) -> int:
        """Return the row of a kind's heading, or of a goroutine, or of its kind; -1 for none."""
        for place, row in enumerate(self.rows):
            if row.member is None and row.kind.key == key:
                return place
        fallback = -1
        for place, row in enumerate(self.rows):
            if row.frame is not None:
                continue
            if row.member is not None or row.kind.count == 1:
                if number and row.standing.number == number:
                    return place
            elif not row.opened and any(one.number == number for one in row.kind.members):
                fallback = place if number else fallback
        return fallback


def list_goroutines(scene: Scene) -> GoroutineRows:
    """Return the rows for the goroutines of the dump that is shown, else of the trace."""
    case, view, wanted = scene.case, scene.view, scene.arrangement
    failure, schedule = scene.failure, case.schedule
    test = failure.test if failure is not None else view.selection.test
    number = failure.goroutine if failure is not None else 0
    dump = selected_dump(case, view, wanted.dump)
    if dump is not None:
        name = failure.test_name if failure is not None else scene.test_name(test)
        kinds = standings_of_dump(case, dump, name, number)
        whose = dump.name.rpartition("/")[2] or f"dump: {dump.source}"
        count = sum(kind.count for kind in kinds)
    elif schedule is not None:
        kinds, count = standings_of_trace(case, schedule, view.cursor_ns, test, number)
        whose = f"trace at {format_time(view.cursor_ns)}s"
    elif case.races:
        kinds = standings_of_races(case, failure)
        whose, count = "by the race detector", len(kinds)
    else:
        return GoroutineRows((), "")
    if dump is not None and len(case.dumps) > 1:
        whose += f" ({case.dumps.index(dump) + 1} of {len(case.dumps):,})"
    noun = "access" if dump is None and schedule is None else "goroutine"
    note = f"{whose}, {count:,} {noun}{'' if count == 1 else 'es' if noun == 'access' else 's'}"
    if dump is None and count > LOOKED_AT:
        note += f", {LOOKED_AT:,} of them shown"
    kinds = with_objects(scene, kinds, dump)
    shown = [kind for kind in kinds if _is_shown(scene, kind)]
    if wanted.goroutines is not GoroutinesShown.ALL:
        note += f", only {wanted.goroutines}"
    if wanted.goroutine_order is not GoroutineOrder.FAILURE_FIRST:
        note += f", {wanted.goroutine_order}"
    shown.sort(key=_ORDERS[wanted.goroutine_order])
    turned = dict(wanted.turned)
    rows: list[Row] = []
    for kind in shown:
        opened = opens(kind) and turned.get(kind.key, False)
        rows.append(Row(kind, None, opened))
        if opened and kind.first.number:
            rows += [Row(kind, member, opened) for member in kind.members]
        elif opened:
            rows += [Row(kind, None, opened, frame) for frame in kind.first.stack]
            if kind.first.created_at is not None:
                rows.append(Row(kind, None, opened, kind.first.created_at, is_creation=True))
    return GoroutineRows(tuple(rows), note)


def opens(kind: Alike) -> bool:
    """Whether a kind's row opens below itself; the details describe a single goroutine."""
    return kind.count > 1 or not kind.first.number


def _is_shown(scene: Scene, kind: Alike) -> bool:
    match scene.arrangement.goroutines:
        case GoroutinesShown.WAITING:
            return kind.first.state not in ("running", "runnable", "syscall", "system call")
        case GoroutinesShown.OF_TEST:
            name = scene.test_name(scene.view.selection.test)
            test = kind.first.test
            return bool(name) and (test == name or test.startswith(f"{name}/"))
        case _:
            return True


_ORDERS: dict[GoroutineOrder, Callable[[Alike], tuple[int, ...]]] = {
    GoroutineOrder.FAILURE_FIRST: lambda kind: (kind.rank,),
    GoroutineOrder.MOST: lambda kind: (-kind.count, kind.rank),
    GoroutineOrder.LONGEST: lambda kind: (-kind.waited_ns, kind.rank),
    GoroutineOrder.NUMBER: lambda kind: (kind.first.number,),
}
