"""``test-itself``: an assertion on how long real time took.

Reports a failed assertion that stands in an ``if`` whose comparison is between a time that the
test took by ``time.Since`` or ``time.Now``, or one of a list of such times, and a limit, or between
two readings of the clock, also in the form that ``Format`` gives, where the message has two times.
It is inferred from the source: what the test compares is what failed, and a busy machine alone
changes it. Silent on loops that poll until a deadline, on time that a bubble of package
testing/synctest or a clock of the program's own counts, on a condition that something else may have
made true, and where the source is not at hand.

Example: ``if took := time.Since(start); took > 50*time.Millisecond { t.Errorf("took %v", took) }``.
Counterexample: the same test asserting what was done; ``time.Since`` in a log line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import (
    TEST_ITSELF,
    assertion_finding,
    assertion_rule,
)
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.time.measured_time import measured_time, where_it_went
from flakecore.diagnosis.rules.test_code.time.time_values import arguments_of, given_to
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import enclosing, walk
from flakecore.diagnosis.source.values.assertions import Comparison

_COMPARES = ("<", "<=", ">", ">=", "!=")
_SPANS = ("time.Since", "time.Until")
_UNITS = (
    *("Hours", "Minutes", "Seconds", "Milliseconds", "Microseconds", "Nanoseconds"),
    *("Round", "Truncate", "Abs"),
)
_ORDERS = ("After", "Before", "Equal", "Compare")
"""Methods of ``time.Time`` that compare it with another."""
_STILL_A_TIME = (
    *("Truncate", "Round", "UTC", "Local", "In", "Unix", "UnixMilli", "UnixMicro", "UnixNano"),
)
"""Methods of ``time.Time`` whose result is the same moment."""
_WRITTEN = ("Format", "String", "Unix", "UnixMilli", "Second", "Minute", "Hour")
"""Methods of ``time.Time`` that give a moment in another form."""
_STAMP = re.compile(r"\d{1,2}:\d{2}:\d{2}(?:\.\d+)?|\b1\d{9}(?:\d{3})?\b")
"""A time of day, or seconds or milliseconds since 1970."""
_WAITS = ("time.Sleep", "runtime.Gosched")
_HANDED_ON = 3
"""Parameters and lists that a time is followed through, one in another."""


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    if failing.is_in_bubble or _polls(failing):
        return
    for condition in failing.comparisons:
        found = _measured(failing, condition)
        if found is None:
            continue
        file, node, is_most = found
        asks = condition.text
        measures = f"{failing.test_name} measures wall time"
        enough = "; a busy machine is enough" if is_most else ""
        measured = measured_time(question) if is_most and not _is_one_of_many(node) else None
        went = where_it_went(question, measured) if measured is not None else None
        if went is not None:
            yield went
        yield assertion_finding(
            failing,
            (
                f"{measures}: it fails if {asks} ({failing.at}){enough}",
                f"{measures}: it fails if {asks} ({failing.at})",
                f"{measures}, and fails by it at {failing.at}",
                f"The test measures wall time, and fails by it at {failing.at}",
            ),
            (
                f"the condition of the failing line is {asks}",
                f"the time is {_short(node)}, at {file}:{line_of(node)}",
                *((measured.fact,) if measured is not None and went is None else ()),
            ),
            "assert what was done, or let testing/synctest keep the time",
            places=(failing.place(Role.READS, node, file),),
        )
        return
    for condition in failing.innermost:
        if _compares_readings(failing, condition):
            yield _of_readings(failing, _short(condition))
            return
    for each in failing.comparisons:
        if each.operator == "!=" and _are_stamps(failing, each) and _two_stamps(failing.message):
            yield _of_readings(failing, each.text)
            return


def _compares_readings(failing: FailingSource, condition: Node) -> bool:
    """Return whether a condition compares two readings of the clock by a method or by ``==``."""
    bare = condition
    while bare.type in ("unary_expression", "parenthesized_expression"):
        bare = bare.named_children[-1]
    if bare.type == "binary_expression":
        sides = [bare.child_by_field_name("left"), bare.child_by_field_name("right")]
        if text_of(bare.child_by_field_name("operator")) not in ("==", "!="):
            return False
    elif bare.type == "call_expression":
        called, given = bare.child_by_field_name("function"), bare.child_by_field_name("arguments")
        if called.type != "selector_expression":
            return False
        if text_of(called.child_by_field_name("field")) not in _ORDERS:
            return False
        sides = [called.child_by_field_name("operand"), *given.named_children]
    else:
        return False
    return len(sides) == 2 and all(_is_reading(failing, each) for each in sides)


def _is_reading(failing: FailingSource, node: Node) -> bool:
    """Return whether a value is a time that the clock was read for, and nothing was made of."""
    readings = 0
    for home, each in failing.origins.of(failing.name, node):
        chain = each
        while chain.type == "call_expression":
            called, name = (
                chain.child_by_field_name("function"),
                failing.library_function(chain, home),
            )
            readings += name == "time.Now"
            is_method = not name and called.type == "selector_expression"
            if is_method and text_of(called.child_by_field_name("field")) not in _STILL_A_TIME:
                return False
            if not is_method:
                break
            chain = called.child_by_field_name("operand")
    return readings > 0


def _are_stamps(failing: FailingSource, condition: Comparison) -> bool:
    """Return whether both sides hold a time of the clock that was written out."""
    return all(_stamps(failing, side) for side in (condition.left, condition.right))


def _stamps(failing: FailingSource, side: Node) -> set[tuple[str, int]]:
    """Return where a value's times are written out, ``time.Now().Format(…)``."""
    found: set[tuple[str, int]] = set()
    for home, origin in failing.origins.of(failing.name, side):
        if origin.type != "call_expression":
            continue
        chain, name = origin, ""
        while chain.type == "call_expression":
            called = chain.child_by_field_name("function")
            name = failing.library_function(chain, home)
            if name or called.type != "selector_expression":
                break
            chain = called.child_by_field_name("operand")
        written = origin.child_by_field_name("function")
        is_method = written.type == "selector_expression"
        method = text_of(written.child_by_field_name("field")) if is_method else ""
        if name == "time.Now" and method in _WRITTEN:
            found.add((home, origin.start_byte))
    return found


def _two_stamps(message: str) -> bool:
    """Return whether a message has two times of day that are not the same."""
    return len(set(_STAMP.findall(message[:20_000]))) > 1


def _of_readings(failing: FailingSource, asks: str) -> Finding:
    compares = "compares two readings of the clock"
    return assertion_finding(
        failing,
        (
            f"{failing.test_name} {compares}: it fails if {asks} ({failing.at})",
            f"{failing.test_name} {compares} ({failing.at})",
            f"The test {compares} ({failing.at})",
        ),
        (
            f"the condition of the failing line is {asks}",
            "both times come from time.Now, and may be equal or far apart",
        ),
        "give the code a clock of the test's own, or let testing/synctest keep the time",
    )


def _measured(failing: FailingSource, condition: Comparison) -> tuple[str, Node, bool] | None:
    """Return where a comparison's time is taken, and whether it may be too long; None for none."""
    if condition.operator not in _COMPARES:
        return None
    for side in (condition.left, condition.right):
        found = _elapsed(failing, failing.name, side)
        if found is not None:
            is_more = condition.operator.startswith(">")
            is_order = condition.operator != "!="
            return (*found, is_order and is_more == (side == condition.left))
    return None


def _elapsed(
    failing: FailingSource, file: str, side: Node, depth: int = 0
) -> tuple[str, Node] | None:
    """Return the expression that measures a value's time; None where it is no measured time.

    What a function of the package makes of a list that it is handed leads to what was appended.
    """
    for home, node in failing.origins.of(file, _without_units(side), arguments=False):
        if depth < _HANDED_ON:
            for at, value in _handed_on(failing, home, node):
                found = _elapsed(failing, at, value, depth + 1)
                if found is not None:
                    return found
        if node.type != "call_expression":
            continue
        if failing.library_function(_without_units(node), home) in _SPANS:
            return home, node
        if _is_difference(failing, home, node):
            return home, node
    return None


def _handed_on(failing: FailingSource, file: str, node: Node) -> Iterator[tuple[str, Node]]:
    """Yield what a parameter stands for, or what is appended."""
    if node.type == "identifier":
        home, value = given_to(failing, file, node)
        bound = failing.package.types.binding(node)
        if bound is not None and bound[1] == "parameter" and value != node:
            yield home, value
    elif text_of(node.child_by_field_name("function")) == "append":
        yield from ((file, each) for each in arguments_of(node)[1:])


def _is_one_of_many(node: Node) -> bool:
    """Return whether a measured time is appended to a list: the failing line shows another one."""
    call = enclosing(node, "call_expression")
    return call is not None and text_of(call.child_by_field_name("function")) == "append"


def _is_difference(failing: FailingSource, file: str, call: Node) -> bool:
    """Return whether a call is ``one.Sub(other)`` of two readings of the clock."""
    called = call.child_by_field_name("function")
    if called.type != "selector_expression":
        return False
    if text_of(called.child_by_field_name("field")) != "Sub":
        return False
    arguments = call.child_by_field_name("arguments").named_children
    readings = [called.child_by_field_name("operand"), *arguments]
    return len(readings) == 2 and all(_reads_clock(failing, file, each) for each in readings)


def _reads_clock(failing: FailingSource, file: str, node: Node) -> bool:
    return any(
        each.type == "call_expression" and failing.library_function(each, home) == "time.Now"
        for home, each in failing.origins.of(file, node)
    )


def _without_units(node: Node) -> Node:
    """Return the duration that ``took.Milliseconds()`` or ``took.Round(d)`` is made of."""
    while node.type == "call_expression":
        called = node.child_by_field_name("function")
        if called.type != "selector_expression":
            break
        if text_of(called.child_by_field_name("field")) not in _UNITS:
            break
        node = called.child_by_field_name("operand")
    return node


def _polls(failing: FailingSource) -> bool:
    """Return whether the failing line gives up in a loop that waits."""
    return any(
        each.type == "select_statement" or failing.library_function(each) in _WAITS
        for loop in failing.loops
        for each in walk(loop)
        if each.type in ("call_expression", "select_statement")
    )


def _short(node: Node) -> str:
    return " ".join(text_of(node).split())


RULE = assertion_rule("wall-time", _find, TEST_ITSELF, "deadline-missed", "starved")
