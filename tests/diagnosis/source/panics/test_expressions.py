"""The expression of a line that a panic is about is told where the line leaves one only."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, line_with, package
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.panics.expressions import all_dereferenced, indexed, written_map

TEXT = """
import "strings"
type box struct{ rows map[string]int; next *box; call func() }
func (b *box) f(names []string, run func()) {
	b.rows["a"] = 1 // one map
	b.rows["a"], b.next.rows["b"] = 1, 2 // two maps
	use(names[0]) // one index
	use(names[0], b.list[1]) // two indices
	use(len(b.rows)) // one pointer
	use(strings.ToUpper(b.name)) // import
	use(*b.next) // two pointers
	run() // function value
	local() // declared
}
func local() {}
"""
PARSED = package(TEXT).files[FILE]


def _line(part: str) -> int:
    return line_with(TEXT, f"// {part}")


@pytest.mark.parametrize(
    ("part", "name"), [("one map", "b.rows"), ("two maps", ""), ("one index", "")]
)
def test_the_map_that_a_line_writes_to(part: str, name: str) -> None:
    assert written_map(PARSED, _line(part)) == name


@pytest.mark.parametrize(
    ("part", "name"), [("one index", "names"), ("two indices", ""), ("one pointer", "")]
)
def test_the_value_that_a_line_indexes(part: str, name: str) -> None:
    assert indexed(PARSED, _line(part)) == name


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("one pointer", "b"),
        ("import", "b"),
        ("two pointers", "b.next b"),
        ("function value", "run"),
        ("declared", ""),
    ],
)
def test_the_pointers_that_a_line_follows(part: str, name: str) -> None:
    assert " ".join(text_of(each) for each in all_dereferenced(PARSED, _line(part))) == name
