"""Who holds what a goroutine waits for."""

from __future__ import annotations

from dataclasses import replace

from flakecore.diagnosis import Certainty, Finding, Place, Role
from flaketui.drawing.theme import DARK, look
from flaketui.panes.timeline.counterparts import holders
from flaketui.view.navigation import failure_view
from flaketui.view.scene import Scene
from flaketui.view.viewport import Viewport
from tui.scenario import deadlock

CASE = deadlock()
VIEW = failure_view(CASE, Viewport.whole(CASE.start_ns, CASE.end_ns), 1)


def scene(finding: Finding) -> Scene:
    return Scene(CASE, VIEW, (finding,), look(DARK, ascii_glyphs=False), compact=False)


def place(role: Role, goroutine: int) -> Place:
    return Place(role, goroutine, "p.f", "/src/pool/pool.go", 88)


CYCLE = Finding(
    "lock-cycle",
    "Deadlock.",
    Certainty.INFERRED,
    places=tuple(
        place(role, number) for number in (34, 35) for role in (Role.WAITS, Role.LOCKED_AT)
    ),
)


def test_of_two_that_wait_for_each_other_each_is_told_beside_the_other() -> None:
    assert holders(scene(CYCLE)) == {34: "G35?", 35: "G34?"}
    assert holders(scene(replace(CYCLE, certainty=Certainty.SEEN))) == {34: "G35", 35: "G34"}


def test_where_several_may_hold_it_none_is_told() -> None:
    third = (place(Role.WAITS, 36), place(Role.LOCKED_AT, 36))
    assert holders(scene(replace(CYCLE, places=(*CYCLE.places, *third)))) == {}


def test_a_finding_of_another_kind_tells_no_holder() -> None:
    assert holders(scene(replace(CYCLE, rule="chan-no-sender"))) == {}
    assert holders(replace(scene(CYCLE), findings=None)) == {}
