"""``test-itself``: a test that sleeps for less than a timer's time, and slept for longer.

``time.Sleep`` sleeps for the duration that it is given at least (package time). Reports a failed
assertion behind a sleep of the test's own that is shorter than the only duration which the test
gives its package, where what the test calls sets a timer, and the trace shows a sleep there until
the goroutine ran again that took that duration and more: the timer, which was to be put off or
stopped, came. What is checked is changed by a literal handed on with that duration or to the
timer, or by a method of the type that sets the timer, or is asked of it. It is inferred from the
source. Silent on sleeps that are not shorter, or that were not too long, in bubbles of package
testing/synctest, and without a trace or the source.

Example: ``d := NewDebouncer(5*time.Millisecond, save)``; ``d.Trigger(); time.Sleep(4 * ms)``, which
took 6 ms, and then ``if saves != 1``.
Counterexample: the same where no sleep took more than 4.3 ms.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource, duration_text
from flakecore.diagnosis.findings import Evidence, Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Needs, Question
from flakecore.diagnosis.rules.test_code.orders.reordered import checked_functions, named_after
from flakecore.diagnosis.rules.test_code.time.given_times import GivenTime, given_times
from flakecore.diagnosis.rules.test_code.time.time_values import arguments_of
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters, walk
from flakecore.diagnosis.source.values.value_origins import Origin
from flakecore.diagnosis.source.values.variable_writers import read_variables, writers_of
from flakecore.timeline import Interval, Lane, LaneKind, State
from flakecore.times import format_duration, parse_duration

_TIMERS = ("time.AfterFunc", "time.NewTimer", "time.After", "time.NewTicker")
_LOOKED_BACK = 2_000
"""Intervals of the test's goroutine that are looked through, the last ones first."""


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    if failing.is_in_bubble or not failing.goroutine or failing.test < 0:
        return
    given = list(given_times(failing))
    sleeps = list(_sleeps(failing, given[0])) if len(given) == 1 else []
    if len(sleeps) != 1:
        return
    (of,), (sleep,) = given, sleeps
    timer = next((each for each in _timers(failing) if _concerns(failing, of, each)), None)
    naps = list(_naps(question, failing, line_of(sleep))) if timer is not None else []
    long = [each for each in naps if each[0] >= of.ns]
    if timer is None or not long:
        return
    took, since = max(long)
    file, node = timer
    at, where = f"{failing.name}:{line_of(sleep)}", f"{file}:{line_of(node)}"
    name, _ = named_after(failing.test_name, node)
    asked, gave = duration_text(arguments_of(sleep)[0]), f"{of.taker} was given {of.text}"
    slept = f"{failing.test_name} slept {format_duration(took)} in place of {asked} ({at})"
    times = f"in {len(long)} of {len(naps)} rounds" if len(naps) > 1 else "then"
    yield assertion_finding(
        failing,
        (
            f"{slept}; {gave}, for the timer of {name} ({where})",
            f"{slept}; {gave}, for a timer ({where})",
            f"{slept}, and {gave}",
            f"The test slept {format_duration(took)} in place of {asked} ({at}), and {gave}",
            f"The test depends on how long it sleeps ({at})",
        ),
        (
            f"the test sleeps for {asked} at {at}, and {gave} at {failing.name}:{line_of(of.node)}",
            Evidence(f"it slept {format_duration(took)} there", since, failing.goroutine),
            Evidence(f"it slept for {of.text} and more {times}", None, failing.goroutine),
            f"{name} sets a timer at {where}",
        ),
        "give the code a clock that the test sets, or let testing/synctest keep the time",
        places=(
            failing.place(Role.WAITS, sleep),
            failing.place(Role.MADE, of.node),
            failing.place(Role.RUNS, node, file),
        ),
    )


def _sleeps(failing: FailingSource, of: GivenTime) -> Iterator[Node]:
    """Yield the test's sleeps between where it gives a duration and fails that are shorter."""
    for call in walk(failing.function):
        if call.type != "call_expression" or failing.library_function(call) != "time.Sleep":
            continue
        if of.node.end_byte <= call.start_byte < failing.call.start_byte:
            ns = parse_duration(duration_text(arguments_of(call)[0]))
            if ns and ns < of.ns:
                yield call


def _timers(failing: FailingSource) -> Iterator[Origin]:
    """Yield where what the test calls sets a timer to a time that is no constant of the source."""
    test = failing.test_name.partition("/")[0]
    for file, function in failing.package.writes.functions_of(test)[1:]:
        for call in walk(function):
            if call.type != "call_expression" or not arguments_of(call):
                continue
            is_timer = failing.library_function(call, file) in _TIMERS
            if is_timer and "time." not in text_of(arguments_of(call)[0]):
                yield file, call


def _concerns(failing: FailingSource, of: GivenTime, timer: Origin) -> bool:
    """Return whether what is checked may change when a timer comes."""
    kind = _receiver(enclosing(timer[1], *FUNCTIONS))
    if kind and any(_receiver(each) == kind for _, each in checked_functions(failing)[1:]):
        return True
    read = {
        key
        for condition in failing.innermost
        for _, origin in failing.origins.of(failing.name, condition)
        for key, _ in read_variables(failing.package, origin)
    }
    return any(
        (each.file == failing.name and _within(each.node, of.node))
        or (each.file == timer[0] and _within(each.node, timer[1]))
        or (bool(kind) and _receiver(each.function) == kind)
        for each in writers_of(failing.package, read)
    )


def _within(node: Node, around: Node) -> bool:
    return bool(around.start_byte <= node.start_byte < around.end_byte)


def _receiver(function: Node | None) -> str:
    while function is not None and function.type == "func_literal":
        function = enclosing(function, *FUNCTIONS)
    if function is None or function.type != "method_declaration":
        return ""
    return parameters(function)[0][1].lstrip("*")


def _naps(question: Question, failing: FailingSource, line: int) -> Iterator[tuple[int, int]]:
    """Yield how long the test's goroutine slept in a line until it ran again, and since when."""
    schedule, lane = question.case.schedule, Lane(LaneKind.GOROUTINE, failing.goroutine)
    assert schedule is not None
    interval: Interval | None = schedule.at(lane, failing.at_ns)
    later: Interval | None = None
    began = question.case.tests[failing.test].start_ns
    for _ in range(_LOOKED_BACK):
        if interval is None or interval.end_ns <= began:
            return
        if interval.state is State.SLEEP and any(
            frame.file.rpartition("/")[2] == failing.name and frame.line == line
            for frame in interval.stack
        ):
            is_ready = later is not None and later.state is State.RUNNABLE
            end_ns = later.end_ns if later is not None and is_ready else interval.end_ns
            yield end_ns - interval.start_ns, interval.start_ns
        later, interval = interval, schedule.before(lane, interval.start_ns)


RULE = assertion_rule("overslept", _find, needs=Needs.FAILURE | Needs.TRACE)
