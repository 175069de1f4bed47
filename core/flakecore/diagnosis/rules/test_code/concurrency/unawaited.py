"""``test-itself``: a test that checks what a goroutine changes before that goroutine is done.

Reports a failed assertion that reads a variable or a field which, by the source, a function
changes that a ``go`` statement leads to, where the trace shows that goroutine, begun by the test or
for it, ready or at work when the test failed: it had not run at all, or the test had waited for
nothing since it was started. A goroutine that receives from a channel counts where the test had
handed it something, and it had not waited again, or where a signal of the test's own was still to
come. Silent without a trace,
for it may have been done, and the value be wrong; where the test slept or waited since, on the
time of a bubble of testing/synctest, and where the source is not at hand.

Example: ``for _, s := range sinks { go s.Deliver(e) }``, and ``if len(sink.calls) != 3``.
Counterexample: the same with ``wg.Wait()`` before the check.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flakecore.diagnosis.failing_call import FailingSource
from flakecore.diagnosis.findings import Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Needs, Question
from flakecore.diagnosis.rules.wording import names
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, walk
from flakecore.diagnosis.source.values.variable_keys import VariableKey
from flakecore.diagnosis.source.values.variable_writers import (
    VariableWriter,
    read_variables,
    writers_of,
)
from flakecore.frames import own_frame
from flakecore.timeline import Frame, Goroutine, Interval, Lane, LaneKind, State

_AT_WORK = (State.RUNNING, State.RUNNABLE, State.SLEEP, State.SYSCALL, State.NETWORK)
_PASSES_BY = (State.RUNNING, State.RUNNABLE, State.SYSCALL, State.MUTEX, State.GC)
"""What the test's goroutine does without waiting for another to do something."""
_LOOKED_BACK = 200
"""Intervals of the test's goroutine that are looked through, the last ones first."""
_LOOKED_AT = 400
"""Goroutines of the test that are looked at."""
_FOLLOWED = 60
"""Functions that a goroutine is followed through at most."""
_FEW = 8
"""Intervals of a goroutine in which it has come to its first wait."""
_OF_TIME = re.compile(r"\bAfter\(|\.C\Z|\bTick\(")
"""A channel that a timer or a ticker sends on."""
_SENDS = ("syscall.Kill", "golang.org/x/sys/unix.Kill")


class _Late(NamedTuple):
    """A goroutine that was not done, and what it changes."""

    goroutine: Goroutine
    now: Interval
    made: Frame
    writer: VariableWriter

    @property
    def started_at(self) -> str:
        """``publish.go:31``."""
        return f"{self.made.file.rpartition('/')[2]}:{self.made.line}"


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    if failing.is_in_bubble or not failing.goroutine or failing.test < 0:
        return
    open_goroutines = list(_not_ended(question, failing))
    read = dict(_read(failing)) if open_goroutines else {}
    writers = list(writers_of(failing.package, set(read))) if read else []
    late = list(_late(question, failing, writers, open_goroutines)) if writers else []
    if late:
        first = late[0].writer.key
        same = [each for each in late if each.writer.key == first]
        yield _finding(question, failing, read[first], same)


def _finding(
    question: Question, failing: FailingSource, read: Node, late: Sequence[_Late]
) -> Finding:
    who = names([each.goroutine.id for each in late])
    what, made, writer = " ".join(text_of(read).split()), late[0].started_at, late[0].writer
    is_one = len({each.started_at for each in late}) == 1
    started = f", started at {made}," if is_one else ""
    done = "is done" if len(late) == 1 else "are done"
    changes = f"{writer.file}:{line_of(writer.node)}"
    checks = f"{failing.test_name} checks {what} ({failing.at}) before {who}"
    return assertion_finding(
        failing,
        (
            f"{checks}{started} {done} with it ({changes})",
            f"{checks}{started} {done}",
            f"{checks} {done}",
            f"{failing.test_name} checks {what} before {who} {done}",
            f"The test checks {what} before {who} {done}",
            f"The test ({failing.at}) does not wait for {who}",
        ),
        (
            f"the failing line checks {what}, which is changed at {changes}",
            *(_fact(question, each) for each in late[:3]),
        ),
        "wait for what the goroutine does: a channel, a wait group, or a poll with a deadline",
        places=(
            failing.place(Role.WRITES, writer.node, writer.file),
            *(
                Place(
                    Role.CREATED,
                    each.goroutine.id,
                    each.made.function,
                    each.made.file,
                    each.made.line,
                )
                for each in late[:3]
            ),
        ),
        explains=frozenset(each.goroutine.id for each in late),
    )


def _fact(question: Question, late: _Late) -> Evidence:
    number, now = late.goroutine.id, late.now
    if now.state is State.RUNNABLE and not _has_run(question, late.goroutine, now):
        text = f"G{number} had not run yet when the test failed"
    elif now.state in (State.RUNNABLE, State.RUNNING):
        text = f"G{number} was {now.state.label} when the test failed, and had not ended"
    elif now.state in _AT_WORK or now.state is State.MUTEX:
        text = f"G{number} had not ended when the test failed ({now.state.label})"
    else:
        text = f"G{number} still waited for the signal when the test failed"
    return Evidence(text, now.start_ns, number)


def _read(failing: FailingSource) -> Iterator[tuple[VariableKey, Node]]:
    """Yield the variables that the failing condition reads, those of a helper that fails too."""
    asked = [(failing.name, each) for each in failing.innermost]
    if failing.helper is not None:
        asked += [(failing.helper.file, each) for each in failing.helper.conditions]
    for file, condition in asked:
        for _, origin in failing.origins.of(file, condition):
            yield from read_variables(failing.package, origin)


def _not_ended(
    question: Question, failing: FailingSource
) -> Iterator[tuple[Goroutine, Interval, Frame]]:
    """Yield the test's other goroutines that were there when it failed, and who made them where."""
    schedule = question.case.schedule
    assert schedule is not None
    for number in schedule.goroutines_of(failing.test)[:_LOOKED_AT]:
        goroutine = schedule.goroutine(number)
        if goroutine is None or number == failing.goroutine or goroutine.system:
            continue
        if goroutine.ended_ns is not None and goroutine.ended_ns <= failing.at_ns:
            continue
        made = own_frame(goroutine.creation_stack, question.case.package)
        now = schedule.at(Lane(LaneKind.GOROUTINE, number), failing.at_ns)
        if made is not None and now is not None and failing.package.has(made):
            yield goroutine, now, made


def _late(
    question: Question,
    failing: FailingSource,
    writers: list[VariableWriter],
    goroutines: list[tuple[Goroutine, Interval, Frame]],
) -> Iterator[_Late]:
    """Yield the goroutines that change what the test reads, and were not done."""
    by_function: dict[tuple[str, int], VariableWriter] = {}
    for each in writers:
        by_function.setdefault((each.file, each.function.start_byte), each)
    reached: dict[tuple[str, int], VariableWriter | None] = {}
    for goroutine, now, made in goroutines:
        file = made.file.rpartition("/")[2]
        starts = failing.package.calls.starts(file, made.line)
        at = (file, made.line)
        if at not in reached:
            functions = _come_to(failing, starts)
            reached[at] = next((by_function[e] for e in functions if e in by_function), None)
        found = reached[at]
        if found is not None and _is_late(question, failing, goroutine, now, starts):
            yield _Late(goroutine, now, made, found)


def _come_to(
    failing: FailingSource, starts: frozenset[tuple[str, int]]
) -> Iterator[tuple[str, int]]:
    """Yield the functions that some come to on their own goroutine, themselves first."""
    calls, seen = failing.package.calls, set(starts)
    waiting = deque(sorted(starts))
    while waiting:
        key = waiting.popleft()
        yield key
        function = calls.function_at(key)
        for node in walk(function) if function is not None else ():
            is_started = node.parent is not None and node.parent.type == "go_statement"
            if node.type != "call_expression" or is_started:
                continue
            for home, called in calls.called_by(key[0], node) or ():
                further = (home, called.start_byte)
                if further not in seen and len(seen) < _FOLLOWED:
                    seen.add(further)
                    waiting.append(further)


def _is_late(
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
        return _was_woken_by(question, goroutine, now, failing)
    if now.state is State.RUNNABLE and not _has_run(question, goroutine, now):
        return not now.before_trace
    goes_on = now.state in _AT_WORK or (now.state is State.MUTEX and not now.to_the_end)
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


def _has_run(question: Question, goroutine: Goroutine, now: Interval) -> bool:
    schedule = question.case.schedule
    assert schedule is not None
    return schedule.before(Lane(LaneKind.GOROUTINE, goroutine.id), now.start_ns) is not None


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


RULE = assertion_rule("unawaited", _find, needs=Needs.FAILURE | Needs.TRACE)
