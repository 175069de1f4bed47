"""Selects in which a timer came first, and the goroutines that were to come to the other case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Place, Role
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, text_of
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters, walk
from flakecore.timeline import Goroutine, Interval, Lane, LaneKind, State

_TIMERS = ("time.After", "time.NewTimer", "time.Tick", "time.NewTicker")
ENDS_CONTEXT = ("context.WithDeadline", "context.WithTimeout")
"""What the goroutine is named after that the runtime starts when a context's time is over."""
_DEADLINES = ("context.WithTimeout", "context.WithDeadline")
_DONE = re.compile(r"<-\s*(\w+)\.Done\(\)")
COMES = (OperationKind.SEND, OperationKind.CLOSE)
"""What ends a receive."""
_GOES_ON = (State.RUNNING, State.RUNNABLE, State.SLEEP, State.SYSCALL, State.NETWORK)
_LOOKED_AT = 200
"""Goroutines of the test that are looked at, and intervals of each."""


@dataclass(frozen=True)
class TimerRace:
    """A select in which a timer came first.

    Attributes:
        file: the name of the file that it stands in.
        select: its node.
        timer: the call that made the timer; None for the deadline of a context that is handed in,
            where it is not known which call made that.
        made_in: the name of the file that this call stands in.
        other: what its only other case receives.
        line: of the timer's case.
        at_ns: when the timer came, or when the test failed behind it.
    """

    file: str
    select: Node
    timer: Node | None
    made_in: str
    other: Operation
    line: int
    at_ns: int

    @property
    def function(self) -> str:
        """The name of the function that it stands in; that of the one around a literal."""
        inner = enclosing(self.select, *FUNCTIONS)
        while inner is not None and inner.type == "func_literal":
            inner = enclosing(inner, *FUNCTIONS)
        return text_of(inner.child_by_field_name("name")) if inner is not None else ""


@dataclass(frozen=True)
class LatePeer:
    """A goroutine that was to come to the other case.

    Attributes:
        goroutine: which one.
        at: the line that it came to, or was started at.
        place: the same as a place of a finding.
        later_ns: how long after the failure it came to send; None if it is not known to have.
        state: what it was in when the test failed.
        since_ns: since when, or when it came to send.
    """

    goroutine: Goroutine
    at: str
    place: Place
    later_ns: int | None
    state: State
    since_ns: int


def timer_race(failing: FailingSource) -> TimerRace | None:
    """Return the select that a failing call's case won by a timer; None if it did not."""
    case, helper = failing.chosen_case, failing.helper
    file = failing.name if helper is None else helper.file
    found = _race_in(failing, file, case) if case is not None else None
    if found is None or found.timer is None:  # by the source alone, a context may be cancelled, too
        return None
    return replace(found, line=failing.line if helper is None else line_of(helper.fails))


def with_its_moment(question: Question, failing: FailingSource, race: TimerRace) -> TimerRace:
    """Return a race with when its select ended, where the trace has that, of the goroutine's last.

    What fails behind it may do so later: a panic is written when all deferred calls are over.
    """
    if question.case.schedule is None or failing.goroutine <= 0:
        return race
    for interval in _selects_before(question, failing):
        if _lies_in_select(interval, race):
            return replace(race, at_ns=interval.end_ns)
    return race


def _lies_in_select(interval: Interval, race: TimerRace) -> bool:
    lines = range(line_of(race.select), last_line_of(race.select) + 1)
    return any(
        frame.file.rpartition("/")[2] == race.file and frame.line in lines
        for frame in interval.stack
    )


def returned_race(question: Question, failing: FailingSource) -> TimerRace | None:
    """Return the select of a called function that gave the failing call what it complains of.

    The trace has the test's goroutine wait in that select last, until no goroutine but a timer
    ended it; its case returns from the function, and what the failing call asks for comes from
    there by the source. None where one of these is not so.
    """
    schedule = question.case.schedule
    if schedule is None or failing.goroutine <= 0:
        return None
    races = list(_returning(failing))
    for interval in _selects_before(question, failing) if races else ():
        for race in races:
            if _lies_in_select(interval, race):
                won = _is_of_timer(question, interval, race)
                return replace(race, at_ns=interval.end_ns) if won else None
    return None


def _is_of_timer(question: Question, interval: Interval, race: TimerRace) -> bool:
    """Return whether a timer ended a select: no goroutine did, or one that ends a context."""
    schedule, wake = question.case.schedule, interval.wake
    if schedule is None or wake is None:
        return False
    if race.timer is not None and wake.goroutine == 0:
        return True
    waker = schedule.goroutine(wake.goroutine) if wake.goroutine > 0 else None
    return waker is not None and waker.function.startswith(ENDS_CONTEXT)


def _selects_before(question: Question, failing: FailingSource) -> Iterator[Interval]:
    """Yield the waits in a select of the goroutine that failed, the last first."""
    schedule, lane = question.case.schedule, Lane(LaneKind.GOROUTINE, failing.goroutine)
    assert schedule is not None
    interval = schedule.at(lane, failing.at_ns)
    for _ in range(_LOOKED_AT):
        if interval is None:
            return
        if interval.state is State.SELECT and interval.end_ns <= failing.at_ns:
            yield interval
        interval = schedule.before(lane, interval.start_ns)


def _returning(failing: FailingSource) -> Iterator[TimerRace]:
    """Yield the selects that may have given what a failing call asks for, a timer's case each."""
    package = failing.package
    functions: dict[tuple[str, int], Node] = {}
    for value in failing.innermost:
        for file, node in package.origins.of(failing.name, value):
            if node.type == "call_expression":
                for home, function in package.calls.called_by(file, node) or ():
                    functions[home, function.start_byte] = function
    made = [
        call
        for call in failing.file.calls_of
        if failing.library_function(call) in _DEADLINES and _lies_in(call, failing.function)
    ]
    for (home, _), function in functions.items():
        for case in walk(function):
            if case.type != "communication_case" or enclosing(case, *FUNCTIONS) != function:
                continue
            found = _race_in(failing, home, case) if _returns(case, function) else None
            if found is None:
                continue
            if found.timer is None and len(made) == 1:
                found = replace(found, timer=made[0], made_in=failing.name)
            yield found


def _lies_in(node: Node, around: Node) -> bool:
    return bool(around.start_byte <= node.start_byte < around.end_byte)


def _returns(case: Node, function: Node) -> bool:
    return any(
        node.type == "return_statement" and enclosing(node, *FUNCTIONS) == function
        for node in walk(case)
    )


def _race_in(failing: FailingSource, file: str, case: Node) -> TimerRace | None:
    """Return the race of a select by its timer's case; None for others."""
    package = failing.package
    select = enclosing(case, "select_statement")
    if select is None:
        return None
    timer = _timer(package, file, case)
    is_handed_in = timer is None and _is_done_of_parameter(case)
    others = [
        each
        for each in select.named_children
        if each.type in ("communication_case", "default_case") and each != case
    ]
    if (timer is None and not is_handed_in) or len(others) != 1:
        return None
    if _timer(package, file, others[0]) is not None:
        return None
    received = [
        each
        for each in package.files[file].operations
        if each.kind is OperationKind.RECEIVE
        and each.in_select
        and others[0].start_byte <= each.node.start_byte < others[0].end_byte
        and enclosing(each.node, "communication_case") == others[0]
    ]
    if len(received) != 1:
        return None
    return TimerRace(file, select, timer, file, received[0], line_of(case), failing.at_ns)


def _is_done_of_parameter(case: Node) -> bool:
    """Return whether a case receives from ``Done`` of a context that its function is given."""
    communication, function = case.child_by_field_name("communication"), enclosing(case, *FUNCTIONS)
    found = _DONE.search(text_of(communication)) if communication is not None else None
    if found is None or function is None:
        return False
    return (found[1], "context.Context") in parameters(function)


def _timer(package: GoPackage, file: str, case: Node) -> Node | None:
    """Return the call that made the timer or deadline that a case receives from; None for none."""
    communication = case.child_by_field_name("communication")
    for node in walk(communication) if communication is not None else ():
        if node.type != "unary_expression" or not text_of(node).startswith("<-"):
            continue
        operand = node.child_by_field_name("operand")
        for made in _made(package, operand):
            name = package.files[file].library_function(made)
            if name in _TIMERS or name in _DEADLINES:
                return made
    return None


def _made(package: GoPackage, operand: Node) -> list[Node]:
    """Return the calls that made what ``<-operand`` receives from."""
    if operand.type == "selector_expression":  # t.C
        operand = operand.child_by_field_name("operand")
    elif operand.type == "call_expression":  # time.After(d), ctx.Done()
        called = operand.child_by_field_name("function")
        is_done = (
            called.type == "selector_expression"
            and text_of(called.child_by_field_name("field")) == "Done"
        )
        if not is_done:
            return [operand]
        operand = called.child_by_field_name("operand")
    if operand.type != "identifier":
        return []
    return [each for each in package.origins.assigned(operand) if each.type == "call_expression"]


def late_peers(question: Question, failing: FailingSource, race: TimerRace) -> list[LatePeer]:
    """Return the test's goroutines that were to come to the other case, the earliest first.

    A goroutine that came to send there, and waits, shows when; one that was started in a way that
    leads to a send, and could go on when the test failed, shows what it did.
    """
    schedule, failure = question.case.schedule, question.failure
    package = failing.package
    if schedule is None or failure is None or failure.test < 0:
        return []
    comes = [
        (name, each) for name, each in package.uses.of(race.file, race.other) if each.kind in COMES
    ]
    lines = {(name, each.line) for name, each in comes}
    leading = package.calls.leading_to((name, each.function) for name, each in comes)
    found: list[LatePeer] = []
    for number in schedule.goroutines_of(failure.test)[:_LOOKED_AT]:
        each = schedule.goroutine(number)
        if each is None or number == failing.goroutine:
            continue
        peer = _sent_later(question, race.at_ns, each, lines)
        peer = peer or _still_busy(question, failing, race.at_ns, each, leading)
        if peer is not None:
            found.append(peer)
    return found


def _sent_later(
    question: Question, at_ns: int, each: Goroutine, lines: set[tuple[str, int]]
) -> LatePeer | None:
    schedule = question.case.schedule
    assert schedule is not None
    interval = schedule.last(Lane(LaneKind.GOROUTINE, each.id))
    for _ in range(_LOOKED_AT):
        if interval is None or interval.start_ns < at_ns:
            return None
        for frame in interval.stack if interval.state is State.CHAN_SEND else ():
            at = (frame.file.rpartition("/")[2], frame.line)
            if at in lines:
                place = Place(Role.SENDS, each.id, frame.function, frame.file, frame.line)
                later = interval.start_ns - at_ns
                start = interval.start_ns
                return LatePeer(each, f"{at[0]}:{at[1]}", place, later, interval.state, start)
        interval = schedule.before(Lane(LaneKind.GOROUTINE, each.id), interval.start_ns)
    return None


def _still_busy(
    question: Question,
    failing: FailingSource,
    at_ns: int,
    each: Goroutine,
    leading: frozenset[tuple[str, int]],
) -> LatePeer | None:
    schedule = question.case.schedule
    assert schedule is not None
    now = schedule.at(Lane(LaneKind.GOROUTINE, each.id), at_ns)
    if now is None or now.state not in _GOES_ON or not each.creation_stack:
        return None
    made = each.creation_stack[0]
    started = StackFrame(made.function, made.file, made.line)
    stands = failing.package.function_of(started)
    if stands is None or not failing.package.calls.starts(stands[0], made.line) & leading:
        return None
    own = next(
        (frame for frame in now.stack if failing.package.function_of(frame) is not None), None
    )
    if own is not None and now.state not in (State.RUNNING, State.RUNNABLE):
        place = Place(Role.RUNS, each.id, own.function, own.file, own.line)
        at = f"{own.file.rpartition('/')[2]}:{own.line}"
    else:
        place = Place(Role.CREATED, each.id, made.function, made.file, made.line)
        at = f"started at {started.place}"
    return LatePeer(each, at, place, None, now.state, now.start_ns)
