from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.text.printable import MARK, clean, clean_lines, printable, printable_lines


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, ünïcode 漢字", "plain text, ünïcode 漢字"),
        ("", ""),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;5;196;1mbright\x1b[m", "bright"),
        ("\x1b[2J\x1b[Hhome", "home"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0;2;0;0;0\x1b\\picture", "picture"),
        ("\x1b(Bcharset", "charset"),
        ("\x1bcreset", "reset"),
        ("\x9b31meight bits\x9b0m", "eight bits"),
        ("\x9d0;title\x9cafter", "after"),
        ("bell\x07 back\x08 null\x00 del\x7f", "bell back null del"),
        ("\ta\tb", "    a    b"),
        ("10%\r20%\r", "10%20%"),
        ("no\u00a0break", "no\u00a0break"),
    ],
)
def test_cleaned_text_is_what_a_terminal_would_print(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize("text", ["\x1b]0;title and text", "\x1bPtitle and text"])
def test_an_unfinished_control_string_does_not_swallow_the_text_after_it(text: str) -> None:
    assert "title and text" in clean(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_no_control_character_is_ever_left(text: str) -> None:
    shown = clean(text)
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in shown)
    assert clean(shown) == shown


@given(st.text(alphabet="\x1b[]0;mAB\x07\\P \x9b", max_size=40))
def test_broken_escape_sequences_leave_no_escape(text: str) -> None:
    assert "\x1b" not in clean(text)
    assert "\x9b" not in clean(text)


@given(st.text(st.sampled_from("a\t\n\x1b[m\x07é\u202e\x9b")))
def test_lines_are_cleaned_each_by_itself(text: str) -> None:
    assert clean_lines(text) == "\n".join(map(clean, text.split("\n")))
