"""What was wanted and what the message shows are found as two texts of one list, or not at all."""

from __future__ import annotations

import pytest

from diagnosis.failing_sources import failing_source
from flakecore.diagnosis.rules.test_code.orders.sibling_values import is_of_index, siblings
from flakecore.diagnosis.source.go_parser import text_of

TEXT = """
import "testing"
type row struct {
	name string
	age  int
}
func first([]row) string
func names() []string
func TestX(t *testing.T) {
	%s
	if got := %s; got != "ann" {
		t.Fatal("got", got)
	}
}
"""
ROWS = 'all := []row{{"ann", 20}, {"bob", 20}, {"cid", 30}}'
KEYED = 'all := []row{{name: "ann", age: 20}, {name: "bob", age: 20}}'
CALLS = 'add("ann", 20); add("bob", 30)'
LIST = 'all := []string{"ann", "bob"}'


@pytest.mark.parametrize(
    ("rows", "message", "expected"),
    [
        (ROWS, "got bob", ("bob", ("20",))),
        (KEYED, "got bob", ("bob", ("20",))),
        (ROWS, "got cid", ("cid", ())),
        (CALLS, "got bob", ("bob", ())),
        (LIST, "got bob", ("bob", ())),
        (ROWS, "got dan", None),
        (ROWS, "got bob and cid", None),
        (ROWS, "got bobby", None),
        ('all := []string{"ann", "bob", "bob"}', "got bob", None),
        ('all := []string{"bob", "cid"}', "got bob", None),
        ('one := []string{"ann"}; two := []string{"bob"}', "got bob", None),
    ],
)
def test_two_texts_of_one_list(
    rows: str, message: str, expected: tuple[str, tuple[str, ...]] | None
) -> None:
    found = siblings(failing_source(TEXT % (rows, "first(all)"), message))
    assert (None if found is None else (found.found, found.numbers)) == expected
    if found is not None:
        assert found.wanted == "ann"
        assert text_of(found.node) == f'"{found.found}"'


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("all[0].name", True), ("names()[1]", True), ("all[i].name", False), ("first(all)", False)],
)
def test_an_element_at_a_constant_index(asked: str, *, expected: bool) -> None:
    text = TEXT % (f"i := 0; {ROWS}", asked)
    assert is_of_index(failing_source(text, "got bob")) is expected
