"""Whether a goroutine had still to do what a test checks, for all that the trace shows.

It had not run at all, or the test had waited for nothing since it was started. One that receives
from a channel counts where the test had handed it something and it had not waited again, where it
has not run and the test had sent on its channel, or where a signal of the test's own was still to
come.
"""

from __future__ import annotations

import re

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, walk
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key
from flakecore.timeline import Goroutine, Interval, Lane, LaneKind, State

AT_WORK = (State.RUNNING, State.RUNNABLE, State.SLEEP, State.SYSCALL, State.NETWORK)
"""States that a goroutine leaves by itself."""
_PASSES_BY = (State.RUNNING, State.RUNNABLE, State.SYSCALL, State.MUTEX, State.GC)
"""What the test's goroutine does without waiting for another to do something."""
_LOOKED_BACK = 200
"""Intervals of the test's goroutine that are looked through, the last ones first."""
_FEW = 8
"""Intervals of a goroutine in which it has come to its first wait."""
_OF_TIME = re.compile(r"\bAfter\(|\.C\Z|\bTick\(")
"""A channel that a timer or a ticker sends on."""
_SENDS = ("syscall.Kill", "golang.org/x/sys/unix.Kill")


def is_late(
    question: Question,
    failing: FailingSource,
    goroutine: Goroutine,
    now: Interval,
    starts: frozenset[tuple[str, int]],
) -> bool:
    """Return whether a goroutine had still to do, for all that the trace shows, what it changes."""
    if _waits_first(failing, starts):
        if _sends_signal(failing) and _takes_signals(failing, starts):
            return not _has_been_woken(question, goroutine, now)
        if now.state is State.RUNNABLE and not has_run(question, goroutine, now):
            return not now.before_trace and _sends_to(failing, starts)
        return _was_woken_by(question, goroutine, now, failing)
    if now.state is State.RUNNABLE and not has_run(question, goroutine, now):
        return not now.before_trace
    goes_on = now.state in AT_WORK or (now.state is State.MUTEX and not now.to_the_end)
    return goes_on and not _waited_since(question, failing, goroutine.created_ns)


def _has_been_woken(question: Question, goroutine: Goroutine, now: Interval) -> bool:
    """Return whether a goroutine has waited and gone on before the interval that it is in."""
    schedule = question.case.schedule
    assert schedule is not None
    lane = Lane(LaneKind.GOROUTINE, goroutine.id)
    interval = schedule.before(lane, now.start_ns)
    for _ in range(_FEW):
        if interval is None:
            return False
        if interval.state not in _PASSES_BY:
            return now.state is not State.RUNNABLE
        interval = schedule.before(lane, interval.start_ns)
    return True


def _was_woken_by(
    question: Question, goroutine: Goroutine, now: Interval, failing: FailingSource
) -> bool:
    """Return whether the test's goroutine handed something to one that has not waited since."""
    schedule = question.case.schedule
    assert schedule is not None
    interval: Interval | None = now
    for _ in range(_FEW):
        if interval is None or interval.wake is not None:
            break
        if interval.state not in _PASSES_BY:
            return False
        interval = schedule.before(Lane(LaneKind.GOROUTINE, goroutine.id), interval.start_ns)
    wake = interval.wake if interval is not None and interval is not now else None
    return wake is not None and wake.goroutine == failing.goroutine


def has_run(question: Question, goroutine: Goroutine, now: Interval) -> bool:
    """Return whether a goroutine did anything before the interval that it is in."""
    schedule = question.case.schedule
    assert schedule is not None
    return schedule.before(Lane(LaneKind.GOROUTINE, goroutine.id), now.start_ns) is not None


def has_answered(question: Question, failing: FailingSource, goroutine: Goroutine) -> bool:
    """Return whether a goroutine has ended a wait of the test's, or may have."""
    schedule = question.case.schedule
    assert schedule is not None
    interval = schedule.at(Lane(LaneKind.GOROUTINE, failing.goroutine), failing.at_ns)
    for _ in range(_LOOKED_BACK):
        if interval is None or interval.end_ns <= goroutine.created_ns:
            return False
        if interval.wake is not None and interval.wake.goroutine == goroutine.id:
            return True
        interval = schedule.before(interval.lane, interval.start_ns)
    return True


def _waited_since(question: Question, failing: FailingSource, since_ns: int) -> bool:
    """Return whether the test's goroutine waited for anything since a time, or may have."""
    schedule = question.case.schedule
    assert schedule is not None
    lane = Lane(LaneKind.GOROUTINE, failing.goroutine)
    interval = schedule.at(lane, failing.at_ns)
    for _ in range(_LOOKED_BACK):
        if interval is None or interval.end_ns <= since_ns:
            return False
        if interval.state not in _PASSES_BY:
            return True
        interval = schedule.before(lane, interval.start_ns)
    return True


def _waits_first(failing: FailingSource, starts: frozenset[tuple[str, int]]) -> bool:
    """Return whether some function waits for what others hand it, so that it may have to."""
    return any(
        _receives(failing, node)
        for key in starts
        for node in walk(failing.package.calls.function_at(key) or failing.function)
    )


def _receives(failing: FailingSource, node: Node) -> bool:
    """Return whether a node receives from a channel that no timer sends on."""
    if node.type == "unary_expression" and text_of(node).startswith("<-"):
        channel = text_of(node.child_by_field_name("operand"))
        return _OF_TIME.search(channel) is None
    if node.type == "range_clause":
        kind = failing.package.types.type_of(node.child_by_field_name("right"))
        return "chan" in kind[:6]
    return False


def _sends_to(failing: FailingSource, starts: frozenset[tuple[str, int]]) -> bool:
    """Return whether the test has sent on a channel that some receive from, or called what does."""
    package = failing.package
    received = {
        key
        for function in (package.calls.function_at(each) for each in starts)
        if function is not None
        for node in walk(function)
        if (key := variable_key(package.types, _channel(node))) is not None
    }
    sent: set[VariableKey | None] = set()
    for node in walk(failing.function):
        if node.end_byte > failing.call.start_byte:
            continue
        functions = [node] if node.type == "send_statement" else []
        if node.type == "call_expression":
            called = package.calls.called_by(failing.name, node) or ()
            functions = [function for _, function in called]
        sent |= {
            variable_key(package.types, each.child_by_field_name("channel"))
            for function in functions
            for each in walk(function)
            if each.type == "send_statement"
        }
    return bool(received & sent)


def _channel(node: Node) -> Node | None:
    """Return the channel that a node receives from; None for any other node."""
    if node.type == "unary_expression" and text_of(node).startswith("<-"):
        operand: Node | None = node.child_by_field_name("operand")
        return operand
    right: Node | None = node.child_by_field_name("right") if node.type == "range_clause" else None
    return right


def _sends_signal(failing: FailingSource) -> bool:
    """Return whether the test sends its own process a signal before the failing line."""
    if "os.Getpid()" not in text_of(failing.function):
        return False
    return any(
        failing.library_function(node) in _SENDS
        or text_of(node.child_by_field_name("function")).endswith(".Signal")
        for node in walk(failing.function)
        if node.type == "call_expression" and node.end_byte <= failing.call.start_byte
    )


def _takes_signals(failing: FailingSource, starts: frozenset[tuple[str, int]]) -> bool:
    """Return whether some function names a channel that the package has signals sent on."""
    notified = {
        text_of(each.child_by_field_name("arguments").named_children[0]).rpartition(".")[2]
        for name, file in failing.package.files.items()
        for each in file.calls_of
        if failing.library_function(each, name) == "os/signal.Notify"
        and each.child_by_field_name("arguments").named_children
    }
    functions = [failing.package.calls.function_at(key) for key in starts]
    return any(
        text_of(node) in notified
        for function in functions
        if function is not None and function.type in FUNCTIONS
        for node in walk(function)
        if node.type in ("identifier", "field_identifier")
    )
