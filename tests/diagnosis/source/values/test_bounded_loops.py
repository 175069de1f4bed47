"""Loops that come to an end by their text, and loops that may not."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.source.syntax import walk
from flakecore.diagnosis.source.values.busy_loops import Loop, is_bounded

_HEAD = """import "iter"

type gate struct {
	next *gate
	all  iter.Seq[int]
}

var level int

func F(g *gate, in chan int, rows []int, by map[int]int, seq iter.Seq[int]) {
"""


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("for range rows { level++ }", True),
        ("for range 1 << 30 { level++ }", True),
        ("for range by { level++ }", True),
        ("for range numbers() { level++ }", False),
        ("for range seq { level++ }", False),
        ("for range g.all { level++ }", False),
        ("for range unknown { level++ }", False),
        ("for i := 0; i < 9; i++ { level++ }", True),
        ("for i := 9; i >= 0; i-- { level++ }", True),
        ("for i := 0; len(rows) > i; i += 2 { level++ }", True),
        ("for i := 0; i < len(rows) && rows[i] != 7; i++ { level++ }", True),
        ("for i := 0; i < 9; i++ { rows[i] = level }", True),
        ("for i := len(rows) - 1; i >= 0; i-- { level++ }", True),
        ("for i := waiting(); i >= 0; i-- { level++ }", False),
        ("for i := 0; i < len(by); i++ { by[i] = level }", False),
        ("for n := g; n != nil; n = n.next { level++ }", False),
        ("for i := 0; i < 9; i++ { if rows[i] == 0 { i-- } }", False),
        ("for i := 0; i < 9; i++ { reset(&i) }", False),
        ("for i := 0; i < len(rows); i++ { rows = append(rows, i) }", False),
        ("for i := 0; i < level; i++ { level++ }", False),
        ("for i := 0; i < waiting(); i++ { level++ }", False),
        ("for i := 9; i > 0; i++ { level++ }", False),
        ("for i := 0; i < 9; i += 0 { level++ }", False),
        ("for i := 0; i != 9; i += 2 { level++ }", False),
        ("for i := uint(9); i >= 0; i-- { level++ }", False),
        ("for range in { level++ }", False),
    ],
)
def test_a_loop_ends_where_its_text_has_it_so(text: str, *, ends: bool) -> None:
    parsed = package(f"{_HEAD}{text}\n}}\n")
    (loop,) = (each for each in walk(parsed.files[FILE].root) if each.type == "for_statement")
    assert is_bounded(parsed, Loop(FILE, loop)) is ends
