"""Tests that fail without a message, by ``t.FailNow`` or ``t.Fail``: the only call that does so.

``go test`` prints neither text nor line then. Where one call of the test alone fails in this way,
by itself or in a helper of the package that is handed the test, that is the one.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_helpers import FailingHelper
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters, walk

_FAILS = ("FailNow", "Fail")
_TESTS = ("*testing.T", "testing.TB", "*testing.B", "*testing.F")
_DEEP = 3
"""Helpers that are followed, one called by another."""

SilentCall = tuple[str, Node, FailingHelper | None]
"""The name of a file, the call in it, and the helper that it is one of."""


def silent_call(package: GoPackage, test: str) -> SilentCall | None:
    """Return the only call of a test that fails it without a message; None for none or several.

    None, too, where the test is handed to functions of other packages: what these print is unknown.
    """
    stands = package.writes.tests.get(test)
    if stands is None:
        return None
    name, function = stands
    found: list[SilentCall] = []
    for call in walk(function):
        if call.type != "call_expression":
            continue
        if _fails(package, call):
            found.append((name, call, None))
        elif _is_handed_test(package, call):
            called = package.calls.called_by(name, call) or ()
            if not called:
                return None
            for home, helper in called:
                for file, fails in _silent_in(package, home, helper):
                    found.append((name, call, FailingHelper(call, helper, file, fails)))
    return found[0] if len(found) == 1 else None


def _silent_in(package: GoPackage, file: str, helper: Node) -> Iterator[tuple[str, Node]]:
    """Yield the calls of a helper, or of one that it calls, that fail without a message."""
    todo, seen = [(file, helper, 0)], set[tuple[str, int]]()
    while todo:
        home, function, depth = todo.pop()
        if (home, function.start_byte) in seen:
            continue
        seen.add((home, function.start_byte))
        for call in walk(function):
            if call.type != "call_expression":
                continue
            if _fails(package, call):
                yield home, call
            elif depth < _DEEP - 1 and _is_handed_test(package, call):
                todo += [(at, e, depth + 1) for at, e in package.calls.called_by(home, call) or ()]


def _fails(package: GoPackage, call: Node) -> bool:
    called = call.child_by_field_name("function")
    if called.type != "selector_expression":
        return False
    if text_of(called.child_by_field_name("field")) not in _FAILS:
        return False
    return _is_test(package, called.child_by_field_name("operand"))


def _is_handed_test(package: GoPackage, call: Node) -> bool:
    """Return whether a call hands a test on; a subtest is none that it hands on."""
    given = call.child_by_field_name("arguments")
    return any(
        each.type == "identifier" and _is_test(package, each)
        for each in (given.named_children if given is not None else ())
    )


def _is_test(package: GoPackage, value: Node) -> bool:
    if package.types.type_of(value) in _TESTS:
        return True
    function = enclosing(value, *FUNCTIONS)
    return function is not None and dict(parameters(function)).get(text_of(value)) in _TESTS
