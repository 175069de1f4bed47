"""What the Details pane holds for each kind of selection."""

from __future__ import annotations

from dataclasses import replace

from flakecore.loss import Loss
from flakecore.objects import read_pages
from flakecore.timeline import Lane, LaneKind
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.panes.details.blocks import plain_source
from flaketui.panes.details.content import content_blocks, details_title
from flaketui.panes.details.render import lay_out, summary_lines
from flaketui.view.navigation import failure_view, show_line, show_test
from flaketui.view.scene import Scene
from flaketui.view.viewport import SelectionKind, Viewport
from objects.made_pages import lines, page
from tui.scenario import FINDINGS, deadlock
from tui.scripted_schedule import MS

CASE = deadlock()
WHOLE = Viewport.whole(CASE.start_ns, CASE.end_ns)
G34 = Lane(LaneKind.GOROUTINE, 34)


def scene(view: Viewport) -> Scene:
    return Scene(CASE, view, FINDINGS, look(DARK, ascii_glyphs=False), compact=False)


def texts(shown: Scene) -> list[str]:
    return [block.text for block in content_blocks(shown)]


def test_a_failure_is_described_by_its_message_findings_and_evidence() -> None:
    shown = scene(failure_view(CASE, WHOLE, 1))
    assert details_title(shown) == "why TestDrain failed"
    found = texts(shown)
    assert found[0] == "timeout after 3.48s · pool_test.go:40 · test timed out after 3.5s"
    assert found[1] == FINDINGS[0].claim
    assert found[2] == "0.421 000s  G34 waits for a mutex at pool.go:88"
    evidence = [block.evidence for block in content_blocks(shown) if block.evidence is not None]
    assert evidence == list(FINDINGS[0].evidence)


def test_until_a_failure_is_explained_that_is_stated() -> None:
    shown = replace(scene(failure_view(CASE, WHOLE, 1)), findings=None)
    assert "working out why" in texts(shown)


def test_a_test_a_line_a_pause_and_a_lane_each_have_a_headline() -> None:
    assert details_title(scene(show_test(CASE, WHOLE, 3))) == "TestReset"
    assert details_title(scene(show_line(CASE, WHOLE, 4))) == "output line"
    pause = WHOLE.at(230 * MS).select(subject=SelectionKind.PAUSE)
    assert details_title(scene(pause)) == "garbage collector"
    assert details_title(scene(WHOLE.select(lane=G34, subject=SelectionKind.LANE))) == "G34"


def test_a_stack_has_own_frames_one_a_line_and_gos_folded() -> None:
    shown = scene(WHOLE.at(500 * MS).select(lane=G34, subject=SelectionKind.LANE))
    places = [block.place.strip() for block in content_blocks(shown) if block.place]
    assert places[:2] == ["pool.go:88", "pool.go:61"]
    (folded, *_) = (text for text in texts(shown) if text.startswith("Go's own: "))
    assert "sync.(*Mutex).Lock" in folded


def test_losses_are_listed_and_no_selection_is_stated() -> None:
    assert texts(scene(WHOLE)) == ["Nothing is selected: choose a test, a lane or a line."]
    losses = (Loss("trace", "its end is cut off", bytes=12),)
    assert texts(replace(scene(WHOLE), losses=losses)) == [
        "lost: trace: its end is cut off (12 bytes)"
    ]


def test_blocks_are_broken_into_lines_of_the_width() -> None:
    shown = scene(failure_view(CASE, WHOLE, 1))
    for block in content_blocks(shown):
        lines = lay_out(shown, block, 40, chosen=False)
        assert {line.cell_length for line in lines} == {40}
        assert len(lines) == 1 or not (block.verbatim or block.place)


def test_the_summary_leaves_evidence_out_and_fits_its_height() -> None:
    shown = scene(failure_view(CASE, WHOLE, 1))
    lines = [line.text.rstrip() for line in summary_lines(shown, 80, 4)]
    assert len(lines) == 4
    assert lines[0].startswith(" why TestDrain failed ─")
    assert not any("0.421 000s" in line for line in lines[1:3])


def test_a_source_line_has_nothing_that_a_terminal_obeys() -> None:
    assert plain_source("\tx := 1\x1b[31m\r") == "    x := 1·[31m"


def test_a_wait_is_shown_with_its_object_and_who_is_on_the_other_side() -> None:
    lock = {
        "address": "0xc000012140",
        "kind": "mutex",
        "holders": [{"goroutine": 40, "mode": "write", "since": 411_000_000, "stack": 1}],
    }
    waits = [{"object": "0xc000012140", "op": "lock"}]
    waiting = {"id": 34, "state": "waiting", "stack": 0, "since": 421_000_000, "waits": waits}
    made = page(mono_ns=500 * MS, unix_ns=1, goroutines=[waiting], objects=[lock])
    pages, _ = read_pages(lines(made), name="objects.json", offset=lambda _mono, _unix: 0)
    view = WHOLE.at(500 * MS).select(lane=G34, subject=SelectionKind.LANE)
    shown = replace(scene(view), case=replace(CASE, objects=pages))
    found = [block for block in content_blocks(shown) if "G40" in block.text and block.indent]
    assert found[0].text == "on mutex 0x…140, held by G40 for 89.0ms, locked at bank.go:18"
    evidence = found[1].evidence
    assert evidence is not None
    assert (evidence.text, evidence.time_ns) == ("G40 holds at bank.go:18", 411_000_000)
    assert not any("0x…140" in text for text in texts(scene(view)))
