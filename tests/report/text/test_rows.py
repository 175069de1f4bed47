"""Cells stand below one another, and a block of lines behind an empty one."""

from __future__ import annotations

from flakecore.report.text.rows import aligned, set_apart


def test_cells_of_a_column_begin_at_one_place_and_no_line_ends_in_blanks() -> None:
    assert list(aligned([("a", "b"), ("long", "")])) == ["    a     b", "    long"]
    assert list(aligned([])) == []


def test_a_column_is_padded_to_the_limit_and_what_is_longer_stays_whole() -> None:
    assert list(aligned([("a", "b"), ("longer", "c")], "", widest=3)) == ["a    b", "longer  c"]


def test_lines_are_set_apart_and_none_leave_nothing() -> None:
    assert list(set_apart(iter(["a", "b"]))) == ["", "a", "b"]
    assert list(set_apart(iter([]))) == []
