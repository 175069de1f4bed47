"""What one file has: the nodes that are searched for, functions at lines, names of functions."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, line_with, package
from flakecore.diagnosis.source.go_file import short_name
from flakecore.diagnosis.source.go_parser import line_of, text_of
from flakecore.diagnosis.source.objects.operations import OperationKind, operation_of
from flakecore.diagnosis.source.syntax import walk

_TEXT = """
type box struct{ out chan int }

func (b *box) give(n int) {
	go func() { b.out <- n }()
	panic("no")
}
"""


def test_the_uses_of_a_name_are_its_identifiers_in_the_order_of_the_source() -> None:
    text = _TEXT + 'func out() { outer := "out" /* out */; _ = outer }\n'
    file = package(text).files[FILE]
    assert [line_of(each) for each in file.named("out")] == [
        line_with(text, part) for part in ("type box", "go func", "func out")
    ]
    assert file.named("missing") == []


def test_the_calls_at_a_line_are_those_that_begin_there() -> None:
    file = package(_TEXT).files[FILE]
    (call,) = file.calls_at(line_with(_TEXT, "panic"))
    assert text_of(call.child_by_field_name("function")) == "panic"
    assert file.calls_at(line_with(_TEXT, "type box")) == []


def test_operations_are_found_by_their_signs_and_are_those_of_the_whole_tree() -> None:
    text = """
    func f(ch chan int, in <-chan int, m *sync.Mutex) {
        ch <- <-in // <-ch, close(ch)
        for range ch {
        }
        for v := range ch { _ = v }
        m.
            Lock()
        (*m).Unlock()
        defer close(ch)
        select { case ch <- 1: case v := <-in: _ = v }
        _ = "m.Lock()"
    }
    """
    file = package(text).files[FILE]
    nodes = [
        each
        for each in walk(file.root)
        if each.type in ("send_statement", "unary_expression", "range_clause", "call_expression")
        and operation_of(each.type, each) is not None
    ]
    assert [each.node for each in file.operations] == nodes
    assert len(nodes) == 9


def test_the_function_at_a_line_is_the_innermost() -> None:
    file = package(_TEXT).files[FILE]
    inner = file.function_at(line_with(_TEXT, "go func"))
    outer = file.function_at(line_with(_TEXT, "panic"))
    assert inner is not None and outer is not None
    assert (inner.type, outer.type) == ("func_literal", "method_declaration")
    assert file.panics(line_with(_TEXT, "panic"))
    assert [text_of(each.child_by_field_name("function")) for each in file.calls_of][-1] == "panic"


def test_what_is_deferred_stands_in_the_lines_that_leave_its_function() -> None:
    text = """
    func f(w *sync.WaitGroup) int {
        defer w.Wait() // deferred
        if done() {
            return 1 // return
        }
        go func() { return }() // literal
        return 2
    } // end
    """
    file = package(text).files[FILE]
    wait = (OperationKind.WAIT,)
    told = {
        part: [each.line for each in file.deferred_to(line_with(text, f"// {part}"), *wait)]
        for part in ("return", "end", "deferred", "literal")
    }
    where = [line_with(text, "// deferred")]
    assert told == {"return": where, "end": where, "deferred": [], "literal": []}


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
