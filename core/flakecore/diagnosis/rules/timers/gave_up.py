"""``deadline-missed``, of a test that polls: who was still at work when its patience ended.

Reports an assertion that fails in a loop which sleeps and asks for the time, or behind one that
is left early, or by ``Eventually`` of testify, in the test or in a helper of its package. The trace
has the goroutine wait there, again and again, and only one other of the test's goroutines that
could go on at that moment: asleep, running, ready, in a system call or at the network. All others
wait for somebody. It is inferred, since what is polled for may come from elsewhere. Silent where
several could go on or none, where the loop sleeps once for each of some things, on the clock of a
bubble of testing/synctest, and without a trace or the source.

Example: ``for range 20 { if ready() { return }; time.Sleep(tick) }; t.Fatal("never ready")``.
Counterexample: ``for _, each := range all { send(each); time.Sleep(tick) }``, and then a check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing_call import FailingSource
from flakecore.diagnosis.findings import Certainty, Evidence, Finding
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.timers.at_work import at_work
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.assertions import polls
from flakecore.timeline import Interval, Lane, LaneKind
from flakecore.times import format_duration

_ASKS_TIME = re.compile(r"\.After\(|\.Before\(|time\.Since\(|time\.Until\(|\.Sub\(|\.Err\(\)")
_BLOCKS = ("block", "communication_case", "expression_case", "default_case", "type_case")
_LOOKED_AT = 400
"""Intervals of the goroutine that polls, the last of which are looked at."""
_LEAST = 2
"""Waits in the loop from which on it polls."""

_Lines = tuple[str, int, int]
"""A file's name, and the first and last line of what polls in it."""


def _find(question: Question) -> Iterator[Finding]:
    failure, schedule = question.failure, question.case.schedule
    failing = question.failing
    if failure is None or schedule is None or failing is None or failure.test < 0:
        return
    lines = _polling(failing) if not failing.is_in_bubble and failing.goroutine > 0 else None
    if lines is None:
        return
    waits = _waits_in(question, failing, lines)
    others = at_work(question, failure.at_ns, (failing.goroutine,)) if len(waits) >= _LEAST else []
    if len(others) != 1:
        return
    (other,) = others
    took = format_duration(failure.at_ns - waits[-1].start_ns)
    where, doing = other.where, f"{other.name} was still {other.doing}"
    gave_up = f"{failure.test_name} gave up after {took} ({failing.at})"
    polls_at = f"{lines[0]}:{_line_in(waits[0], lines)}"
    yield Finding(
        rule="deadline-missed",
        claim=first_that_fits(
            f"{gave_up}; {doing}{where}",
            f"{gave_up}; {doing} ({other.at})",
            f"{gave_up}; {doing}",
            f"{doing}{where} when the test gave up",
            f"{doing} when the test gave up",
        ),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=(failing.fails_at(), other.place),
        evidence=(
            Evidence(
                f"G{failing.goroutine} polls at {polls_at}: it waited there {len(waits)} times",
                waits[-1].start_ns,
                failing.goroutine,
            ),
            Evidence(f"{doing}{where}", other.now.start_ns, other.goroutine.id),
            Evidence("no other goroutine of the test was at work then", None, 0),
        ),
        next="wait for the event itself, or poll as long as go test lets the test run",
        explains=frozenset((failing.goroutine, other.goroutine.id)),
    )


def _polling(failing: FailingSource) -> _Lines | None:
    """Return the lines of the loop by which a test polls before it fails; None if it does not."""
    if polls(failing.package, failing.name, failing.call):
        return failing.name, failing.line, last_line_of(failing.call)
    helper = failing.helper
    file, fails = (failing.name, failing.call) if helper is None else (helper.file, helper.fails)
    function = enclosing(fails, *FUNCTIONS)
    for loop in walk(function) if function is not None else ():
        if loop.type != "for_statement" or enclosing(loop, *FUNCTIONS) != function:
            continue
        if not _sleeps(failing, file, loop):
            continue
        if _lies_in(fails, loop):
            if _asks_time(fails):
                return file, line_of(loop), last_line_of(loop)
        elif loop.end_byte <= fails.start_byte and _is_around(loop, fails) and _is_left(loop):
            return file, line_of(loop), last_line_of(loop)
    return None


def _asks_time(call: Node) -> bool:
    """Return whether a call stands in an if that asks whether some time is over."""
    branch = enclosing(call, "if_statement", "for_statement")
    if branch is None or branch.type != "if_statement":
        return False
    return _ASKS_TIME.search(text_of(branch.child_by_field_name("condition"))) is not None


def _sleeps(failing: FailingSource, file: str, loop: Node) -> bool:
    function = enclosing(loop, *FUNCTIONS)
    return any(
        _lies_in(call, loop)
        and enclosing(call, *FUNCTIONS) == function
        and failing.library_function(call, file) in ("time.Sleep", "time.After")
        for call in failing.package.files[file].calls_of
    )


def _is_left(loop: Node) -> bool:
    """Return whether a loop ends as soon as what it asks for is so, rather than by a count."""
    function = enclosing(loop, *FUNCTIONS)
    if any(
        node.type in ("return_statement", "break_statement")
        and enclosing(node, *FUNCTIONS) == function
        for node in walk(loop)
    ):
        return True
    clauses = ("for_clause", "range_clause", "block", "comment")
    return any(child.type not in clauses for child in loop.named_children)


def _is_around(statement: Node, call: Node) -> bool:
    """Return whether a statement's block goes around a later call, too."""
    block = enclosing(statement, *_BLOCKS)
    return block is not None and _lies_in(call, block)


def _lies_in(node: Node, around: Node) -> bool:
    return bool(around.start_byte <= node.start_byte < around.end_byte)


def _waits_in(question: Question, failing: FailingSource, lines: _Lines) -> list[Interval]:
    """Return the waits of the goroutine that failed within some lines, the last first."""
    schedule, lane = question.case.schedule, Lane(LaneKind.GOROUTINE, failing.goroutine)
    assert schedule is not None
    found: list[Interval] = []
    interval = schedule.at(lane, failing.at_ns)
    for _ in range(_LOOKED_AT):
        if interval is None:
            break
        if interval.state.waiting and interval.end_ns <= failing.at_ns:
            if _line_in(interval, lines):
                found.append(interval)
            elif found:
                break
        interval = schedule.before(lane, interval.start_ns)
    return found


def _line_in(interval: Interval, lines: _Lines) -> int:
    """Return the line of an interval's stack that lies within some lines; 0 for none."""
    file, first, last = lines
    for frame in interval.stack:
        if frame.file.rpartition("/")[2] == file and first <= frame.line <= last:
            return frame.line
    return 0


RULE = Rule("gave-up", Needs.TRACE | Needs.FAILURE, _find, ids=("deadline-missed",))
