"""``test-itself``: an assertion on an order that a range over a map leaves open.

Reports a failed assertion whose message has two lists of the same elements in another order, one
of them wanted, where exactly one function that the checked value comes from, or the test, fills a
list or a text in a range over a map and sorts nothing. Go begins such a range anywhere (the
language leaves the order open). Silent where elements differ, where something is sorted behind the
range, where several places range over maps, and where the source is not at hand.

Example: ``got [b a], want [a b]`` of ``for name := range set { names = append(names, name) }``.
Counterexample: the same with ``sort.Strings(names)`` behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing_call import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.unspecified_order.reordered import (
    checked_functions,
    in_another_order,
    named_after,
    sorts_after,
)
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import enclosing, walk

_FILLS = re.compile(r"append|Write\w*|F?[Pp]rint\w*")
_STRINGS = ("interpreted_string_literal", "raw_string_literal")


def _find(failing: FailingSource) -> Iterator[Finding]:
    differ = in_another_order(failing.message)
    if not differ:
        return
    ranges = list(_open_orders(failing))
    if len(ranges) != 1 or sorts_after(failing.function, failing.function):
        return
    file, node = ranges[0]
    over = " ".join(text_of(node.child_by_field_name("right")).split())
    name, who = named_after(failing.test_name, node)
    where = f"{file}:{line_of(node)}"
    yield assertion_finding(
        failing,
        (
            f"{failing.test_name} depends on map order: {who} ranges over {over}, a map ({where})",
            f"{failing.test_name} depends on map order: {who} ranges over a map ({where})",
            f"The test depends on map order: a range over a map ({where})",
        ),
        (
            f"the same elements in another order: {differ}",
            f"{name} ranges over {over} and sorts nothing there",
        ),
        "sort before the comparison, or compare without order",
        places=(failing.place(Role.RUNS, node, file),),
    )


def _open_orders(failing: FailingSource) -> Iterator[tuple[str, Node]]:
    """Yield the ranges over maps, unsorted behind, in the functions that a checked value is of."""
    for file, function in checked_functions(failing):
        for node in open_ranges(failing.package, function):
            yield file, node


def open_ranges(package: GoPackage, function: Node) -> Iterator[Node]:
    """Yield the ranges over maps in a function that fill or print something, unsorted behind."""
    for node in walk(function):
        if node.type != "range_clause":
            continue
        kind = package.types.type_of(node.child_by_field_name("right")).lstrip("*")
        kind = package.types.underlying(kind)
        loop = enclosing(node, "for_statement") if kind.startswith("map[") else None
        if loop is not None and _fills(loop) and not sorts_after(function, loop):
            yield node


def _fills(loop: Node) -> bool:
    """Return whether a loop's body appends to a list, prints, or writes to a text or a channel."""
    for node in walk(loop.child_by_field_name("body")):
        if node.type == "send_statement":
            return True
        if node.type == "call_expression" and _FILLS.fullmatch(_short_name(node)):
            return True
        if node.type == "assignment_statement":
            operator = node.child_by_field_name("operator")
            is_text = any(each.type in _STRINGS for each in walk(node))
            if operator is not None and text_of(operator) == "+=" and is_text:
                return True
    return False


def _short_name(call: Node) -> str:
    return text_of(call.child_by_field_name("function")).rpartition(".")[2]


RULE = source_rule("map-order", _find)
