"""``wait-group-misuse``: a Wait that does not wait, since each goroutine calls Add itself.

Reports a failed assertion behind a call of Wait in the same function, where the package follows
every use of the wait group, and all that adds to it stands in functions that ``go`` statements of
that function start before the Wait. With a trace it names the goroutines that were amid their work
when the test failed, or had not begun it, and is silent where there are none. Without one it states
that Wait may return at once, and is silent where anything else in the function may wait for them.
It is inferred from the source. Silent where any Add comes before its goroutine or stands in a loop
of it, where it counts rounds and not the goroutine, and on ``wg.Go``.

Example: ``go func() { wg.Add(1); defer wg.Done(); work() }(); wg.Wait()``.
Counterexample: the same with ``wg.Add(1)`` before ``go``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Evidence, Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.wording import names
from flakecore.diagnosis.source.go_parser import Node, line_of
from flakecore.diagnosis.source.objects.method_values import counts_down_elsewhere
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.timeline import Goroutine, Interval, Lane, LaneKind, State

_WAITS = (
    *(OperationKind.RECEIVE, OperationKind.RANGE, OperationKind.LOCK, OperationKind.RLOCK),
    *(OperationKind.SEND, OperationKind.WAIT),
)
_LOOKED_AT = 200
"""Goroutines of the test that are looked at."""
_NEXT = "call Add before the go statement"


@dataclass(frozen=True)
class _LateAdd:
    """A Wait, and what counts its goroutines too late.

    Attributes:
        wait: the call of Wait.
        starts: the ``go`` statements.
        adds: the calls of Add, with their files.
        dones: the calls of Done.
    """

    wait: Operation
    starts: tuple[Node, ...]
    adds: tuple[tuple[str, Operation], ...]
    dones: tuple[Operation, ...]


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    late = _late_add(failing)
    if late is None or counts_down_elsewhere(failing.package):
        return
    amid = _amid(question, failing, late)
    if question.case.schedule is not None and not amid:
        return
    if question.case.schedule is None and _waits_otherwise(failing, late):
        return
    file, add = late.adds[0]
    wait = f"{late.wait.object.text}.Wait ({failing.name}:{late.wait.line})"
    start, itself = f"{failing.name}:{line_of(late.starts[0])}", f"({file}:{add.line})"
    who = names([each.id for each in amid])
    calls = "which calls Add itself" if len(amid) == 1 else "which call Add themselves"
    claims = [
        f"{wait} did not wait for {who}, {calls} {itself}",
        f"{wait} did not wait for {who}, {calls}",
        f"{wait} did not wait for {who}",
    ]
    if not amid:
        claims = [f"{wait} may return at once: each goroutine calls Add itself {itself}"]
    only = "every Add is in a goroutine of its own"
    if len(late.adds) == 1:
        only = f"all that adds to {late.wait.object.text} stands at {file}:{add.line}"
    yield assertion_finding(
        failing,
        claims,
        (
            f"the test failed at {failing.at}, behind the Wait",
            *(
                Evidence(f"G{each.id}, started at {start}, had not ended then", None, each.id)
                for each in amid
            ),
            only,
        ),
        _NEXT,
        places=(
            failing.place(Role.WAITS, late.wait.node),
            *(failing.place(Role.CREATED, each) for each in late.starts),
            *(failing.place(Role.ADDS, each.node, name) for name, each in late.adds),
        ),
        rule=RULE.id,
        explains=frozenset((failing.goroutine, *(each.id for each in amid)) if amid else ()),
    )


def _late_add(failing: FailingSource) -> _LateAdd | None:
    """Return the last Wait before a failing call to which all Adds come from its goroutines."""
    inner = enclosing(failing.call, *FUNCTIONS)
    waits = [
        each
        for each in failing.file.operations
        if each.kind is OperationKind.WAIT
        and not each.deferred
        and each.function == inner
        and each.node.end_byte <= failing.call.start_byte
    ]
    if not waits or inner is None:
        return None
    wait = waits[-1]
    uses = failing.package.uses
    if uses.escapes(failing.name, wait):
        return None
    used = uses.of(failing.name, wait)
    adds = tuple(each for each in used if each[1].kind is OperationKind.ADD)
    found: dict[int, Node] = {}
    for file, add in adds:
        if enclosing(add.node, "for_statement", *FUNCTIONS) != add.function:
            return None
        starts = [each for each in _starts(inner, wait) if _is_by(failing, each, file, add)]
        if not starts:
            return None
        found.update((each.start_byte, each) for each in starts)
    dones = tuple(each for _, each in used if each.kind is OperationKind.DONE)
    return _LateAdd(wait, tuple(found.values()), adds, dones) if found else None


def _starts(function: Node, wait: Operation) -> Iterator[Node]:
    """Yield the ``go`` statements of a function itself before a Wait."""
    for node in walk(function):
        is_before = node.type == "go_statement" and node.start_byte < wait.node.start_byte
        if is_before and enclosing(node, *FUNCTIONS) == function:
            yield node


def _is_by(failing: FailingSource, start: Node, file: str, add: Operation) -> bool:
    """Return whether a call stands in the function itself that a ``go`` statement starts."""
    started = failing.package.calls.starts(failing.name, line_of(start))
    return (file, add.function.start_byte) in started


def _amid(question: Question, failing: FailingSource, late: _LateAdd) -> list[Goroutine]:
    """Return the goroutines that had not come to their Done when the test failed."""
    schedule, failure = question.case.schedule, question.failure
    if schedule is None or failure is None or failure.test < 0 or not failing.goroutine:
        return []
    lines = {line_of(each) for each in late.starts}
    found = []
    for number in schedule.goroutines_of(failure.test)[:_LOOKED_AT]:
        each = schedule.goroutine(number)
        if each is None or not each.creation_stack or each.created_ns > failure.at_ns:
            continue
        made = each.creation_stack[0]
        if made.file.rpartition("/")[2] != failing.name or made.line not in lines:
            continue
        lane = Lane(LaneKind.GOROUTINE, number)
        now = schedule.at(lane, failure.at_ns)
        if now is not None and now.state is State.RUNNING:
            # Where it stops next shows what it had not yet come to.
            now = schedule.at(lane, now.end_ns)
        if now is not None and _is_before_done(now, each, late.dones):
            found.append(each)
    return found


def _is_before_done(now: Interval, goroutine: Goroutine, dones: Sequence[Operation]) -> bool:
    """Return whether a goroutine has not begun, or stands before each Done of its function."""
    if now.state is State.RUNNABLE and now.start_ns == goroutine.created_ns:
        return True
    if now.state is State.RUNNING or any("WaitGroup" in each.function for each in now.stack):
        return False
    own = next((each for each in now.stack if each.function == goroutine.function), None)
    return own is not None and all(each.deferred or own.line < each.line for each in dones)


def _waits_otherwise(failing: FailingSource, late: _LateAdd) -> bool:
    """Return whether the function may wait for the goroutines by anything but the Wait."""
    start, end = late.starts[0].start_byte, failing.call.start_byte
    return any(
        each.kind in _WAITS and each != late.wait and start < each.node.start_byte < end
        for each in failing.file.operations
        if each.function == late.wait.function
    )


RULE = assertion_rule("wait-group-misuse", _find, "wait-group-misuse")
