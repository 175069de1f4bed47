from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.printable import MARK, printable, printable_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, ünïcode 漢字", "plain text, ünïcode 漢字"),
        ("", ""),
        ("a\x1b]52;c;RVZJTA==\x07b", f"a{MARK}]52;c;RVZJTA=={MARK}b"),
        ("two\nlines\tand a tab", f"two{MARK}lines{MARK}and a tab"),
        ("c1 \x9b31m, del \x7f", f"c1 {MARK}31m, del {MARK}"),
        ("ev\u202eil", f"ev{MARK}il"),
        ("zero\u200bwidth\ufeff", f"zero{MARK}width{MARK}"),
        ("line\u2028separator", f"line{MARK}separator"),
        ("no utf-8 \udcff", f"no utf-8 {MARK}"),
        ("no\u00a0break", "no\u00a0break"),
        ("é as two: e\u0301", "é as two: e\u0301"),
        ("✔\ufe0f", "✔\ufe0f"),
    ],
)
def test_a_character_that_a_terminal_acts_upon_becomes_one_mark(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_of_several_lines_only_newlines_and_tabs_stay() -> None:
    text = "one\n\ttwo\x1b[31m\r\n\u202ethree\n"
    assert printable_lines(text) == f"one\n\ttwo{MARK}[31m{MARK}\n{MARK}three\n"
    assert printable_lines("\tplain\n") == "\tplain\n"


@given(st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Ll"])))
def test_no_control_separator_or_direction_is_ever_left(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert not any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") for one in shown)
    assert not any(unicodedata.bidirectional(one) in _TURNING for one in shown)
    assert printable(shown) == shown


_TURNING = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
