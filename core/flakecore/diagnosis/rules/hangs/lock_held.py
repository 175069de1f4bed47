"""``lock-held``, ``once-stuck``: who waits for a lock or Once whose holder is itself stuck.

Reported when exactly one other goroutine may hold the lock by the source, and that one is dead by
the fixpoint of ``wait_peers.WaitGraph.dead`` in a wait on a channel, a wait group, a cond, or
nothing that can come. Silent on holders that run, sleep or do I/O, on those that a live goroutine
could wake (``slow-not-stuck``, ``waits-outside``), where only addresses point to one, and where
nobody at all could end the holder's wait, which ``peer-gone`` mentions, unless who waits for the
lock is behind what would have: it has left the loop that receives, and its ``defer`` locks.

Example: ``Emit`` sends on a channel under its lock; its only receiver waits for that lock.
Counterexample: the holder's receiver is slow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Finding, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.source.objects.operations import Operation
from flakecore.diagnosis.waits.locks.lock_holders import Holder
from flakecore.diagnosis.waits.locks.lock_waits import LockWait


def _find(question: Question) -> Iterator[Finding]:
    behind: defaultdict[int, list[tuple[LockWait, Holder]]] = defaultdict(list)
    dead = question.waits.dead
    for wait in question.locks.waits.values():
        holders = question.locks.holders_of(wait)
        if len(holders) != 1 or not holders[0].is_known:
            continue
        holder = holders[0].state
        if holder.number == wait.state.number or holder.blocked_on.on_lock:
            continue
        if dead.has_others(holder.number) or _left_behind(question, wait.state, holder):
            behind[holder.number].append((wait, holders[0]))
    for pairs in behind.values():
        yield _finding(question, pairs)


def _left_behind(
    question: Question, waiter: GoroutineState, holder: GoroutineState
) -> tuple[str, Operation] | None:
    """Return the file and the operation behind which a waiter is, and that would have ended a wait.

    The waiter is in the function that has it; None where anybody may come to one yet.
    """
    peers = question.waits.peers(holder)
    if peers is None or peers.candidates or peers.itself:
        return None
    stands = (peers.package.function_of(frame) for frame in waiter.frames)
    within = {(each[0], each[1].start_byte) for each in stands if each is not None}
    ends = (e for e in peers.ends if (e[0], e[1].function.start_byte) in within)
    return next(ends, None)


def _finding(question: Question, pairs: list[tuple[LockWait, Holder]]) -> Finding:
    wait, holder = pairs[0]
    assert holder.locked_at is not None
    who = names([each.state.number for each, _ in pairs])
    verb = "waits" if len(pairs) == 1 else "wait"
    stuck = holder.state.own or holder.frame
    what = holder.state.blocked_on.noun
    name = holder.state.name
    peers = question.waits.peers(holder.state)
    others = peers.candidates if peers is not None else ()
    for_whom = ""
    left = _left_behind(question, wait.state, holder.state)
    if others and {each.number for each in others} <= {w.state.number for w, _ in pairs}:
        who_ends = names([each.number for each in others])
        for_whom = f", which only {who_ends} could end"
    holds = "is in it" if wait.on_once else "holds it"
    aside = (
        f"which is in the Do of {wait.text} in line {holder.locked_at.line}"
        if wait.on_once
        else f"which locked {holder.locked_at.object.text} in line {holder.locked_at.line} and has "
        "not unlocked it"
    )
    numbers = frozenset((holder.state.number, *(each.state.number for each, _ in pairs)))
    return Finding(
        rule="once-stuck" if wait.on_once else RULE.id,
        claim=first_that_fits(
            f"Deadlock: {who} {verb} for {wait.text} ({wait.frame.place}); {name} {holds} "
            f"({holder.locked_place.place}) in {what} ({stuck.place}){for_whom}",
            f"{who} {verb} for {wait.text} ({wait.frame.place}); {name} {holds}, stuck in {what} "
            f"({stuck.place}){for_whom}",
            f"{who} {verb} for {wait.text} ({wait.frame.place}); {name} {holds}, stuck in {what} "
            f"({stuck.place})",
            f"{who} {verb} for {wait.text}; its holder {name} is stuck in {what} ({stuck.place})",
        ),
        certainty=Certainty.INFERRED,
        test=wait.state.test,
        places=(
            *(each.state.place_of(Role.WAITS, each.frame) for each, _ in pairs),
            holder.state.place_of(Role.LOCKED_AT, holder.locked_place),
            holder.state.place_of(Role.HOLDS, stuck),
        ),
        evidence=(
            *(each.state.evidence() for each, _ in pairs),
            holder.state.evidence(
                f"{name} is in {holder.frame.short_function} ({holder.frame.place}), {aside}"
            ),
            holder.state.evidence(),
            *(
                each.evidence(f"{each.name} could end it, and is in {each.blocked_on.noun}")
                for each in others[:8]
            ),
            *(
                wait.state.evidence(
                    f"{wait.state.name} is behind the {each.kind.value} that would have ended that"
                    f" ({file}:{each.line})"
                )
                for file, each in ([left] if left is not None else [])
            ),
        ),
        next=f"do not block while {holder.locked_at.object.text} is held"
        if not wait.on_once
        else "wait for nobody who needs it in the function that a Once runs",
        explains=question.waits.behind(numbers),
    )


RULE = Rule("lock-held", Needs.STATES, _find, ("lock-held", "once-stuck"))
