"""What alone sets a field or a variable to nil, or cuts it short, is found if a test reaches it."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, line_with, package
from flakecore.diagnosis.source.panics.clearings import clearing

SOURCE = """
type pool struct { conns []int; next *int }
func (p *pool) close() { p.conns = nil } // closed
func (p *pool) first() int { return p.conns[0] } // panics
func TestClosed(t *testing.T) { p := &pool{}; p.close(); p.first() }
func TestOpen(t *testing.T) { p := &pool{}; p.first() }
"""


def test_the_only_place_that_sets_it_to_nil_is_named() -> None:
    at = (FILE, line_with(SOURCE, "// panics"))
    found = clearing(package(SOURCE), at, "p.conns", "TestClosed")
    assert found is not None
    assert (found.file, found.line) == (FILE, line_with(SOURCE, "// closed"))


@pytest.mark.parametrize(
    ("source", "test"),
    [
        (SOURCE, "TestOpen"),
        (f"{SOURCE}func (p *pool) reset() {{ p.conns = nil }}\n", "TestClosed"),
        (SOURCE.replace("p.conns = nil", "p.next = nil"), "TestClosed"),
    ],
    ids=["out of reach", "two places", "another field"],
)
def test_nothing_is_named_where_more_than_one_way_is_left_or_none(source: str, test: str) -> None:
    at = (FILE, line_with(source, "// panics"))
    assert clearing(package(source), at, "p.conns", test) is None


def test_a_slice_that_is_cut_short_is_empty_only_where_that_is_asked() -> None:
    source = SOURCE.replace("p.conns = nil", "p.conns = p.conns[:0]")
    at = (FILE, line_with(source, "// panics"))
    assert clearing(package(source), at, "p.conns", "TestClosed") is None
    assert clearing(package(source), at, "p.conns", "TestClosed", cuts=True) is not None
