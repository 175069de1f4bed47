from __future__ import annotations

from rich.segment import Segment
from textual.color import Color

from flaketui.drawing.segment_filter import PrintableFilter

BLACK = Color(0, 0, 0)


def test_plain_segments_pass_as_they_are() -> None:
    segments = [Segment("Tests ✗ 漢字"), Segment("│")]
    assert PrintableFilter().apply(segments, BLACK) is segments


def test_what_moves_a_cursor_or_turns_text_is_taken_out_and_the_width_stays() -> None:
    segments = [Segment("a\x1b]52;c;RQ==\x07b\x9b2J\u202e\x7fc"), Segment("d")]
    shown = PrintableFilter().apply(segments, BLACK)
    assert [segment.text for segment in shown] == ["a]52;c;RQ==b2Jc", "d"]
    assert Segment.get_line_length(shown) == Segment.get_line_length(segments)
