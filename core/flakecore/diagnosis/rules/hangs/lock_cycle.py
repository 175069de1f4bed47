"""``lock-cycle``: goroutines that each wait for a lock that the next of them holds.

Reported when every goroutine of a cycle waits for a lock, and for each lock just one goroutine, the
next of the cycle, may hold it. Stays silent where a lock has another candidate, and where only
addresses point to the holders while another goroutine of the test can still go on: that one may
hold both locks and be slow.

Example: ``Transfer(a, b)`` beside ``Transfer(b, a)``, each of which locks its first account first.
Counterexample: both wait for their first lock, which a slow audit of all accounts holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.waits.locks.lock_holders import Holder
from flakecore.diagnosis.waits.locks.lock_waits import LockWait


def _find(question: Question) -> Iterator[Finding]:
    waits = question.locks.waits
    held_by: dict[int, Holder] = {}
    for number, wait in waits.items():
        holders = question.locks.holders_of(wait)
        certain = len(holders) == 1 and not holders[0].handed_over
        if not certain or holders[0].state.number == number:
            continue
        if not question.waits.may_be_unlocked(wait):
            held_by[number] = holders[0]
    for cycle in _cycles(held_by):
        by_source = all(held_by[number].locked_at is not None for number in cycle)
        if not by_source and _others_go_on(question, cycle):
            continue
        locks = [waits[number].lock for number in cycle if waits[number].lock]
        if len(set(locks)) < len(locks):
            continue  # Two of them wait for one lock, so that neither has it.
        if _concerns(question, cycle):
            behind = question.waits.behind(frozenset(cycle))
            yield _finding([waits[number] for number in cycle], held_by, behind)


def _cycles(held_by: dict[int, Holder]) -> Iterator[list[int]]:
    """Yield each cycle of waiters once, from its lowest number on."""
    done: set[int] = set()
    for start in sorted(held_by):
        path: list[int] = []
        number = start
        while number in held_by and number not in done and number not in path:
            path.append(number)
            number = held_by[number].state.number
        done.update(path)
        if number in path:
            cycle = path[path.index(number) :]
            at = cycle.index(min(cycle))
            yield cycle[at:] + cycle[:at]


def _others_go_on(question: Question, cycle: list[int]) -> bool:
    """Return whether another goroutine of the same tests could still go on by itself.

    One that has waited, for the network or asleep, for as many minutes as all of the cycle is no
    slow holder.
    """
    of_cycle = [question.states.by_number[number] for number in cycle]
    tests = {each.test for each in of_cycle}
    minutes = max(each.minutes for each in of_cycle)
    lasting = minutes if all(each.minutes for each in of_cycle) else None
    return any(
        not state.blocked_on.on_others
        and state.own is not None
        and state.test in tests
        and (lasting is None or state.minutes < lasting)
        for state in question.states
        if state.number not in cycle
    )


def _concerns(question: Question, cycle: list[int]) -> bool:
    """Return whether a cycle may have to do with the failure that is asked about."""
    tests = {question.states.by_number[number].test for number in cycle}
    return question.states.test < 0 or question.states.test in tests or tests == {-1}


def _finding(waits: list[LockWait], held_by: dict[int, Holder], behind: frozenset[int]) -> Finding:
    places: list[Place] = []
    evidence: list[Evidence] = []
    for wait in waits:
        holder = held_by[wait.state.number]
        places.append(wait.state.place_of(Role.WAITS, wait.frame))
        role = Role.LOCKED_AT if holder.locked_at is not None else Role.RUNS
        places.append(holder.state.place_of(role, holder.locked_place))
        evidence.append(
            wait.state.evidence(
                f"{wait.state.name} waits for {wait.text} in {wait.frame.short_function} "
                f"({wait.frame.place})"
            )
        )
        evidence.append(holder.state.evidence(_why(wait, holder)))
    return Finding(
        rule="once-stuck" if any(each.on_once for each in waits) else RULE.id,
        claim=_claim(waits, held_by),
        certainty=Certainty.INFERRED,
        test=next((each.state.test for each in waits if each.state.test >= 0), -1),
        places=tuple(places),
        evidence=tuple(evidence),
        next="take these locks in one order everywhere",
        explains=behind,
    )


def _why(wait: LockWait, holder: Holder) -> str:
    """Return what points to a holder."""
    frame = holder.frame
    if holder.locked_at is not None and wait.on_once:
        return (
            f"{holder.state.name} is in the Do of {holder.locked_at.object.text} "
            f"({holder.locked_place.place})"
        )
    if holder.locked_at is not None:
        return (
            f"{holder.state.name} is in {frame.short_function} ({frame.place}), which locked "
            f"{holder.locked_at.object.text} in line {holder.locked_at.line}, with no unlock since"
        )
    word = wait.lock if wait.lock in frame.words else wait.base
    return (
        f"{holder.state.name}'s frame {frame.short_function} ({frame.place}) has the address "
        f"0x{word:x} of what {wait.state.name} waits to lock"
    )


def _claim(waits: list[LockWait], held_by: dict[int, Holder]) -> str:
    if len(waits) == 2:
        one, other = waits
        a, b = held_by[other.state.number], held_by[one.state.number]
        both = f"{one.state.name} and {other.state.name}"
        alike = _held(a) == _held(b) and _lock_at(one) == _lock_at(other)
        if alike and a.locked_at is not None:
            return first_that_fits(
                f"Deadlock: {both} each hold {_held(a)} and wait for the other's: {_lock_at(one)}",
                f"Deadlock: {both} each hold {_held(a)} and wait for the other's "
                f"({one.frame.place})",
                f"Deadlock: {both} each wait for the other's lock ({one.frame.place})",
            )
        if a.locked_at is None or b.locked_at is None:
            places = dict.fromkeys((one.frame.place, other.frame.place))
            return first_that_fits(
                f"Likely deadlock: {both} each wait for a lock of what the other works on "
                f"({', '.join(places)})",
                f"Likely deadlock: {both} each wait for a lock of what the other works on",
            )
        return first_that_fits(
            f"Deadlock: {one.state.name} holds {_held(a)} and waits for {_lock_at(one)}; "
            f"{other.state.name} holds {_held(b)} and waits for {_lock_at(other)}",
            f"Deadlock: {one.state.name} holds {_held(a)} and waits for {one.text}; "
            f"{other.state.name} holds {_held(b)} and waits for {other.text}",
            f"Deadlock: {one.state.name} ({one.frame.place}) and {other.state.name} "
            f"({other.frame.place}) each wait for a lock that the other holds",
        )
    known = all(held_by[each.state.number].locked_at is not None for each in waits)
    begin = f"{'Deadlock' if known else 'Likely deadlock'} of {len(waits)}"
    way = " → ".join([*(wait.state.name for wait in waits), waits[0].state.name])
    waiting = [f"{wait.state.name} ({wait.frame.place})" for wait in waits]
    placed = " → ".join((*waiting, waits[0].state.name))
    holding = {_held(held_by[wait.state.number]) for wait in waits}
    wanted = {_lock_at(wait) for wait in waits}
    all_alike = [
        f"{begin}: {way}, each holds {one} and waits for the next's: {other}"
        for one in holding
        for other in wanted
        if known and len(holding) == len(wanted) == 1
    ]
    return first_that_fits(
        *all_alike,
        f"{begin}: {placed}, each waits for a lock that the next holds",
        f"{begin}: {placed}, each waits for the next's lock",
        f"{begin}: {way}, each waits for a lock that the next holds",
        f"{begin}: each waits for a lock that the next holds",
    )


def _held(holder: Holder) -> str:
    if holder.locked_at is None:
        return f"one ({holder.frame.place})"
    return f"{holder.locked_at.object.text} ({holder.locked_place.place})"


def _lock_at(wait: LockWait) -> str:
    return (
        f"{wait.name.text} ({wait.frame.place})" if wait.name else f"another ({wait.frame.place})"
    )


RULE = Rule("lock-cycle", Needs.STATES, _find, ("lock-cycle", "once-stuck"))
