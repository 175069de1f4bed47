"""Which parts of a line may be the nil pointer: by what is made, and by the fault's address."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, line_with, package
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.panics.nil_parts import nil_parts

TEXT = """
type inner struct { ok bool; at *node }
type made struct { left, right *node }
type node struct {
	small int8
	wide  int64
	name  string
	inner inner
	next  *node
	made  *made
	call  func()
	routes map[string]func()
	lists  map[string]struct{ next *node }
}
type odd struct { first *node; list [4]int; last *node }
type padded struct { _ int32; _ int64; last *node }
type given struct { node *node }

func newNode() *node { return &node{made: &made{}} }

func f(n *node, o *odd, p *padded, g *given) {
	use(n.next.wide) // chain
	use(n.inner.at.name) // struct
	use(n.made.left.wide) // made
	use(o.last.wide) // array
	use(p.last.wide) // blank
	use(n.next.wide, n.next.name) // twice
	use(n . next . wide) // spaced
	n.call() // function
	local := newNode()
	use(local.next.wide) // local
	local.name = "a" // one
	n.routes["a"]() // listed
	n.lists["a"].next.wide = 1 // unnamed struct
	use(1) // none
}
"""
PACKAGE = package(TEXT)


def _parts(part: str, address: int | None = None, *, not_nil: str = "") -> list[str]:
    return nil_parts(PACKAGE, FILE, line_with(TEXT, f"// {part}"), not_nil, address)


@pytest.mark.parametrize(
    ("part", "parts"),
    [
        ("chain", ["n", "n.next"]),
        ("struct", ["n", "n.inner.at"]),
        ("made", ["n", "n.made.left"]),
        ("twice", ["n", "n.next"]),
        ("function", ["n", "n.call"]),
        ("local", ["local.next"]),
        ("one", []),
        ("listed", ["n", 'n.routes["a"]']),
        ("unnamed struct", ["n", 'n.lists["a"].next']),
        ("none", []),
    ],
)
def test_what_was_just_made_or_is_a_struct_of_its_own_is_no_part(
    part: str, parts: list[str]
) -> None:
    assert _parts(part) == parts


def test_a_name_that_is_known_not_to_be_nil_is_no_part() -> None:
    assert _parts("chain", not_nil="n") == ["n.next"]


# Offsets in node: small 0, wide 8, name 16, inner 32 (ok 32, at 40), next 48, made 56, call 64.
@pytest.mark.parametrize(
    ("part", "address", "parts"),
    [
        ("chain", 48, ["n"]),
        ("chain", 8, ["n.next"]),
        ("chain", 1000, []),
        ("struct", 40, ["n"]),
        ("struct", 24, ["n.inner.at"]),  # the length of a string
        ("function", 64, ["n"]),
    ],
)
def test_a_fault_at_a_fields_offset_tells_which_pointer_was_nil(
    part: str, address: int, parts: list[str]
) -> None:
    assert _parts(part, address) == parts


def test_a_fault_at_zero_rules_nothing_out() -> None:
    assert _parts("chain", 0) == _parts("chain") == ["n", "n.next"]


@pytest.mark.parametrize(("part", "parts"), [("array", ["o"]), ("blank", ["p"])])
def test_behind_fields_of_unknown_size_every_address_is_possible(
    part: str, parts: list[str]
) -> None:
    assert _parts(part, 4096) == parts
    assert _parts(part, 8) == [*parts, f"{parts[0]}.last"]


def test_of_a_package_in_part_a_field_may_be_set_elsewhere() -> None:
    partial = GoPackage.parsed("/p", {FILE: f"package p\n{TEXT}", "big.go": ""})
    assert partial is not None
    found = nil_parts(partial, FILE, line_with(TEXT, "// made"))
    assert found == ["n", "n.made", "n.made.left"]
