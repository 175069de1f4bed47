"""The Goroutines pane names the objects that goroutines wait on and hold."""

from __future__ import annotations

from dataclasses import replace

from flakecore.diagnosis import Counterpart, CounterpartWait
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.panes.goroutines.goroutine_rows import list_goroutines
from flaketui.view.navigation import failure_view
from flaketui.view.scene import Scene
from flaketui.view.viewport import Viewport
from tui.scenario import deadlock
from tui.scripted_schedule import MS

CASE = deadlock()
AT = 3_000 * MS
WAITS = (
    CounterpartWait(
        34,
        "lock",
        "b.mu",
        "",
        421 * MS,
        AT,
        None,
        None,
        (Counterpart("holds", 35, 0, None, False),),
    ),
    CounterpartWait(
        35,
        "lock",
        "a.mu",
        "",
        423 * MS,
        AT,
        None,
        None,
        (Counterpart("holds", 34, 0, None, False),),
    ),
)


def told(moment_ns: int, waits: tuple[CounterpartWait, ...] = WAITS) -> dict[int, str]:
    view = failure_view(CASE, Viewport.whole(CASE.start_ns, CASE.end_ns), 1).at(moment_ns)
    plain = look(DARK, ascii_glyphs=False)
    rows = list_goroutines(Scene(CASE, view, (), plain, compact=False, waits=waits)).rows
    return {row.standing.number: row.standing.on for row in rows}


def test_each_wait_names_its_object_and_holder_and_what_its_goroutine_holds() -> None:
    found = told(AT)
    assert found[34] == "b.mu, held by G35; holds a.mu"
    assert found[35] == "a.mu, held by G34; holds b.mu"
    assert found[21] == ""


def test_at_another_moment_only_the_same_wait_is_told_of() -> None:
    assert told(3_100 * MS)[34] == "b.mu, held by G35; holds a.mu"
    assert told(100 * MS)[34] == ""


def test_of_several_objects_only_how_many_is_told() -> None:
    both = (*WAITS, replace(WAITS[0], name="c.mu", counterparts=()))
    assert told(AT, both)[34] == "2 objects; holds a.mu"
