"""``self-lock``: a goroutine waits for a lock that a function further out in its stack holds.

Reported when the waiter is the only goroutine that may hold the lock: Lock in Lock, RLock while its
own Lock is held, RLock in RLock behind a waiting writer, a Once that calls itself. Without the
source an outer frame must work on the same object, by its address, and nobody else may.

Example: ``(*Ledger).Drop`` locks and calls ``(*Ledger).Find``, which locks again.
Counterexample: Drop unlocks before it calls Find, and another goroutine holds the lock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.diagnosis.findings import Certainty, Finding, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.objects.method_values import unlocks_elsewhere
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.locks.lock_holders import Holder
from flakecore.diagnosis.waits.locks.lock_waits import LockWait, is_reader


def _find(question: Question) -> Iterator[Finding]:
    for state in question.states:
        if state.blocked_on is BlockedOn.ONCE:
            yield from _once(question, state)
            continue
        wait = question.locks.waits.get(state.number)
        outer = _own_frame(question, wait) if wait is not None else None
        if wait is None or outer is None:
            continue
        reads_twice = (
            is_reader(wait)
            and outer.locked_at is not None
            and outer.locked_at.kind is OperationKind.RLOCK
        )
        writers = question.locks.writers_for(wait.base, wait.name) if reads_twice else []
        if writers or not reads_twice:
            yield _finding(question, wait, outer, writers)


def _own_frame(question: Question, wait: LockWait) -> Holder | None:
    """Return the waiter as the only holder of its lock; None if another may hold or unlock it."""
    holders = question.locks.holders_of(wait)
    if [each.state.number for each in holders] != [wait.state.number]:
        return None
    package = question.files.package_of(wait.frame)
    if package is not None and unlocks_elsewhere(package):
        return None
    if holders[0].handed_over or question.waits.may_be_unlocked(wait):
        return None
    return holders[0]


def _finding(
    question: Question, wait: LockWait, outer: Holder, writers: Sequence[LockWait]
) -> Finding:
    state = wait.state
    if outer.locked_at is not None:
        claims, fact = _by_source(wait, outer, outer.locked_at, writers)
    else:
        claims, fact = _by_address(wait, outer)
    role = Role.LOCKED_AT if outer.locked_at is not None else Role.RUNS
    return Finding(
        rule=RULE.id,
        claim=first_that_fits(*claims),
        certainty=Certainty.INFERRED,
        test=state.test,
        places=(
            state.place_of(Role.WAITS, wait.frame),
            state.place_of(role, outer.locked_place),
            *(each.state.place_of(Role.WAITS, each.frame) for each in writers),
        ),
        evidence=(
            state.evidence(),
            state.evidence(fact),
            *(each.state.evidence() for each in writers),
        ),
        next="call what needs no lock, or unlock before the call: Go's locks are not reentrant",
        explains=question.waits.behind(frozenset((state.number,))),
    )


def _by_source(
    wait: LockWait, outer: Holder, locked: Operation, writers: Sequence[LockWait]
) -> tuple[tuple[str, ...], str]:
    """Return the claims, the longest first, and the fact, where the source has the Lock call."""
    held = f"{locked.object.text} ({outer.locked_place.place})"
    begin = f"Self-deadlock: {wait.state.name} waits"
    inner, function = wait.frame.place, outer.frame.short_function
    fact = (
        f"{function} locked {locked.object.text} in line "
        f"{locked.line} and has not unlocked it in line {outer.frame.line}"
    )
    if writers:
        writer = writers[0]
        behind = f"behind {writer.state.name}'s write lock ({writer.frame.place})"
        return (
            f"{begin} at {inner} for {held}, its own read lock, {behind}",
            f"{begin} ({inner}) for its own read lock {behind}",
        ), fact
    where = f"in {wait.frame.short_function} ({inner})"
    since = f"{function} ({outer.locked_place.place})"
    return (
        f"{begin} {where} for {wait.text}, which it holds since {since}",
        f"{begin} at {inner} for {held}, its own lock",
    ), fact


def _by_address(wait: LockWait, outer: Holder) -> tuple[tuple[str, ...], str]:
    """Return the claims, the longest first, and the fact, where only the address is known."""
    name, inner = wait.state.name, wait.frame.place
    begin = f"Likely self-deadlock: {name} waits"
    caller = f"{outer.frame.short_function} ({outer.frame.place})"
    return (
        f"{begin} in {wait.frame.short_function} ({inner}) for a lock of what {caller}, its "
        "caller, works on",
        f"{begin} at {inner} for a lock of its own caller at {outer.frame.place}",
    ), (
        f"{caller}, further out in the stack of {name}, works on the same object "
        f"0x{wait.base or wait.lock:x}; no other goroutine is in a method of it"
    )


def _once(question: Question, state: GoroutineState) -> Iterator[Finding]:
    """Yield a Once that waits for itself: nobody but the waiter is in the function of one so named.

    Somebody must be, for a Once that nobody is in makes nobody wait.
    """
    wait = question.locks.waits.get(state.number)
    holders = question.locks.holders_of(wait) if wait is not None else []
    if wait is None or [each.state.number for each in holders] != [state.number]:
        return
    graph = question.objects
    held = [each.object for each in graph.waits_of(state.number)] if graph is not None else []
    if any(each is not None and each.holders for each in held):
        return  # The page has who is in it, and object-locks reports it.
    waits, starts = wait.frame, holders[0].frame
    yield Finding(
        rule=RULE.id,
        claim=first_that_fits(
            f"Self-deadlock: {state.name} calls Once.Do ({waits.place}) from within the Do it is "
            f"in ({starts.place})"
        ),
        certainty=Certainty.INFERRED,
        test=state.test,
        places=(state.place_of(Role.WAITS, waits), state.place_of(Role.HOLDS, starts)),
        evidence=(
            state.evidence(),
            state.evidence(f"{state.name} is in Once.Do since {starts.place}"),
        ),
        next="do not call Do of a Once from the function that it runs",
        explains=frozenset((state.number,)),
    )


RULE = Rule("self-lock", Needs.STATES, _find)
