"""``test-itself``: a result that changes with the order in which a map is ranged over.

Reports a failed comparison of two calls of one function with the same arguments, where exactly
one function that they come from fills a text or a list in a range over a map; and of one whose
message has two numbers that differ in their last digits alone, where exactly one such function adds
floating-point numbers up in a range over a map: each order is rounded otherwise. Of what is
compared with a file that the test reads it states, as a circumstance, that a range over a map
leaves its order open; ``map-order`` shows what a message shows to be in another order. Silent where
something is sorted behind the range, where several places range over maps, and where the source is
not at hand.

Example: ``for _, p := range prices { sum += p }``, and ``0.6`` is ``0.6000000000000001``.
Counterexample: the same where the sum is ``0.7``; prices in a slice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Evidence, Finding, Role, Weight
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.orders.near_numbers import (
    FLOATS,
    nearly_equal,
)
from flakecore.diagnosis.rules.test_code.orders.open_orders import open_ranges
from flakecore.diagnosis.rules.test_code.orders.reordered import (
    checked_functions,
    named_after,
    reordered,
)
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk

_FLOAT_MAP = re.compile(r"map\[.*\]float(?:32|64)", re.DOTALL)
_READS_FILE = ("os.ReadFile", "io/ioutil.ReadFile")
_ADDS = ("+=", "-=", "*=")


def _find(failing: FailingSource) -> Iterator[Finding]:
    if reordered(failing):
        return
    twice = _called_twice(failing)
    near = nearly_equal(failing.message)
    functions = checked_functions(failing)
    if near:
        found = [(file, node) for file, function in functions for node in _sums(failing, function)]
    else:
        found = [
            (file, node)
            for file, function in functions
            for node in open_ranges(failing.package, file, function)
        ]
    if len(found) != 1 or not (near or twice or _is_golden(failing)):
        return
    file, node = found[0]
    over = " ".join(text_of(node.child_by_field_name("right")).split())
    name, who = named_after(failing.test_name, node)
    where, test = f"{file}:{line_of(node)}", failing.test_name
    fact = Evidence(f"{name} ranges over {over}, and sorts nothing there", None, 0)
    facts = [failing.evidence(f"what fails at {failing.at} comes from {name}"), fact]
    if near:
        claims = [
            f"{test} depends on map order: {who} adds floats up over {over}, a map ({where}), and"
            " rounds each time",
            f"{test} depends on map order: {who} adds floats up over a map ({where})",
            f"The test depends on map order: floats are added up over a map ({where})",
        ]
        facts.append(failing.evidence(f"two numbers that differ in their last digits: {near}"))
    elif twice:
        claims = [
            f"{test} compares two calls of {twice}: {who} ranges over {over}, a map ({where})",
            f"{test} compares two calls of {twice}, which depend on map order ({where})",
            f"The test compares two results that depend on map order ({where})",
        ]
        facts.append(failing.evidence(f"both sides come from {twice}"))
    else:
        claims = [
            f"{who} ranges over {over}, a map ({where}), and leaves open in which order",
            f"A range over a map leaves an order open ({where})",
        ]
    yield assertion_finding(
        failing,
        claims,
        facts,
        "add up in a fixed order, or compare within a tolerance"
        if near
        else "sort the keys before they are used",
        places=(failing.place(Role.RUNS, node, file),),
        weight=Weight.CAUSE if near or twice else Weight.CIRCUMSTANCE,
    )


def _is_golden(failing: FailingSource) -> bool:
    """Return whether what is asserted is compared with a file that is read."""
    helper = failing.helper
    if helper is not None and any(
        failing.library_function(node, helper.file) in _READS_FILE
        for node in walk(helper.function)
        if node.type == "call_expression"
    ):
        return True
    return any(
        node.type == "call_expression" and failing.library_function(node, file) in _READS_FILE
        for condition in failing.innermost
        for file, node in failing.origins.of(failing.name, condition)
    )


def _called_twice(failing: FailingSource) -> str:
    """Return a call of the package's own that stands on both sides of the comparison; "" if none.

    It is two calls with the same text, not one whose result has two names.
    """
    for each in failing.comparisons:
        if each.operator != "!=":
            continue
        left, right = _calls(failing, each.left), _calls(failing, each.right)
        for text in left.keys() & right.keys():
            if left[text].isdisjoint(right[text]):
                return text
    return ""


def _calls(failing: FailingSource, side: Node) -> dict[str, set[int]]:
    """Return the calls of the test, of functions of the package, that a value is made by."""
    found: dict[str, set[int]] = {}
    for file, node in failing.origins.of(failing.name, side, arguments=False):
        if node.type != "call_expression" or file != failing.name:
            continue
        within = failing.function.start_byte <= node.start_byte < failing.function.end_byte
        if within and failing.package.calls.called_by(file, node):
            found.setdefault(" ".join(text_of(node).split()), set()).add(node.start_byte)
    return found


def _sums(failing: FailingSource, function: Node) -> Iterator[Node]:
    """Yield the ranges over maps in a function that add floating-point numbers up."""
    for node in walk(function):
        if node.type != "range_clause":
            continue
        kind = failing.package.types.type_of(node.child_by_field_name("right")).lstrip("*")
        kind = failing.package.types.underlying(kind)
        loop = enclosing(node, "for_statement") if kind.startswith("map[") else None
        if loop is not None and any(_adds(failing, kind, each) for each in walk(loop)):
            yield node


def _adds(failing: FailingSource, kind: str, node: Node) -> bool:
    """Return whether a statement adds a floating-point number to a variable."""
    if node.type != "assignment_statement":
        return False
    if text_of(node.child_by_field_name("operator")) not in _ADDS:
        return False
    target = node.child_by_field_name("left").named_children[0]
    if failing.package.types.type_of(target) in FLOATS:
        return True
    return _FLOAT_MAP.fullmatch(kind) is not None and enclosing(node, *FUNCTIONS) is not None


RULE = source_rule("map-results", _find)
