"""A variable is changed where it is assigned, counted or stored in, and read in expressions."""

from __future__ import annotations

from diagnosis.source.go_text import FILE, line_with, package
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key
from flakecore.diagnosis.source.values.variable_writers import read_variables, writers_of

SOURCE = """
var count int
type box struct { items []int }
func f(b *box) {
	count++ // counted
	b.items[0] = count // stored
	println(count) // read
}
func g() { count = 0 } // assigned
"""


def _key(parsed: GoPackage, name: str) -> VariableKey:
    """Return the key of the first name or selector of a text that is a variable."""
    keys = (variable_key(parsed.types, node) for node in _expressions(parsed, name))
    return next(key for key in keys if key is not None)


def _expressions(parsed: GoPackage, name: str) -> list[Node]:
    field = name.rpartition(".")[2]
    nodes = parsed.files[FILE].named(field)
    return [each.parent for each in nodes if "." in name] or nodes


def test_writers_are_all_places_that_change_a_variable() -> None:
    parsed = package(SOURCE)
    key = _key(parsed, "count")
    found = list(writers_of(parsed, {key}))
    assert [line_of(each.node) for each in found] == [
        line_with(SOURCE, f"// {what}") for what in ("counted", "assigned")
    ]
    assert {each.key for each in found} == {key}


def test_an_element_that_is_assigned_changes_the_field() -> None:
    parsed = package(SOURCE)
    keys = {
        key
        for node in _expressions(parsed, "b.items")
        if node.type == "selector_expression"
        and (key := variable_key(parsed.types, node)) is not None
    }
    (writer,) = writers_of(parsed, keys)
    assert line_of(writer.node) == line_with(SOURCE, "// stored")


def test_what_an_expression_reads_is_named_and_what_it_calls_is_not() -> None:
    parsed = package(SOURCE)
    (call,) = (
        each
        for each in parsed.files[FILE].calls_at(line_with(SOURCE, "// read"))
        if each.type == "call_expression"
    )
    assert {key for key, _ in read_variables(parsed, call)} == {_key(parsed, "count")}
