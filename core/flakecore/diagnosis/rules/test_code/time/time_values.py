"""Where times come from: what a name was given, a fixed date, the zone of the machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing, parameters
from flakecore.diagnosis.source.values.counted_numbers import field_values
from flakecore.diagnosis.source.values.value_origins import Origin, returned
from flakecore.diagnosis.source.values.variable_keys import variable_key

_LOCAL = ("time.Unix", "time.UnixMilli", "time.UnixMicro")
"""Functions whose times are in the zone of the machine (package time)."""
_WITH_ZONE = ("time.Date", "time.ParseInLocation")
_WRAPS = ("literal_element", "parenthesized_expression")
_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})")
_MONTHS = (
    *("", "January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


def method_of(node: Node) -> tuple[str, Node | None]:
    """Return method and operand of a call of a method; "" and None for any other node."""
    called = node.child_by_field_name("function") if node.type == "call_expression" else None
    if called is None or called.type != "selector_expression":
        return "", None
    return text_of(called.child_by_field_name("field")), called.child_by_field_name("operand")


def arguments_of(call: Node) -> list[Node]:
    """Return the arguments of a call."""
    listed = call.child_by_field_name("arguments")
    given = listed.named_children if listed is not None else ()
    return [each for each in given if each.type != "comment"]


def given_to(failing: FailingSource, file: str, value: Node) -> Origin:
    """Return what a name stands for, or a call of the package returns, if it is one; else itself.

    A parameter is what the test hands its function, or else the only caller.
    """
    found: list[Origin] = []
    if value.type == "identifier":
        bound = failing.package.types.binding(value)
        if bound is not None and bound[1] == "parameter":
            found = _handed(failing, file, bound[0], text_of(value))
        else:
            found = [(file, each) for each in failing.origins.assigned(value)]
    elif value.type == "selector_expression":
        field = variable_key(failing.package.types, value)
        if field is not None and field[0].startswith("type "):
            test = failing.test_name.partition("/")[0]
            functions = failing.package.writes.functions_of(test)
            found = list(field_values(failing.package, field, functions))
    elif value.type == "call_expression":
        called = failing.package.calls.called_by(file, value) or ()
        found = [(home, each) for home, function in called for each in returned(function)]
    if len(found) != 1:
        return file, value
    ((home, node),) = found
    while node.type in _WRAPS:
        node = node.named_children[0]
    return home, node


def _handed(failing: FailingSource, file: str, function: Node, name: str) -> list[Origin]:
    declared = parameters(function)
    if dict(declared)[name].startswith("..."):
        return []  # a list of all that is handed
    at = [each for each, _ in declared].index(name) - (function.type == "method_declaration")
    calls = list(failing.package.calls.calls_of((file, function.start_byte)))
    of_test = [
        (home, call)
        for home, call in calls
        if home == failing.name and _declared(call) == failing.function
    ]
    return [
        (home, given[at])
        for home, call in of_test or calls
        if 0 <= at < len(given := arguments_of(call))
    ]


def _declared(call: Node) -> Node | None:
    inner = enclosing(call, *FUNCTIONS)
    return declared_around(inner) if inner is not None else None


def is_local(failing: FailingSource, file: str, value: Node) -> bool:
    """Return whether a value is a time in the zone of the machine, other than the present one."""
    name = failing.library_function(value, file) if value.type == "call_expression" else ""
    given = arguments_of(value)
    if name in _LOCAL:
        return True
    if name in _WITH_ZONE or method_of(value)[0] == "In":
        return bool(given) and text_of(given[-1]) == "time.Local"
    return method_of(value)[0] == "Local" and not given


def fixed_date(failing: FailingSource, file: str, value: Node) -> date | None:
    """Return the date of a time that stands in the source; None for any other value."""
    name = failing.library_function(value, file) if value.type == "call_expression" else ""
    given = [text_of(each) for each in arguments_of(value)]
    if name == "time.Date" and len(given) > 3:
        month = given[1].removeprefix("time.")
        numbers: Sequence[str] = [
            given[0],
            str(_MONTHS.index(month)) if month in _MONTHS else month,
            given[2],
        ]
    elif name in ("time.Parse", "time.ParseInLocation") and len(given) > 1:
        numbers = (_DAY.findall(given[1]) or [("", "", "")])[0]
    else:
        return None
    try:
        return date(*map(int, numbers))
    except ValueError:
        return None
