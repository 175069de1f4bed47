"""``test-itself``: a test that sleeps for a while instead of waiting for its goroutine.

Reports a failed assertion behind a ``time.Sleep`` in the same function, where nothing between
them waits, where the test started a goroutine before whose own text changes what the assertion
reads, or uses what was made with its address, and the trace shows that goroutine, or one that it
started in turn, not to have ended when the test went on behind its sleep, and able to go on.
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

from flakecore.diagnosis.failing.failing_source import FailingSource, duration_text
from flakecore.diagnosis.findings import Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.time.sleep_stand_ins import (
    UnawaitedStart,
    changed_names,
    last_sleep,
    name_of,
    read_names,
    unawaited_start,
    with_holders,
)
from flakecore.diagnosis.rules.test_code.time.tick_count import counted_ticks
from flakecore.diagnosis.rules.timers.at_work import at_work
from flakecore.diagnosis.rules.wording import names
from flakecore.diagnosis.source.go_parser import Node, line_of
from flakecore.diagnosis.source.syntax import declared_around, walk
from flakecore.frames import HasFunction
from flakecore.timeline import Goroutine, Interval, Lane, LaneKind, State

_GOES_ON = (State.RUNNING, State.RUNNABLE, State.SLEEP, State.SYSCALL, State.NETWORK)
_LOOKED_BACK = 50
"""Intervals of a goroutine that are looked through for its sleep, the last ones first."""


def sleeps_instead(question: Question, failing: FailingSource) -> Iterator[Finding]:
    """Yield the finding on a sleep that stands in for waiting."""
    if failing.is_in_bubble or counted_ticks(failing) is not None:
        return
    sleep = last_sleep(failing)
    found = unawaited_start(failing, sleep) if sleep is not None else None
    if sleep is not None and found is None:
        yield from _of_another(question, failing, sleep)
    if found is None:
        return
    nap = _nap(question, failing, line_of(found.sleep))
    moment = _goes_on_at(question, nap) if nap is not None else failing.at_ns
    goroutines = _started_at(question, failing, line_of(found.started))
    late = [each for each in goroutines if _was_at_work(question, each, moment)]
    late = late or [
        each
        for each in _begun_by(question, failing, goroutines)
        if _was_at_work(question, each, moment)
    ]
    if late:
        yield _finding(failing, found, late, nap)


_NEXT = "wait for what the goroutine does: a channel, a wait group, or a poll with a deadline"


def _finding(
    failing: FailingSource,
    found: UnawaitedStart,
    late: list[Goroutine],
    nap: Interval | None,
) -> Finding:
    who = names([each.id for each in late])
    where = f"{failing.name}:{line_of(found.sleep)}"
    facts = [_shared(failing, found)]
    if nap is not None:
        text = f"{nap.lane} slept at {where} before it failed"
        facts.append(Evidence(text, nap.start_ns, nap.lane.id))
    facts += [Evidence(_late_words(failing, each), each.created_ns, each.id) for each in late]
    at = late[0].creation_stack[0]
    made = f", started at {at.file.rpartition('/')[2]}:{at.line}"
    made = made if len({each.creation_stack[0].line for each in late}) == 1 else ""
    sleeps = f"{failing.test_name} sleeps"
    return assertion_finding(
        failing,
        (
            f"{sleeps} for {found.duration} ({where}) instead of waiting for {who}{made}",
            f"{sleeps} ({where}) instead of waiting for {who}{made}",
            f"The test sleeps ({where}) instead of waiting for {who}{made}",
            f"{sleeps} ({where}) instead of waiting for {who}",
            f"The test sleeps ({where}) instead of waiting for {who}",
        ),
        facts,
        _NEXT,
        places=(failing.place(Role.WAITS, found.sleep), *_created(late)),
    )


def _late_words(failing: FailingSource, late: Goroutine) -> str:
    ended = late.ended_ns
    if ended is None or ended > failing.at_ns:
        return f"G{late.id} had not ended when the test failed"
    return f"G{late.id} had not ended when the sleep was over"


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
    leading, read = package.calls.leading_to([stands]), read_names(failing)
    for call in walk(failing.function):
        if call.type == "short_var_declaration":  # what was made with it has it
            left, right = call.child_by_field_name("left"), call.child_by_field_name("right")
            if any(
                each.type == "identifier" and name_of(failing, each) in read for each in walk(right)
            ):
                read |= {name_of(failing, each) for each in left.named_children}
        if call.type != "call_expression" or call.end_byte > sleep.start_byte:
            continue
        called = package.calls.called_by(failing.name, call) or ()
        if not any((home, each.start_byte) in leading for home, each in called):
            continue
        if any(each.type == "identifier" and name_of(failing, each) in read for each in walk(call)):
            return True
    return False


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


def _begun_by(
    question: Question, failing: FailingSource, goroutines: list[Goroutine]
) -> Iterator[Goroutine]:
    """Yield the goroutines of the test's own code that some started, or that those did."""
    schedule = question.case.schedule
    makers = {each.id for each in goroutines}
    numbers = schedule.goroutines_of(failing.test) if schedule is not None and makers else ()
    known = [schedule.goroutine(number) for number in numbers] if schedule is not None else []
    for each in sorted(filter(None, known), key=lambda each: each.created_ns):
        if each.creator in makers and each.creation_stack:
            makers.add(each.id)
            if each.creation_stack[0].file.rpartition("/")[2] == failing.name:
                yield each


def _goes_on_at(question: Question, nap: Interval) -> int:
    """Return when a goroutine ran again behind its sleep."""
    schedule = question.case.schedule
    ready = schedule.at(nap.lane, nap.end_ns) if schedule is not None else None
    is_ready = ready is not None and ready.state is State.RUNNABLE
    return ready.end_ns if ready is not None and is_ready else nap.end_ns


def _was_at_work(question: Question, goroutine: Goroutine, at_ns: int) -> bool:
    """Return whether a goroutine had not ended at a moment, and could go on."""
    schedule = question.case.schedule
    assert schedule is not None
    if goroutine.ended_ns is not None and goroutine.ended_ns <= at_ns:
        return False
    now = schedule.at(Lane(LaneKind.GOROUTINE, goroutine.id), at_ns)
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


def _shared(failing: FailingSource, found: UnawaitedStart) -> Evidence:
    read = read_names(failing)
    changed = changed_names(failing, found.started) & with_holders(failing, read)
    where = f"{failing.name}:{line_of(found.started)}"
    shared = ", ".join(sorted(name for _, name in changed & read))
    if not shared:
        has = ", ".join(sorted(name for _, name in changed))
        return Evidence(f"the goroutine of {where} uses {has}, made with what is checked", None, 0)
    return Evidence(f"the goroutine of {where} changes {shared}", None, 0)


def _created(goroutines: list[Goroutine]) -> Iterator[Place]:
    for each in goroutines:
        made = each.creation_stack[0]
        yield Place(Role.CREATED, each.id, made.function, made.file, made.line)


RULE = assertion_rule("sleep", sleeps_instead)
