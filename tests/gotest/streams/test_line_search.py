from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotest.streams.line_search import lines_holding, positions_of

WORDS = ("--- ", "ok", "\nok", "\nF", "=")
TEXTS = st.text(alphabet="ok- =F\n", max_size=60)


@given(TEXTS)
def test_the_lines_that_hold_a_word_are_found_once_and_in_order(text: str) -> None:
    holding = [
        number
        for number, line in enumerate(text.split("\n"))
        if any(
            line.startswith(word[1:]) if word.startswith("\n") else word in line for word in WORDS
        )
    ]
    assert lines_holding(text, WORDS, "\n") == holding


@given(st.lists(TEXTS.map(lambda text: text.replace("\n", "")), max_size=20), st.integers(1, 400))
def test_positions_count_over_all_lines(lines: list[str], times: int) -> None:
    texts = lines * times
    found = [at for at, text in enumerate(texts) if "ok" in text or "=" in text]
    assert list(positions_of(texts, ("ok", "="))) == found


def test_a_line_that_holds_a_newline_is_one_line() -> None:
    assert list(positions_of(["\n", "panic: x", "a\npanic: y", "z"], ("\npanic: ",))) == [1]
