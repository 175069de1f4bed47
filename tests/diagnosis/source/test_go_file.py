"""What one file has: the nodes that are searched for, functions at lines, names of functions."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, line_with, package
from flakecore.diagnosis.source.go_file import short_name
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.syntax import walk

_TEXT = """
type box struct{ out chan int }

func (b *box) give(n int) {
	go func() { b.out <- n }()
	panic("no")
}
"""


def test_the_nodes_that_are_searched_for_are_those_of_the_tree_in_its_order() -> None:
    file = package(_TEXT).files[FILE]
    kinds = {kind for kind, _ in file.nodes}
    assert {"send_statement", "call_expression", "func_literal", "identifier"} <= kinds
    assert [each for _, each in file.nodes] == [
        each for each in walk(file.root) if each.type in kinds
    ]
    assert all(each.type == kind for kind, each in file.nodes)


def test_the_function_at_a_line_is_the_innermost() -> None:
    file = package(_TEXT).files[FILE]
    inner = file.function_at(line_with(_TEXT, "go func"))
    outer = file.function_at(line_with(_TEXT, "panic"))
    assert inner is not None and outer is not None
    assert (inner.type, outer.type) == ("func_literal", "method_declaration")
    assert file.panics(line_with(_TEXT, "panic"))
    assert [text_of(each.child_by_field_name("function")) for each in file.calls_of][-1] == "panic"


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("a.b/pool.(*Pool).Get", "Get"),
        ("main.run[...]", "run"),
        ("main.run.func1", ""),
        ("main.run.gowrap2", ""),
    ],
)
def test_a_function_has_the_name_by_which_it_is_called(function: str, name: str) -> None:
    assert short_name(function) == name
