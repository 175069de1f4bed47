"""``test-itself``: a test that sleeps for a while instead of waiting for its goroutine.

Reports a failed assertion behind a ``time.Sleep`` in the same function, where nothing between
them waits, where the test started a goroutine before whose own text changes what the assertion
reads, and the trace shows that goroutine not to have ended when the test failed, and able to go on.
Where no such goroutine is the test's own, it names the only one that was at work when the test
failed, and that ended later, if a call started it which was given what the assertion reads. Silent
without a trace, for the goroutine may have been done, and the value be wrong; on goroutines without
an end (a loop without a condition), on ticks (``tick-count`` shows them), on the time of a bubble
of testing/synctest, and where the source is not at hand.

Example: ``go func() { n.Store(load()) }(); time.Sleep(10 * time.Millisecond); if n.Load() != 3``.
Counterexample: the same where the goroutine had ended, and ``load`` returned 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.failing_call import FailingSource, duration_text
from flakecore.diagnosis.findings import Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.time.tick_count import counted_ticks
from flakecore.diagnosis.rules.timers.at_work import at_work
from flakecore.diagnosis.rules.wording import names
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.source.shared_state.variable_writes import root_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing, walk
from flakecore.frames import HasFunction
from flakecore.timeline import Goroutine, Interval, Lane, LaneKind, State

_WAITS = (OperationKind.RECEIVE, OperationKind.RANGE, OperationKind.WAIT)
_GOES_ON = (State.RUNNING, State.RUNNABLE, State.SLEEP, State.SYSCALL, State.NETWORK)
_LOOKED_BACK = 50
"""Intervals of a goroutine that are looked through for its sleep, the last ones first."""
_BLOCKS = ("block", "communication_case", "expression_case", "default_case", "type_case")


@dataclass(frozen=True)
class _Unwaited:
    """A sleep, and the ``go`` statement of the goroutine that it stands in for."""

    sleep: Node
    started: Node

    @property
    def duration(self) -> str:
        """How long it sleeps, as its source shows."""
        (argument,) = self.sleep.child_by_field_name("arguments").named_children
        return duration_text(argument)


def sleeps_instead(question: Question, failing: FailingSource) -> Iterator[Finding]:
    """Yield the finding on a sleep that stands in for waiting."""
    if failing.is_in_bubble or counted_ticks(failing) is not None:
        return
    sleep = _last_sleep(failing)
    found = _unwaited(failing, sleep) if sleep is not None else None
    if sleep is not None and found is None:
        yield from _of_another(question, failing, sleep)
    if found is None:
        return
    goroutines = _started_at(question, failing, line_of(found.started))
    late = [each for each in goroutines if _was_at_work(question, each)]
    if late:
        yield _finding(question, failing, found, late)


_NEXT = "wait for what the goroutine does: a channel, a wait group, or a poll with a deadline"


def _finding(
    question: Question, failing: FailingSource, found: _Unwaited, late: list[Goroutine]
) -> Finding:
    who = names([each.id for each in late])
    where = f"{failing.name}:{line_of(found.sleep)}"
    facts = [_shared(failing, found)]
    nap = _nap(question, failing, line_of(found.sleep))
    if nap is not None:
        text = f"{nap.lane} slept at {where} before it failed"
        facts.append(Evidence(text, nap.start_ns, nap.lane.id))
    facts += [
        Evidence(f"G{each.id} had not ended when the test failed", each.created_ns, each.id)
        for each in late
    ]
    made = f", started at {failing.name}:{line_of(found.started)}"
    sleeps = f"{failing.test_name} sleeps"
    return assertion_finding(
        failing,
        (
            f"{sleeps} for {found.duration} ({where}) instead of waiting for {who}{made}",
            f"{sleeps} ({where}) instead of waiting for {who}{made}",
            f"{sleeps} ({where}) instead of waiting for {who}",
            f"The test sleeps ({where}) instead of waiting for {who}",
        ),
        facts,
        _NEXT,
        places=(failing.place(Role.WAITS, found.sleep), *_created(late)),
    )


def _of_another(question: Question, failing: FailingSource, sleep: Node) -> Iterator[Finding]:
    """Yield the finding on a sleep that ended before the only goroutine which was at work did."""
    nap = _nap(question, failing, line_of(sleep))
    others = at_work(question, failing.at_ns, (failing.goroutine,)) if nap is not None else []
    if nap is None or len(others) != 1:
        return
    (other,) = others
    ended, made = other.goroutine.ended_ns, other.goroutine.creation_stack
    if ended is None or not made or other.goroutine.created_ns > nap.end_ns:
        return
    if not _is_handed_to_starter(failing, sleep, made[0]):
        return
    where = f"{failing.name}:{line_of(sleep)}"
    lasts = duration_text(sleep.child_by_field_name("arguments").named_children[0])
    still = f"{other.name}, which was still {other.doing}{other.where}"
    yield assertion_finding(
        failing,
        (
            f"{failing.test_name} sleeps for {lasts} ({where}) instead of waiting for {still}",
            f"{failing.test_name} sleeps ({where}) instead of waiting for {still}",
            f"{failing.test_name} sleeps ({where}) instead of waiting for {other.name},"
            f" {other.doing} at {other.at}",
            f"{failing.test_name} sleeps ({where}) instead of waiting for {other.name}",
            f"The test sleeps ({where}) instead of waiting for {other.name}",
        ),
        (
            Evidence(f"{nap.lane} slept at {where} before it failed", nap.start_ns, nap.lane.id),
            Evidence(
                f"{other.name} was still {other.doing}{other.where}; no other goroutine of the test"
                " was at work then",
                other.now.start_ns,
                other.goroutine.id,
            ),
            Evidence(f"{other.name} ended after the failure", ended, other.goroutine.id),
        ),
        _NEXT,
        places=(failing.place(Role.WAITS, sleep), other.place),
        explains=frozenset((failing.goroutine, other.goroutine.id)),
    )


def _is_handed_to_starter(failing: FailingSource, sleep: Node, made: HasFunction) -> bool:
    """Return whether what the failing line reads was given to a call that started a goroutine.

    A goroutine that the test itself starts is known by its own text.
    """
    package = failing.package
    stands = package.function_of(made)
    if stands is None or declared_around(stands[1]) == failing.function:
        return False
    leading, read = package.calls.leading_to([stands]), _read(failing)
    for call in walk(failing.function):
        if call.type == "short_var_declaration":  # what was made with it has it
            left, right = call.child_by_field_name("left"), call.child_by_field_name("right")
            if any(
                each.type == "identifier" and _name(failing, each) in read for each in walk(right)
            ):
                read |= {_name(failing, each) for each in left.named_children}
        if call.type != "call_expression" or call.end_byte > sleep.start_byte:
            continue
        called = package.calls.called_by(failing.name, call) or ()
        if not any((home, each.start_byte) in leading for home, each in called):
            continue
        if any(each.type == "identifier" and _name(failing, each) in read for each in walk(call)):
            return True
    return False


def _last_sleep(failing: FailingSource) -> Node | None:
    """Return the last sleep before a failing call that no wait follows; None for none."""
    inner = enclosing(failing.call, *FUNCTIONS)
    file = failing.file
    sleeps = [
        call
        for call in file.calls_of
        if call.end_byte <= failing.call.start_byte
        and failing.library_function(call) == "time.Sleep"
        and len(call.child_by_field_name("arguments").named_children) == 1
        and enclosing(call, *FUNCTIONS) == inner
        and _always_before(call, failing.call)
    ]
    if not sleeps or failing.loops:
        return None
    sleep = sleeps[-1]
    if any(
        sleep.end_byte <= each.node.start_byte < failing.call.start_byte
        for each in file.operations
        if each.kind in _WAITS
    ):
        return None
    return sleep


def _unwaited(failing: FailingSource, sleep: Node) -> _Unwaited | None:
    """Return a sleep with the goroutine that it stands in for; None if that is not known."""
    read = _read(failing)
    started = [
        node
        for node in walk(failing.function)
        if node.type == "go_statement" and node.end_byte <= sleep.start_byte
    ]
    fitting = [each for each in started if _changed(failing, each) & read]
    return _Unwaited(sleep, fitting[-1]) if len(fitting) == 1 else None


def _always_before(statement: Node, call: Node) -> bool:
    """Return whether a statement's block goes around a later call, too."""
    block = enclosing(statement, *_BLOCKS)
    return block is not None and bool(block.start_byte <= call.start_byte < block.end_byte)


_Name = tuple[int, str]
"""A variable: the first byte of the function that declares it, -1 for none, and its name."""


def _name(failing: FailingSource, identifier: Node) -> _Name:
    bound = failing.package.types.binding(identifier)
    return (bound[0].start_byte if bound is not None else -1, text_of(identifier))


def _read(failing: FailingSource) -> set[_Name]:
    """Return the variables that the failing line's condition reads."""
    return {
        _name(failing, node)
        for condition in failing.innermost
        for home, origin in failing.origins.of(failing.name, condition)
        if home == failing.name
        for node in (origin, *walk(origin))
        if node.type == "identifier"
    } - {(-1, "t"), (-1, "nil"), (-1, "true"), (-1, "false")}


def _changed(failing: FailingSource, started: Node) -> set[_Name]:
    """Return the variables that a goroutine changes, or hands on, by its own text.

    A goroutine that has no end changes none that one could wait for.
    """
    call = started.named_children[0] if started.named_children else None
    if call is None or call.type != "call_expression":
        return set()
    called = call.child_by_field_name("function")
    if called.type != "func_literal":
        handed = [*call.child_by_field_name("arguments").named_children]
        if called.type == "selector_expression":
            handed.append(called.child_by_field_name("operand"))
        return {_name(failing, root) for each in handed if (root := root_of(each)) is not None}
    if any(_is_endless(node) for node in walk(called)):
        return set()
    found: set[_Name] = set()
    for node in walk(called):
        for each in _targets(node):
            root = root_of(each)
            if root is not None:
                found.add(_name(failing, root))
    return found


def _targets(node: Node) -> list[Node]:
    """Return what a node of a goroutine changes: it assigns, counts, or calls a method of it."""
    if node.type == "assignment_statement":
        return list(node.child_by_field_name("left").named_children)
    if node.type in ("inc_statement", "dec_statement"):
        return list(node.named_children[:1])
    if node.type == "call_expression":
        called = node.child_by_field_name("function")
        if called.type == "selector_expression":
            return [called.child_by_field_name("operand")]
    return []


def _is_endless(node: Node) -> bool:
    """Return whether a node is a loop without a condition."""
    if node.type != "for_statement":
        return False
    return all(each.type in ("block", "comment") for each in node.named_children)


def _started_at(question: Question, failing: FailingSource, line: int) -> list[Goroutine]:
    schedule = question.case.schedule
    if schedule is None or failing.test < 0:
        return []
    known = (schedule.goroutine(number) for number in schedule.goroutines_of(failing.test))
    return [
        each
        for each in known
        if each is not None
        and each.creation_stack
        and each.creation_stack[0].line == line
        and each.creation_stack[0].file.rpartition("/")[2] == failing.name
    ]


def _was_at_work(question: Question, goroutine: Goroutine) -> bool:
    """Return whether a goroutine had not ended when the test failed, and could go on."""
    schedule, failure = question.case.schedule, question.failure
    assert schedule is not None and failure is not None
    if goroutine.ended_ns is not None and goroutine.ended_ns <= failure.at_ns:
        return False
    now = schedule.at(Lane(LaneKind.GOROUTINE, goroutine.id), failure.at_ns)
    return now is not None and (now.state in _GOES_ON or not now.to_the_end)


def _nap(question: Question, failing: FailingSource, line: int) -> Interval | None:
    """Return the sleep of the failing goroutine in a line, as the trace has it."""
    schedule = question.case.schedule
    if schedule is None or not failing.goroutine:
        return None
    lane = Lane(LaneKind.GOROUTINE, failing.goroutine)
    interval = schedule.at(lane, failing.at_ns)
    for _ in range(_LOOKED_BACK):
        if interval is None:
            return None
        here = {(each.file.rpartition("/")[2], each.line) for each in interval.stack}
        if interval.state is State.SLEEP and (failing.name, line) in here:
            return interval
        interval = schedule.before(lane, interval.start_ns)
    return None


def _shared(failing: FailingSource, found: _Unwaited) -> Evidence:
    shared = sorted(name for _, name in _changed(failing, found.started) & _read(failing))
    where = f"{failing.name}:{line_of(found.started)}"
    return Evidence(f"the goroutine of {where} changes {', '.join(shared)}", None, 0)


def _created(goroutines: list[Goroutine]) -> Iterator[Place]:
    for each in goroutines:
        made = each.creation_stack[0]
        yield Place(Role.CREATED, each.id, made.function, made.file, made.line)


RULE = assertion_rule("sleep", sleeps_instead)
