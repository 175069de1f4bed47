"""Text of any kind fills exactly the cells it is given."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from flaketui.drawing.lines import StyledLine, cut_left, fit, fit_right, fit_words, wrap
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from thoroughness import examples

LOOK = look(DARK, ascii_glyphs=False)
TEXTS = st.text(st.characters(exclude_categories=("C", "Z", "M")), max_size=60)


@settings(max_examples=examples(200))
@given(TEXTS, st.integers(1, 40))
def test_fitted_text_takes_its_cells_and_no_other(text: str, width: int) -> None:
    for align in (fit, fit_right, cut_left):
        assert cell_len(align(text, width)) == width


@settings(max_examples=examples(100))
@given(st.lists(TEXTS, max_size=12), st.integers(1, 40))
def test_a_sentence_that_is_cut_fits_and_one_that_fits_is_whole(
    words: list[str], width: int
) -> None:
    text = " ".join(words)
    cut = fit_words(text, width)
    assert cell_len(cut) <= width
    assert cut == text if cell_len(text) <= width else cut.endswith("…")


@pytest.mark.parametrize(
    ("width", "cut"),
    [
        (40, "G1 waits for the mutex that G2 holds"),
        (30, "G1 waits for the mutex that …"),
        (28, "G1 waits for the mutex that…"),
        (25, "G1 waits for the mutex …"),
        (5, "G1 …"),
    ],
)
def test_a_sentence_is_cut_between_words(width: int, cut: str) -> None:
    assert fit_words("G1 waits for the mutex that G2 holds", width) == cut


def test_a_word_as_long_as_the_line_is_cut_itself() -> None:
    assert fit_words("want aaaaaaaaaaaaaaaaaaaa", 12) == "want aaaaaa…"


@settings(max_examples=examples(100))
@given(st.lists(TEXTS, max_size=4), TEXTS, st.integers(1, 60))
def test_a_line_is_as_wide_as_its_pane(texts: list[str], needle: str, width: int) -> None:
    line = StyledLine(LOOK, width)
    for text in texts:
        line.found(text, "text", needle)
    strip = line.strip()
    assert sum(segment.cell_length for segment in strip) == strip.cell_length == width


@settings(max_examples=examples(100))
@given(TEXTS, st.integers(10, 60))
def test_wrapped_text_keeps_every_letter(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    assert all(cell_len(line) <= width for line in lines)


def test_neighbours_of_one_style_are_one_segment() -> None:
    strip = StyledLine(LOOK, 20).add("who ").add("waits").strip()
    assert [segment.text for segment in strip] == ["who waits           "]


def test_a_match_is_found_in_either_case_and_marked() -> None:
    strip = StyledLine(LOOK, 12).found("Lock lock", "text", "LOCK").strip()
    marked = [segment.text for segment in strip if segment.style == LOOK.style("text", "match")]
    assert marked == ["Lock", "lock"]


@pytest.mark.parametrize("text", ["[bold]x[/bold]", "[@click=app.quit]x[/]", "\\[x]"])
def test_what_a_test_printed_is_never_read_as_markup(text: str) -> None:
    assert StyledLine(LOOK, 40).add(text).strip().text.rstrip() == text


def test_a_line_of_a_megabyte_costs_no_more_than_its_cells() -> None:
    assert StyledLine(LOOK, 80).add("é" * 1_000_000).strip().cell_length == 80
