"""What a goroutine waits on, and who is on the other side."""

from __future__ import annotations

from dataclasses import replace

from flakecore.diagnosis import (
    Certainty,
    Counterpart,
    CounterpartWait,
    Evidence,
    Finding,
    Place,
    Role,
)
from flakecore.timeline import Lane, LaneKind
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.panes.timeline.counterparts import NAMED_MOST, counterparts, holders, named_lanes
from flaketui.view.navigation import failure_view
from flaketui.view.scene import Scene
from flaketui.view.viewport import Viewport
from tui.lanes import G34, G35
from tui.scenario import deadlock

CASE = deadlock()
VIEW = failure_view(CASE, Viewport.whole(CASE.start_ns, CASE.end_ns), 1)
OTHERS = next(test.goroutine for test in CASE.tests if test.index == 1)
"""The goroutine of a test beside the failing one."""


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


def test_both_sides_of_the_cause_have_lanes_of_their_own_and_a_crowd_has_none() -> None:
    assert named_lanes(scene(CYCLE)) == {G34, G35}
    assert named_lanes(replace(scene(CYCLE), findings=None)) == frozenset()
    crowd = tuple(place(Role.WAITS, number) for number in range(1, NAMED_MOST + 2))
    assert named_lanes(scene(replace(CYCLE, places=crowd))) == frozenset()
    nobody = (place(Role.MADE, 0),)
    assert named_lanes(scene(replace(CYCLE, places=nobody))) == frozenset()


def test_of_the_evidence_those_of_other_tests_alone_have_lanes_of_their_own() -> None:
    facts = tuple(Evidence(f"G{number} ran", 3, number) for number in (21, 34, OTHERS, 999))
    told = scene(replace(CYCLE, places=(), evidence=facts))
    assert named_lanes(told) == {Lane(LaneKind.GOROUTINE, OTHERS)}
    elsewhere = replace(VIEW, selection=replace(VIEW.selection, test=1))
    assert named_lanes(replace(told, view=elsewhere)) == frozenset()


def wait(goroutine: int, name: str, *others: Counterpart) -> CounterpartWait:
    return CounterpartWait(goroutine, "lock", name, name, 0, 421, None, None, others)


def other(role: str, goroutine: int, *, ended: bool = False) -> Counterpart:
    return Counterpart(role, goroutine, 0, None, ended)


def test_the_page_tells_more_than_the_finding_and_of_what_moment() -> None:
    shown = replace(scene(CYCLE), waits=(wait(34, "p.mu", other("holds", 35)),))
    told = counterparts(shown)
    assert told[34] == ("p.mu, held by G35", "G35", 421)
    assert told[35] == ("mutex, held by G34?", "G34?", None)


def test_of_a_wait_on_several_objects_none_is_told_alone() -> None:
    shown = replace(scene(CYCLE), findings=(), waits=(wait(34, "a"), wait(34, "b")))
    assert counterparts(shown) == {}
