"""``bubble-stuck``: what the goroutines of a synctest bubble waited for when none could go on.

Reported where the runtime panics with ``deadlock: all goroutines in bubble are blocked``, or
because the function given to ``synctest.Test`` has returned and others of its bubble still wait
(``src/runtime/synctest.go``). The runtime has proved it: who stands in the dump as waiting inside
the bubble waits for good. What each waits on, and with what words, is reported by its stack and,
where it is at hand, the source. Silent on bubbles of other tests, which go on.

Example: the test receives from a channel that only it has.
Counterexample: the same with a timer of the bubble, whose time goes on when all wait.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.frames import is_own
from flakecore.timeline import FailureKind

_ALL_WAIT = "deadlock: all goroutines in bubble are blocked"
_LEFT = "deadlock: main bubble goroutine has exited but blocked goroutines remain"
_NAMED = 3
_SHOWN = 8


def _find(question: Question) -> Iterator[Finding]:
    failure, case = question.failure, question.case
    if failure is None or failure.kind is not FailureKind.PANIC or failure.crash < 0:
        return
    message = case.crashes[failure.crash].message
    if not message.startswith((_ALL_WAIT, _LEFT)):
        return
    durable = [
        each.stack
        for each in case.dumps[failure.crash].goroutines
        if each.stack.bubble and each.stack.state.endswith("(durable)")
        if each.test == failure.test or not each.test_name
    ]
    found = question.states.by_number
    states = [found[each.number] for each in durable if each.number in found]
    # The goroutine that synctest.Test started waits for the test's function, and shows nothing.
    states = [each for each in states if each.own is not None and is_own(each.own, case.package)]
    if states and len({each.bubble for each in durable}) == 1:
        yield _finding(question, states, is_left=message.startswith(_LEFT))


def _finding(question: Question, states: list[GoroutineState], *, is_left: bool) -> Finding:
    failure = question.failure
    assert failure is not None
    one = len(states) == 1
    return Finding(
        rule=RULE.id,
        claim=_of_one(question, states[0], is_left=is_left)
        if one
        else _of_many(question, states, is_left=is_left),
        certainty=Certainty.SEEN,
        test=failure.test,
        places=tuple(_places(states)),
        evidence=tuple(each.evidence() for each in states[:_SHOWN]),
        next=(
            f"let {'it' if one else 'them'} end before the function given to synctest.Test returns"
            if is_left
            else ""
        ),
        explains=frozenset(each.number for each in states),
    )


def _of_one(question: Question, state: GoroutineState, *, is_left: bool) -> str:
    name, own = state.name, state.own
    does = question.waits.operation_of(state) or f"is in {state.blocked_on.noun}"
    place = f" ({own.place})" if own is not None and own.place else ""
    if is_left:
        made = state.created_at
        started = f", started at {made.place}," if made is not None and made.place else ""
        when = "when its bubble's function has returned"
        return first_that_fits(
            f"{name}{started} {does}{place} {when}",
            f"{name} {does}{place} {when}",
            f"{name}{started} waits{place} {when}",
            f"{name} waits{place} {when}",
        )
    return first_that_fits(
        f"Deadlock: {name} {does}{state.at()}; nothing in its bubble ends that",
        f"Deadlock: {name} {does}{place}; nothing in its bubble ends that",
        f"Deadlock: {name} waits{place}; nothing in its bubble ends that",
    )


def _of_many(question: Question, states: list[GoroutineState], *, is_left: bool) -> str:
    """Return a claim on several: who waits where, as many as fit; of two what for as well."""
    doing = [(state, question.waits.operation_of(state)) for state in states]
    waits = "; ".join(f"{state.name} {does}{_at(state)}" for state, does in doing)
    is_pair = len(states) == 2 and not is_left and all(does for _, does in doing)
    each = [f"{state.name}{_at(state)}" for state in states]
    lists = [", ".join(each)]
    lists += [
        f"{', '.join(each[:shown])} and {len(each) - shown} more"
        for shown in range(min(_NAMED, len(each) - 1), 0, -1)
    ]
    if is_left:
        begin, end = "", " wait when their bubble's function has returned"
    else:
        begin, end = "Deadlock: ", " wait, and nothing in their bubble ends that"
    return first_that_fits(
        *((f"Deadlock in a bubble: {waits}", f"Deadlock: {waits}") if is_pair else ()),
        *(f"{begin}{who}{end}" for who in lists),
        f"{begin}{names([state.number for state in states])}{end}",
    )


def _at(state: GoroutineState) -> str:
    return f" ({state.own.place})" if state.own is not None and state.own.place else ""


def _places(states: list[GoroutineState]) -> Iterator[Place]:
    for state in states[:_SHOWN]:
        yield state.place_of(Role.WAITS)
    for state in states[:_SHOWN]:
        made = state.created_at
        if made is not None and is_own(made, state.package):
            yield Place(Role.CREATED, state.number, made.function, made.file, made.line)


RULE = Rule("bubble-stuck", Needs.STATES | Needs.FAILURE, _find)
