"""``test-itself``: an assertion on the date or the time of day, or on the machine's time zone.

Reports a failed comparison of which one side comes from ``time.Now`` by methods such as ``Year``,
``Hour`` or ``Format``, or from a time in the machine's zone (``t.Local()``, ``time.Local``) that is
written out, and the other side is a constant. It is inferred from the source: what is compared
changes with the clock, or with the zone. Silent where both sides come from the clock, on durations
(they are reported by ``wall-time``), in bubbles of package testing/synctest, and on times in UTC.

Example: ``if got := Day(at); got != "2026-03-01"``, where Day formats ``t.Local()``.
Counterexample: the same with ``t.UTC()``; ``if y := time.Now().Year(); got != y``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing_call import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.values.assertions import Comparison

_READS = frozenset(
    (
        *("Year", "Month", "Day", "Weekday", "YearDay", "Hour", "Minute", "Second", "Unix"),
        *("UnixNano", "UnixMilli", "Format", "String", "Date", "Clock", "ISOWeek"),
    )
)
"""Methods of time.Time that make a value of a moment that a test may compare."""
_WRITES = frozenset(("Format", "String", "Hour", "Day", "Weekday", "YearDay", "Month", "Year"))
"""Those whose value depends on the zone."""
_KEEPS = frozenset(("Add", "AddDate", "Truncate", "Round", "Local"))
"""Methods of time.Time that give another time in the same zone, or in the machine's."""
_CONSTANTS = (
    *("interpreted_string_literal", "raw_string_literal", "int_literal", "float_literal", "true"),
    *("false", "unary_expression", "parenthesized_expression", "binary_expression"),
    *("rune_literal", "expression_list", "literal_element"),
)
_NOTHING = ('""', "``", "0", "nil")
"""Constants with which a test asks whether there is a value at all."""
_STEPS = 8
"""Calls of methods in a row, at most."""


def _find(failing: FailingSource) -> Iterator[Finding]:
    if failing.is_in_bubble:
        return
    for condition in failing.comparisons:
        found = _read(failing, condition)
        if found is None:
            continue
        file, node, of_zone = found
        value = " ".join(text_of(node).split())
        at = f"({file}:{line_of(node)})"
        name, asks = failing.test_name, condition.text
        what = "the machine's time zone" if of_zone else "the date and time of the run"
        yield assertion_finding(
            failing,
            (
                f"{name} depends on {what}: {value} {at} is compared with a constant",
                f"{name} depends on {what}: {value} {at}",
                f"{name} depends on {what} {at}",
                f"The test depends on {what} {at}",
            ),
            (
                f"the condition of the failing line is {asks}",
                f"{value} stands at {file}:{line_of(node)}, and leads to it",
            ),
            "compare in UTC, or set TZ for the tests"
            if of_zone
            else "give the code a clock that the test sets",
            places=(failing.place(Role.READS, node, file),),
        )
        return


def _read(failing: FailingSource, condition: Comparison) -> tuple[str, Node, bool] | None:
    """Return where one side of a comparison reads the clock or the zone, and whether the zone."""
    sides = (condition.left, condition.right)
    for side, other in (sides, sides[::-1]):
        if condition.operator == "==" or not _is_constant(failing, other):
            continue
        for file, node in failing.origins.of(failing.name, side):
            found = _of_clock(failing, file, node)
            if found is not None:
                return file, node, found
    return None


def _is_constant(failing: FailingSource, side: Node) -> bool:
    """Return whether a value is made of literals alone."""
    made = [node for _, node in failing.origins.of(failing.name, side)]
    if any(text_of(node) in _NOTHING for node in made):
        return False
    return all(
        node.type in _CONSTANTS or (node.type == "identifier" and failing.origins.assigned(node))
        for node in made
    )


def _of_clock(failing: FailingSource, file: str, node: Node) -> bool | None:
    """Return whether a call reads a time in the machine's zone, or the clock; None for neither."""
    method, operand = _method(node)
    if method not in _READS or operand is None:
        return None
    for _ in range(_STEPS):
        if operand.type == "identifier":
            given = failing.origins.assigned(operand)
            if len(given) != 1:
                return None
            operand = given[0]
        inner, further = _method(operand)
        if failing.library_function(operand, file) == "time.Now":
            return False
        if inner == "Local" and method in _WRITES and not _arguments(operand):
            return True
        if inner not in _KEEPS or further is None:
            return None
        operand = further
    return None


def _method(node: Node) -> tuple[str, Node | None]:
    """Return method and operand of a call of a method; "" and None for any other node."""
    called = node.child_by_field_name("function") if node.type == "call_expression" else None
    if called is None or called.type != "selector_expression":
        return "", None
    return text_of(called.child_by_field_name("field")), called.child_by_field_name("operand")


def _arguments(call: Node) -> list[Node]:
    listed = call.child_by_field_name("arguments")
    return list(listed.named_children) if listed is not None else []


RULE = source_rule("clock-value", _find)
