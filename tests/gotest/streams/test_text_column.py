"""A column of texts is, for who reads it, the list of strings that went in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotest.streams import block_store, line_search, text_column
from flakecore.gotest.streams.line_search import positions_of
from flakecore.gotest.streams.text_column import TextColumn, TextsAt, first_bytes

LINES = st.text(st.characters(exclude_characters="\n", codec=None), max_size=9)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make what fills a block so little that a few lines do, and most of them go to the file."""
    monkeypatch.setattr(text_column, "_BLOCK", 7)
    monkeypatch.setattr(text_column, "_LINES", 3)
    monkeypatch.setattr(block_store, "MOST_IN_MEMORY", 20)


def _column(groups: list[tuple[str, list[str]]]) -> tuple[TextColumn, list[str]]:
    column, expected = TextColumn(), []
    for way, lines in groups:
        if way == "append":
            for line in lines:
                column.append(line)
        elif way == "pending":
            column.pending += lines
            column.settle_many()
        else:
            whole = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
            column.extend(whole, len(lines))
        expected += lines
    return column, expected


GROUPS = st.lists(
    st.tuples(st.sampled_from(["append", "pending", "extend"]), st.lists(LINES, max_size=5)),
    max_size=6,
)


@given(GROUPS, st.lists(st.integers(-40, 40), max_size=20))
def test_it_reads_like_a_list(groups: list[tuple[str, list[str]]], places: list[int]) -> None:
    column, expected = _column(groups)
    assert len(column) == len(expected)
    for at in places:
        if -len(expected) <= at < len(expected):
            assert column[at] == expected[at]
        else:
            with pytest.raises(IndexError):
                column[at]
        assert column[at:] == expected[at:]
    assert list(column) == expected
    assert column == TextColumn(expected)
    assert column != TextColumn([*expected, ""])


@given(GROUPS)
def test_a_line_that_is_read_early_does_not_end_the_column(
    groups: list[tuple[str, list[str]]],
) -> None:
    column, expected = TextColumn(), []
    for _, lines in groups:
        for line in lines:
            column.append(line)
        expected += lines
        assert column[-2:] == expected[-2:]
    assert list(column) == expected


def test_a_newline_within_a_line_becomes_a_space() -> None:
    column = TextColumn(["a\nb"])
    column.append("c\nd")
    assert list(column) == ["a b", "c d"]


@given(GROUPS, st.lists(LINES.filter(bool), min_size=1, max_size=3))
def test_words_are_found_where_a_list_has_them(
    groups: list[tuple[str, list[str]]], words: list[str]
) -> None:
    column, expected = _column(groups)
    words = [word for word in words if not any("\ud800" <= each <= "\udfff" for each in word)]
    holding = [at for at, line in enumerate(expected) if any(word in line for word in words)]
    assert list(positions_of(column, words)) == holding


def test_a_line_of_megabytes_is_searched_at_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_search, "_LONG", 40)
    middle = "x" * 100
    lines = ["a", f"panic: {middle}", f"{middle}FAIL: y", f"{middle}FAIL: y{middle}", "FAIL"]
    column = TextColumn()
    for line in lines:
        column.append(line)
    assert list(positions_of(column, ("panic: ", "FAIL"))) == [1, 2, 4]


@given(GROUPS)
def test_it_tells_how_each_line_begins(groups: list[tuple[str, list[str]]]) -> None:
    column, expected = _column(groups)
    begins = [(line or "\n").encode("utf-8", "surrogatepass")[0] for line in expected]
    assert column.first_bytes().tolist() == begins
    rows = np.arange(len(expected), dtype=np.int64)[::-1]
    instead = {0: "other"} if expected else {}
    some = TextsAt(column, rows, instead)
    assert first_bytes(some).tolist() == [ord("o"), *begins[1:]][: len(begins)][::-1]
    assert list(some) == ["other", *expected[1:]][: len(expected)][::-1]
