"""``lock-held``: a goroutine waits for a lock whose holder is itself blocked on something else.

Speaks when exactly one other goroutine may hold the lock by the source, and that one is blocked on
a channel, a wait group, a cond or nothing that can come. Silent on holders that run, sleep or do
I/O: these go on (``slow-not-stuck``, ``waits-outside``), and where only addresses point to one.

Example: ``Emit`` sends on a channel under its lock; its only receiver waits for that lock.
Counterexample: the holder's receiver is slow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Finding, Role
from flakecore.diagnosis.lock_waits import Holder, LockWait, holders_of, lock_wait
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names


def _find(question: Question) -> Iterator[Finding]:
    behind: defaultdict[int, list[tuple[LockWait, Holder]]] = defaultdict(list)
    for state in question.states:
        wait = lock_wait(state, question.files)
        holders = holders_of(wait, question.states, question.files) if wait is not None else []
        if wait is None or len(holders) != 1 or holders[0].locked_at is None:
            continue
        holder = holders[0].state
        if (
            holder.number != state.number
            and holder.blocked_on.on_others
            and not holder.blocked_on.on_lock
        ):
            behind[holder.number].append((wait, holders[0]))
    for pairs in behind.values():
        yield _finding(pairs)


def _finding(pairs: list[tuple[LockWait, Holder]]) -> Finding:
    wait, holder = pairs[0]
    assert holder.locked_at is not None
    who = names([each.state.number for each, _ in pairs])
    verb = "waits" if len(pairs) == 1 else "wait"
    stuck = holder.state.own or holder.frame
    what = holder.state.blocked_on.value
    return Finding(
        rule=RULE.id,
        claim=first_that_fits(
            f"{who} {verb} for {wait.text} ({wait.frame.place}); {holder.state.name} holds it "
            f"({holder.locked_place.place}), stuck in {what} ({stuck.place})",
            f"{who} {verb} for {wait.text}; its holder {holder.state.name} is stuck in "
            f"{what} ({stuck.place})",
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
                f"{holder.state.name} is in {holder.frame.short_function} ({holder.frame.place}), "
                f"which locked {holder.locked_at.object.text} in line {holder.locked_at.line} and "
                "has not unlocked it"
            ),
            holder.state.evidence(),
        ),
        next=f"do not block while {holder.locked_at.object.text} is held",
        explains=frozenset((holder.state.number, *(each.state.number for each, _ in pairs))),
    )


RULE = Rule("lock-held", Needs.STATES, _find)
