"""What a call, or a use of a function as a value, leads to, and by whom that may be called."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, line_with, package
from flakecore.diagnosis.source.calls.call_sites import (
    CALLING,
    OUTSIDE,
    VALUE,
    CallSites,
    function_around,
)
from flakecore.diagnosis.source.go_parser import Node, line_of, nodes_of, text_of

TEXT = """
import ("io"; "net/http"; "slices"; "sync"; "sync/atomic"; "time")
type box struct { hook func(); count atomic.Int64; lock sync.Locker; from io.Closer }
type bag struct{}
func (b *box) put() {}
func (b bag) put() {}
func (b *box) own() {}
func (b *box) Add(n int) {}
func (b *box) Lock() {}
func (b *box) Close() {}
func free() {}
func generic[T any](v ...T) {}
func unused() {}
var top = func() {} // at the top
var all []func(int)
type list[T any] []T

func f(b *box, any interface{ put() }, param func()) {
	local := func() {} // literal
	later := free
	free() // declared
	generic[int]() // generic
	generic[int](1) // one argument
	all[0](1) // table
	list[int](nil) // conversion
	top() // of the package
	b.put() // method
	b.count.Add(1) // counter
	b.lock.Lock() // locker
	b.from.Close() // closer
	any.put() // interface
	b.hook() // field
	b.missing() // none
	local() // local
	param() // parameter
	func() {}() // at once
	time.AfterFunc(1, free) // handed on
	time.AfterFunc(1, later) // variable
	slices.SortFunc(nil, free) // for a while
	use(b.own) // kept
	generic(free) // given
	b.hook = free // set
	_ = http.Server{ConnState: free} // elsewhere
}
"""
PARSED = package(TEXT)
ROOT = PARSED.files[FILE].root
SITES = CallSites(PARSED.files, PARSED.types)


def _line(part: str) -> int:
    return line_with(TEXT, f"// {part}")


def _name(key: tuple[str, int]) -> str:
    """Return a function's name with its receiver, or the line of a literal."""
    if key in (VALUE, OUTSIDE):
        return "any value" if key == VALUE else "outside"
    node = SITES.nodes[key]
    names = (text_of(node.child_by_field_name(each)) for each in ("receiver", "name"))
    return "".join(names) or f"line {line_of(node)}"


def _calling(part: str) -> list[Node]:
    return [each for each in nodes_of(ROOT, CALLING) if line_of(each) == _line(part)]


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("generic", ["generic"]),
        ("method", ["(b *box)put"]),
        ("interface", ["(b *box)put", "(b bag)put"]),
        ("field", ["any value"]),
        ("counter", []),
        ("locker", ["(b *box)Lock"]),
        ("closer", ["(b *box)Close"]),
        ("local", [f"line {_line('literal')}"]),
        ("parameter", ["any value"]),
        ("of the package", ["any value"]),
        ("handed on", []),
    ],
)
def test_the_functions_that_a_call_may_lead_to(part: str, names: list[str]) -> None:
    call = next(each for each in _calling(part) if each.type == "call_expression")
    called = SITES.called(FILE, call.child_by_field_name("function"))
    assert [_name(key) for key, _ in called] == names


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("declared", {("f", "free")}),
        ("at once", {("f", f"line {_line('at once')}")}),
        ("handed on", {("outside", "free")}),
        ("variable", {("outside", "free")}),
        ("for a while", {("f", "free")}),
        ("kept", {("outside", "(b *box)own")}),
        ("one argument", {("f", "generic"), ("any value", "generic")}),
        ("table", {("f", "any value")}),
        ("conversion", set()),
        ("at the top", {("any value", f"line {_line('at the top')}")}),
        ("given", {("f", "generic"), ("any value", "free")}),
        ("set", {("any value", "free")}),
        ("elsewhere", {("outside", "free")}),
        ("none", set()),
    ],
)
def test_who_may_come_to_a_function_by_a_line(part: str, expected: set[tuple[str, str]]) -> None:
    sites = [site for node in _calling(part) for site in SITES.at(FILE, node)]
    assert {(_name(each.function), _name(each.callee)) for each in sites} == expected


def test_the_names_by_which_functions_are_used_are_those_of_functions_and_of_literals() -> None:
    assert {b"free", b"put", b"own", b"unused", b"local"} <= SITES.names
    assert SITES.names.isdisjoint((b"later", b"param", b"hook", b"box"))


def test_a_node_stands_in_its_innermost_function() -> None:
    (literal,) = (each for each in _calling("literal") if each.type == "func_literal")
    assert _name(function_around(FILE, literal)) == "f"
    assert _name(function_around(FILE, literal.children[-1])) == f"line {_line('literal')}"
