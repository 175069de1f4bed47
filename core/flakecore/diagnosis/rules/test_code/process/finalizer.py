"""``test-itself``: an assertion that a finalizer or cleanup has run when ``runtime.GC`` returns.

Reports a failed assertion behind a call of ``runtime.GC`` in the same function, whose condition
reads a variable that a function sets which is handed to ``runtime.SetFinalizer`` or
``runtime.AddCleanup`` in that function. These run after the collection, on a goroutine of the
runtime (documented there: "in a separate goroutine", "some time after"). Silent where something
between the two waits or sleeps, where the condition reads nothing of it, and where the source is
not at hand.

Example: ``runtime.SetFinalizer(r, func(*res) { freed.Store(true) }); r = nil; runtime.GC()``, and
``if !freed.Load() { t.Error("not freed") }``.
Counterexample: the same that waits for a channel which the finalizer closes.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk

_HANDS = {"runtime.SetFinalizer": "finalizer", "runtime.AddCleanup": "cleanup"}
_WAITS = ("time.Sleep", "runtime.Gosched")


def _find(failing: FailingSource) -> Iterator[Finding]:
    if failing.loops:
        return
    here = [call for call in failing.file.calls_of if _is_before(call, failing)]
    collects = [each for each in here if failing.library_function(each) == "runtime.GC"]
    handed = [each for each in here if failing.library_function(each) in _HANDS]
    if not collects or not handed or _waits_after(failing, collects[0]):
        return
    read = _names(*failing.innermost)
    set_by = [each for each in handed if read & _set_in(each)]
    if len(set_by) != 1:
        return
    (call,) = set_by
    what = _HANDS[failing.library_function(call)]
    made, at = f"{failing.name}:{line_of(call)}", f"{failing.name}:{line_of(collects[-1])}"
    yield assertion_finding(
        failing,
        (
            f"{failing.test_name} expects a {what} ({made}) to have run when runtime.GC returns"
            f" ({at})",
            f"{failing.test_name} expects a {what} to have run when runtime.GC returns ({at})",
            f"The test expects a {what} to have run when runtime.GC returns ({at})",
        ),
        (
            f"the failing line asks for what the {what} sets",
            "it runs after the collection, on a goroutine of the runtime",
        ),
        f"let the {what} close a channel, and wait for that",
        places=(failing.place(Role.MADE, call), failing.place(Role.RUNS, collects[-1])),
    )


def _is_before(call: Node, failing: FailingSource) -> bool:
    """Return whether a call stands before the failing one in the same function itself."""
    function = enclosing(failing.call, *FUNCTIONS)
    return call.end_byte <= failing.call.start_byte and enclosing(call, *FUNCTIONS) == function


def _waits_after(failing: FailingSource, collects: Node) -> bool:
    """Return whether anything between the collection and the failing line may wait."""
    start, end = collects.end_byte, failing.call.start_byte
    calls = (each for each in failing.file.calls_of if start < each.start_byte < end)
    if any(failing.library_function(each) in _WAITS for each in calls):
        return True
    return any(start < each.node.start_byte < end for each in failing.file.operations)


def _names(*nodes: Node) -> set[str]:
    return {text_of(each) for node in nodes for each in walk(node) if each.type == "identifier"}


def _set_in(call: Node) -> set[str]:
    """Return the variables that a function literal sets which is handed over in a call."""
    found: set[str] = set()
    for literal in call.child_by_field_name("arguments").named_children:
        for node in walk(literal) if literal.type == "func_literal" else ():
            if node.type == "assignment_statement":
                found |= _names(node.child_by_field_name("left"))
            elif node.type in ("inc_statement", "dec_statement"):
                found |= _names(node)
            elif node.type == "call_expression":
                called = node.child_by_field_name("function")
                if called.type == "selector_expression":
                    found |= _names(called.child_by_field_name("operand"))
    return found


RULE = source_rule("finalizer", _find)
