"""The rows of the Why pane."""

from __future__ import annotations

from dataclasses import replace

from flakecore.diagnosis import Place, Role
from flakecore.timeline import FailureKind
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.panes.why.why_rows import UNBUILT, UNEXPLAINED, why_rows
from flaketui.view.navigation import failure_view
from flaketui.view.scene import Scene
from flaketui.view.viewport import Viewport
from tui.scenario import FINDINGS, deadlock

CASE = deadlock()
WHOLE = Viewport.whole(CASE.start_ns, CASE.end_ns)
SCENE = Scene(
    CASE, failure_view(CASE, WHOLE, 1), FINDINGS, look(DARK, ascii_glyphs=False), compact=False
)


def test_the_keys_stop_on_claims_and_evidence() -> None:
    stops = [row for row in why_rows(SCENE) if row.can_be_chosen]
    assert [row.is_claim for row in stops] == [True, False]
    assert stops[1].evidence == FINDINGS[0].evidence[0]
    assert {row.finding for row in stops} == {0}


def test_places_of_one_line_are_told_once_with_all_who_stand_there() -> None:
    places = (
        Place(Role.WAITS, 34, "p.f", "/src/pool/pool.go", 88),
        Place(Role.WAITS, 35, "p.f", "/src/pool/pool.go", 88),
        Place(Role.LOCKED_AT, 0, "", "pool.go", 61),
    )
    finding = replace(FINDINGS[0], places=places, next="take both in one order")
    texts = [row.text for row in why_rows(replace(SCENE, findings=(finding,)))]
    assert texts[-2:] == [
        "waits pool.go:88 (G34, G35) · locked at pool.go:61",
        "next: take both in one order",
    ]


def test_the_accesses_of_a_race_are_told_by_its_claim_alone() -> None:
    said = replace(SCENE.case.failures[1], kind=FailureKind.RACE, message="data race: write, read")
    failures = (SCENE.case.failures[0], said, *SCENE.case.failures[2:])
    scene = replace(SCENE, case=replace(SCENE.case, failures=failures))
    race = replace(FINDINGS[0], rule="race", claim="Race: f writes at a.go:7, g reads at a.go:9")
    explained = [row.text for row in why_rows(replace(scene, findings=(race,)))]
    assert race.claim in explained
    assert not any("data race: " in text for text in explained)
    for others in (FINDINGS, (), None):
        texts = [row.text for row in why_rows(replace(scene, findings=others))]
        assert any("data race: write, read" in text for text in texts)


def test_while_a_failure_is_being_explained_that_is_said_and_nothing_else() -> None:
    texts = [row.text for row in why_rows(replace(SCENE, findings=None))]
    assert "working out why" in texts
    assert UNEXPLAINED not in texts


def test_without_a_failure_there_is_one_row() -> None:
    (row,) = why_rows(replace(SCENE, view=WHOLE, findings=()))
    assert row.text == "choose a failure with [ and ]"


def test_what_did_not_build_is_told_as_the_compiler_says_it_and_by_no_rule() -> None:
    said = "# example.com/pool\npool/pool.go:7:11: expected '('"
    failure = replace(
        CASE.failures[0], kind=FailureKind.BUILD, message=said, file="pool.go", line=7
    )
    case = replace(CASE, failures=(failure,))
    shown = replace(SCENE, case=case, view=failure_view(CASE, WHOLE, 0), findings=())
    texts = [row.text for row in why_rows(shown)]
    assert texts == ["pool/pool.go:7:11: expected '('", UNBUILT]


def test_the_place_of_a_failure_stands_before_a_message_that_does_not_name_it() -> None:
    (first, *_) = why_rows(replace(SCENE, view=failure_view(CASE, WHOLE, 0)))
    assert first.text == "pool_test.go:21: got 3 items, want 4"
