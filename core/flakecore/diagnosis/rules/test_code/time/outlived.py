"""``test-itself``: a value that is good for a moment of real time, which the test outlived.

Reports a failed assertion that comes from a function which compares the present time with another
one, itself or in what it calls, where the test has given a function or a struct of the package one
duration, or one rate per second, and was by the trace at work for longer than that, or than one of
so many a second, before it failed. It is inferred: that the value changes with the clock is read
from the source. Silent where the test slept for that long of its own will, where it gave several
durations, on limits that the failing line measures (``wall-time``) or a function of the package
waits for in a loop (``gave-up``), in bubbles of package testing/synctest, and without a trace or
the source.

Example: ``c := New(5 * time.Millisecond)``, and 8 ms later ``if _, ok := c.Get("a"); !ok``.
Counterexample: the same with ``New(time.Hour)``; ``time.Sleep(10 * time.Millisecond)`` before.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Evidence, Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Needs, Question
from flakecore.diagnosis.rules.test_code.orders.reordered import (
    checked_functions,
    named_after,
)
from flakecore.diagnosis.rules.test_code.time.given_times import GivenTime, given_times
from flakecore.diagnosis.rules.test_code.time.time_values import arguments_of, method_of
from flakecore.diagnosis.rules.timers.polling_loops import pausing_loops
from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.value_origins import Origin
from flakecore.timeline import Interval, Lane, LaneKind, State
from flakecore.times import format_duration

_SPANS = ("time.Since", "time.Until")
_COMPARES = ("After", "Before", "Sub", "Compare", "Equal")
_LOOKED_BACK = 400
"""Intervals of the test's goroutine that are looked through, the last ones first."""


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    if failing.is_in_bubble or not failing.goroutine or failing.test < 0:
        return
    given = list(given_times(failing))
    asks = _asks_clock(failing) if len(given) == 1 else None
    if asks is None:
        return
    (of,) = given
    took, slept = _since(question, failing, _stamped(failing, of))
    if took < of.ns or slept >= of.ns:
        return
    file, node = asks
    where, at = f"{file}:{line_of(node)}", f"{failing.name}:{line_of(of.node)}"
    name, _ = named_after(failing.test_name, node)
    lasted, gave = format_duration(took), f"{of.taker} was given {of.text} ({at})"
    yield assertion_finding(
        failing,
        (
            f"{failing.test_name} took up to {lasted}, and {gave}; {name} asks the clock ({where})",
            f"{failing.test_name} took up to {lasted}, and {gave}; {name} asks the clock",
            f"The test took up to {lasted}, and {gave}; {name} asks the clock ({where})",
            f"The test depends on how fast it runs: {name} asks the clock ({where})",
        ),
        (
            f"up to {lasted} had gone by since {gave}",
            f"{name} asks the clock at {where}",
            Evidence(f"of that it slept for {format_duration(slept)}", None, failing.goroutine),
        ),
        "give the code a clock that the test sets, or let testing/synctest keep the time",
        places=(failing.place(Role.READS, node, file), failing.place(Role.MADE, of.node)),
    )


def _stamped(failing: FailingSource, of: GivenTime) -> int:
    """Return the first line, from where the time was given, in which the test reads the clock.

    Itself or by what it calls there: what lasts for that time lasts from a reading on. The line in
    which it was given, where none is found.
    """
    package = failing.package
    for call in walk(failing.function):
        inside = of.node.start_byte <= call.start_byte < failing.call.start_byte
        if call.type != "call_expression" or not inside:
            continue
        called = package.calls.called_by(failing.name, call) or ()
        for home, function in called:
            within = [node for node in walk(function) if node.type == "call_expression"]
            reads = any(failing.library_function(node, home) == "time.Now" for node in within)
            waits = any(True for _ in pausing_loops(failing, home, function))
            if reads and not waits and not any(_compares_clock(failing, home, e) for e in within):
                return line_of(call)
    return line_of(of.node)


def _asks_clock(failing: FailingSource) -> Origin | None:
    """Return where the first of the functions that a value comes from asks the clock."""
    package = failing.package
    functions = checked_functions(failing)[1:]
    for node in _counted_by(failing):
        functions += package.calls.called_by(failing.name, node) or ()
    for file, function in functions:
        within = [(file, function)]
        for node in walk(function):
            if node.type == "call_expression":
                within += package.calls.called_by(file, node) or ()
        for home, each in within:
            waiting = list(pausing_loops(failing, home, each))
            for node in walk(each):
                if enclosing(node, *FUNCTIONS) != each or any(_within(node, e) for e in waiting):
                    continue
                if _compares_clock(failing, home, node):
                    return home, node
    return None


def _within(node: Node, around: Node) -> bool:
    return bool(around.start_byte <= node.start_byte < around.end_byte)


def _compares_clock(failing: FailingSource, file: str, node: Node) -> bool:
    """Return whether a call compares the present time, or counts the time since another one."""
    if node.type != "call_expression":
        return False
    if failing.library_function(node, file) in _SPANS:
        return True
    method, operand = method_of(node)
    if method not in _COMPARES or operand is None:
        return False
    sides = [operand, *arguments_of(node)]
    made = [value for each in sides for value in (each, *failing.origins.assigned(each))]
    return any(
        each.type == "call_expression" and failing.library_function(each, file) == "time.Now"
        for each in made
    )


def _counted_by(failing: FailingSource) -> Iterator[Node]:
    """Yield the calls by whose results the test counts what it checks: ``if b.Allow() { n++ }``."""
    asked = {
        text_of(node)
        for condition in failing.innermost
        for node in walk(condition)
        if node.type == "identifier"
    }
    for node in walk(failing.function):
        if node.type == "inc_statement" and text_of(node.named_children[0]) in asked:
            branch = enclosing(node, "if_statement", *FUNCTIONS)
            condition = branch.child_by_field_name("condition") if branch is not None else None
            for each in walk(condition) if condition is not None else ():
                if each.type == "call_expression":
                    yield each


def _since(question: Question, failing: FailingSource, line: int) -> tuple[int, int]:
    """Return how long before it failed the test was before a line at most, and slept since."""
    schedule = question.case.schedule
    assert schedule is not None
    function = failing.function
    own = range(line_of(function), last_line_of(function) + 1)
    began, slept = question.case.tests[failing.test].start_ns, 0
    interval: Interval | None = schedule.at(
        Lane(LaneKind.GOROUTINE, failing.goroutine), failing.at_ns
    )
    for _ in range(_LOOKED_BACK):
        if interval is None or interval.end_ns <= began:
            break
        lines = [
            each.line
            for each in interval.stack
            if each.file.rpartition("/")[2] == failing.name and each.line in own
        ]
        if lines and lines[0] < line:
            began = interval.end_ns
            break
        if interval.state is State.SLEEP:
            slept += interval.end_ns - max(interval.start_ns, began)
        interval = schedule.before(interval.lane, interval.start_ns)
    return failing.at_ns - began, slept


RULE = assertion_rule("outlived", _find, needs=Needs.FAILURE | Needs.TRACE)
