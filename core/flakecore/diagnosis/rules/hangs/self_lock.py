"""``self-lock``: a goroutine waits for a lock that a function further out in its stack holds.

Reported when the waiter is the only goroutine that may hold the lock: Lock in Lock, RLock while its
own Lock is held, RLock in RLock behind a waiting writer, a Once that calls itself. Without the
source an outer frame must work on the same object, by its address, and nobody else may.

Example: ``(*Ledger).Drop`` locks and calls ``(*Ledger).Find``, which locks again.
Counterexample: Drop unlocks before it calls Find, and another goroutine holds the lock.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Finding, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.objects.method_values import unlocks_elsewhere
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.locks.lock_waits import is_reader


def _find(question: Question) -> Iterator[Finding]:
    for state in question.states:
        if state.blocked_on is BlockedOn.ONCE:
            yield from _once(question, state)
            continue
        wait = question.locks.waits.get(state.number)
        if wait is None:
            continue
        holders = question.locks.holders_of(wait)
        if [each.state.number for each in holders] != [state.number]:
            continue
        package = question.files.package_of(wait.frame)
        if package is not None and unlocks_elsewhere(package):
            continue
        if holders[0].handed_over or question.waits.may_be_unlocked(wait):
            continue
        outer = holders[0]
        reads_twice = (
            is_reader(wait)
            and outer.locked_at is not None
            and outer.locked_at.kind is OperationKind.RLOCK
        )
        writers = question.locks.writers_for(wait.base, wait.name) if reads_twice else []
        if reads_twice and not writers:
            continue
        where = f"in {wait.frame.short_function} ({wait.frame.place})"
        if outer.locked_at is not None:
            held = f"{outer.locked_at.object.text} ({outer.locked_place.place})"
            begin = f"Self-deadlock: {state.name} waits"
            inner = wait.frame.place
            since = f"{outer.frame.short_function} ({outer.locked_place.place})"
            claims = (
                f"{begin} {where} for {wait.text}, which it holds since {since}",
                f"{begin} at {inner} for {held}, its own lock",
            )
            if writers:
                writer = writers[0]
                behind = f"behind {writer.state.name}'s write lock ({writer.frame.place})"
                claims = (
                    f"{begin} at {inner} for {held}, its own read lock, {behind}",
                    f"{begin} ({inner}) for its own read lock {behind}",
                )
            fact = (
                f"{outer.frame.short_function} locked {outer.locked_at.object.text} in line "
                f"{outer.locked_at.line} and has not unlocked it in line {outer.frame.line}"
            )
        else:
            claims = (
                f"Likely self-deadlock: {state.name} waits {where} for a lock of what "
                f"{outer.frame.short_function} ({outer.frame.place}), its caller, works on",
                f"Likely self-deadlock: {state.name} waits at {wait.frame.place} for a lock of its "
                f"own caller at {outer.frame.place}",
            )
            fact = (
                f"{outer.frame.short_function} ({outer.frame.place}), further out in the stack of "
                f"{state.name}, works on the same object 0x{wait.base or wait.lock:x}; no other "
                "goroutine is in a method of it"
            )
        role = Role.LOCKED_AT if outer.locked_at is not None else Role.RUNS
        yield Finding(
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
