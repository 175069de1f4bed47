"""``test-itself``: a test that checks what a goroutine changes before that goroutine is done.

Reports a failed assertion that reads a variable or a field which, by the source, a function changes
that a ``go`` statement leads to, where the trace shows that goroutine, begun by the test or for it,
ready or at work when the test failed: it had not run at all, or the test had waited for nothing
since it was started (``lateness``). Whoever started it, as a server its handler, and whatever else
the test waited for, it reports one whose stack shows it before the line in which it changes that.
Silent without a trace, for it may have been done, and the value be wrong; where the test slept or
waited since, on the time of a bubble of testing/synctest, and where the source is not at hand.

Example: ``for _, s := range sinks { go s.Deliver(e) }``, and ``if len(sink.calls) != 3``.
Counterexample: the same with ``wg.Wait()`` before the check.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Needs, Question
from flakecore.diagnosis.rules.test_code.concurrency.amid_change import change_to_come
from flakecore.diagnosis.rules.test_code.concurrency.lateness import (
    AT_WORK,
    has_answered,
    has_run,
    is_late,
)
from flakecore.diagnosis.rules.test_code.time.sleep import sleeps_instead
from flakecore.diagnosis.rules.wording import names
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import walk
from flakecore.diagnosis.source.values.started_values import started_functions
from flakecore.diagnosis.source.values.variable_keys import VariableKey
from flakecore.diagnosis.source.values.variable_writers import (
    VariableWriter,
    read_variables,
    writers_of,
)
from flakecore.diagnosis.source.values.zero_values import is_above_zero, may_give_zero
from flakecore.frames import own_frame
from flakecore.timeline import Frame, Goroutine, Interval, Lane, LaneKind, State

_LOOKED_AT = 400
"""Goroutines of the test that are looked at."""
_FOLLOWED = 60
"""Functions that a goroutine is followed through at most."""


class _Late(NamedTuple):
    """A goroutine that was not done, and what it changes.

    Attributes:
        goroutine: which one.
        now: what it was doing.
        frame: where it was started, or where it stood.
        role: ``CREATED`` or ``RUNS``, by which of both.
        writer: what it changes, and where.
    """

    goroutine: Goroutine
    now: Interval
    frame: Frame
    role: Role
    writer: VariableWriter

    @property
    def at(self) -> str:
        """``publish.go:31``."""
        return f"{self.frame.file.rpartition('/')[2]}:{self.frame.line}"

    @property
    def words(self) -> str:
        """``, started at publish.go:31,``."""
        if self.role is Role.CREATED:
            return f", started at {self.at},"
        name = self.frame.short_function.partition(".")[2]
        return f", in {name} ({self.at}),"

    @property
    def place(self) -> Place:
        """Where it was started, or where it stood."""
        frame = self.frame
        return Place(self.role, self.goroutine.id, frame.function, frame.file, frame.line)


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    if failing.is_in_bubble or not failing.goroutine or failing.test < 0:
        return
    open_goroutines = list(_not_ended(question, failing))
    read = dict(_read(failing)) if open_goroutines else {}
    writers = list(writers_of(failing.package, set(read))) if read else []
    if _wants_zero(failing):  # Something has changed it: what is late would have to undo that.
        writers = [each for each in writers if may_give_zero(each.node)]
    if not writers:
        return
    late = list(_late(question, failing, writers, open_goroutines))
    if not late and not any(sleeps_instead(question, failing)):
        late = list(_amid(question, failing, writers, open_goroutines))
    if late:
        first = late[0].writer.key
        same = [each for each in late if each.writer.key == first]
        yield _finding(question, failing, read[first], same)


def _finding(
    question: Question, failing: FailingSource, read: Node, late: Sequence[_Late]
) -> Finding:
    who = names([each.goroutine.id for each in late])
    what, writer = " ".join(text_of(read).split()), late[0].writer
    where = late[0].words if len({each.at for each in late}) == 1 else ""
    done = "is done" if len(late) == 1 else "are done"
    changes = f"{writer.file}:{line_of(writer.node)}"
    checks = f"{failing.test_name} checks {what} ({failing.at}) before {who}"
    return assertion_finding(
        failing,
        (
            f"{checks}{where} {done} with it ({changes})",
            f"{checks}{where} {done}",
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
            *(each.place for each in late[:3]),
        ),
        explains=frozenset(each.goroutine.id for each in late),
    )


def _fact(question: Question, late: _Late) -> Evidence:
    number, now = late.goroutine.id, late.now
    if late.role is Role.RUNS:
        text = f"G{number} stood at {late.at} when the test failed ({now.state.label})"
    elif now.state is State.RUNNABLE and not has_run(question, late.goroutine, now):
        text = f"G{number} had not run yet when the test failed"
    elif now.state in (State.RUNNABLE, State.RUNNING):
        text = f"G{number} was {now.state.label} when the test failed, and had not ended"
    elif now.state in AT_WORK or now.state is State.MUTEX:
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


def _wants_zero(failing: FailingSource) -> bool:
    """Return whether the test fails by a value that is no zero value, or by a bool that is true."""
    flags = () if failing.asserted or failing.helper is not None else failing.innermost
    return any(map(is_above_zero, failing.comparisons)) or any(
        each.type in ("identifier", "selector_expression") for each in flags
    )


def _not_ended(question: Question, failing: FailingSource) -> Iterator[tuple[Goroutine, Interval]]:
    """Yield the test's other goroutines that were there when it failed."""
    schedule = question.case.schedule
    assert schedule is not None
    for number in schedule.goroutines_of(failing.test)[:_LOOKED_AT]:
        goroutine = schedule.goroutine(number)
        if goroutine is None or number == failing.goroutine or goroutine.system:
            continue
        if goroutine.ended_ns is not None and goroutine.ended_ns <= failing.at_ns:
            continue
        now = schedule.at(Lane(LaneKind.GOROUTINE, number), failing.at_ns)
        if now is not None:
            yield goroutine, now


def _late(
    question: Question,
    failing: FailingSource,
    writers: list[VariableWriter],
    goroutines: list[tuple[Goroutine, Interval]],
) -> Iterator[_Late]:
    """Yield the goroutines of the package that change what the test reads, and were not done."""
    by_function: dict[tuple[str, int], VariableWriter] = {}
    for each in writers:
        by_function.setdefault((each.file, each.function.start_byte), each)
    reached: dict[tuple[str, int], VariableWriter | None] = {}
    for goroutine, now in goroutines:
        made = own_frame(goroutine.creation_stack, question.case.package)
        if made is None or not failing.package.has(made):
            continue
        file = made.file.rpartition("/")[2]
        starts = started_functions(failing.package, file, made.line)
        at = (file, made.line)
        if at not in reached:
            functions = _come_to(failing, starts)
            reached[at] = next((by_function[e] for e in functions if e in by_function), None)
        found = reached[at]
        if found is not None and is_late(question, failing, goroutine, now, starts):
            yield _Late(goroutine, now, made, Role.CREATED, found)


def _amid(
    question: Question,
    failing: FailingSource,
    writers: list[VariableWriter],
    goroutines: list[tuple[Goroutine, Interval]],
) -> Iterator[_Late]:
    """Yield the goroutines whose stacks show them before they change what the test reads."""
    for goroutine, now in goroutines:
        found = change_to_come(failing.package, writers, now, question.case.package)
        if found is not None and not has_answered(question, failing, goroutine):
            yield _Late(goroutine, now, found[0], Role.RUNS, found[1])


def _come_to(
    failing: FailingSource, starts: frozenset[tuple[str, int]]
) -> Iterator[tuple[str, int]]:
    """Yield the functions that some come to on their own goroutine, themselves first.

    A method of a value whose type is another package's is not followed: what has its name in this
    package may be another one.
    """
    calls, seen = failing.package.calls, set(starts)
    waiting = deque(sorted(starts))
    while waiting:
        key = waiting.popleft()
        yield key
        function = calls.function_at(key)
        for node in walk(function) if function is not None else ():
            is_started = node.parent is not None and node.parent.type == "go_statement"
            if node.type != "call_expression" or is_started or _is_foreign(failing, node):
                continue
            for home, called in calls.called_by(key[0], node) or ():
                further = (home, called.start_byte)
                if further not in seen and len(seen) < _FOLLOWED:
                    seen.add(further)
                    waiting.append(further)


def _is_foreign(failing: FailingSource, call: Node) -> bool:
    """Return whether a call is of a method of a value whose type is not known, or another's."""
    called = call.child_by_field_name("function")
    if called.type != "selector_expression":
        return False
    kind = failing.package.types.type_of(called.child_by_field_name("operand"))
    return not kind or "." in kind


RULE = assertion_rule("unawaited", _find, needs=Needs.FAILURE | Needs.TRACE)
