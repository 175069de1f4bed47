"""A value leads to the expressions that it is made of, and to no others."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import walk

TEXT = """
func one() int { return first() }
func pair() (int, error) { return second(), check() }
func both() (int, error) { return pair() }
type box struct{ size int }
func (b *box) count() int { return b.size }

func f(given int) {
	plain := draw()
	use("plain", plain)

	again := draw()
	again = other()
	use("again", again)

	sum := draw()
	sum += other()
	use("sum", sum)

	branch := draw()
	if given > 0 {
		branch = other()
	}
	use("branch", branch)

	shadow := draw()
	if given > 0 {
		shadow := other()
		_ = shadow
	}
	use("shadow", shadow)

	var declared int = draw()
	use("declared", int64(declared) * 2)

	two, err := pair()
	use("two", two)
	use("error", err)
	handed, failed := both()
	use("handed", handed)
	use("failed", failed)
	use("called", one())

	b := newBox(draw())
	use("method", b.count())
	use("argument", outer(draw()))

	for _, each := range listed() {
		use("each", each)
	}
	later := draw()
	for {
		use("later", later)
		later = other()
	}
}
"""
PARSED = package(TEXT)
ORIGINS = PARSED.origins


def _used_as(name: str) -> Node:
    """Return the second argument of the call of ``use`` that names a value."""
    for call in PARSED.files[FILE].calls_of:
        arguments = call.child_by_field_name("arguments").named_children
        if arguments and text_of(arguments[0]) == f'"{name}"':
            return arguments[1]
    raise AssertionError(name)


def _calls(name: str, *, arguments: bool = True) -> set[str]:
    found = ORIGINS.of(FILE, _used_as(name), arguments=arguments)
    return {text_of(node) for _, node in found if node.type == "call_expression"}


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("plain", {"draw()"}),
        ("again", {"other()"}),
        ("sum", {"draw()", "other()"}),
        ("branch", {"draw()", "other()"}),
        ("shadow", {"draw()"}),
        ("declared", {"int64(declared)", "draw()"}),
        ("two", {"pair()", "second()"}),
        ("error", {"pair()", "check()"}),
        ("handed", {"both()", "pair()", "second()"}),
        ("failed", {"both()", "pair()", "check()"}),
        ("called", {"one()", "first()"}),
        ("method", {"b.count()"}),
        ("argument", {"outer(draw())", "draw()"}),
        ("each", {"listed()"}),
        ("later", {"draw()", "other()"}),
    ],
)
def test_a_value_leads_to_the_calls_that_it_is_made_of(name: str, calls: set[str]) -> None:
    assert _calls(name) == calls


def test_without_arguments_only_a_conversion_leads_to_its_own() -> None:
    assert _calls("argument", arguments=False) == {"outer(draw())"}
    assert _calls("declared", arguments=False) == {"int64(declared)", "draw()"}


def test_what_leads_to_itself_ends() -> None:
    parsed = package("func f() { a := b; b := a; use(a, b) }")
    origins = parsed.origins
    names = [node for node in walk(parsed.files[FILE].root) if node.type == "identifier"]
    assert all(origins.of(FILE, node) for node in names)
