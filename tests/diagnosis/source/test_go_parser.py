"""Nodes of some types are found in the order of the source, as a walk finds them."""

from __future__ import annotations

from flakecore.diagnosis.source.go_parser import nodes_of, parse
from flakecore.diagnosis.source.syntax import walk

TEXT = b"""package p

func f(a []int) (total int) {
	for _, each := range a {
		total += g(each, func() int { return h(each)(1) })
	}
	return total
}
"""
TYPES = frozenset(("call_expression", "identifier", "func_literal", "range_clause"))


def test_nodes_of_some_types_are_those_of_a_walk_in_its_order() -> None:
    root = parse(TEXT)
    assert root is not None
    walked = [each.id for each in walk(root) if each.type in TYPES]
    assert len(walked) > 10
    assert [each.id for each in nodes_of(root, TYPES)] == walked


def test_of_a_damaged_file_the_rest_is_found() -> None:
    root = parse(TEXT.replace(b"range a {", b"range a { ) ("))
    assert root is not None
    walked = [each.id for each in walk(root) if each.type in TYPES]
    assert [each.id for each in nodes_of(root, TYPES)] == walked
