"""``lock-cycle``, ``self-lock``, ``lock-held``, ``once-stuck`` by an objects page: who holds what.

Reports goroutines that cannot go on by the page, where the page has the holder of what each of
them waits for: a cycle of such waits; one that waits for what it holds itself, or for readers of
which it is one; a lock whose holder has ended; a holder that is stuck in a wait which only those
behind its lock could end. All of it is seen: by the page each holds the lock at that moment. Silent
on a holder that can go on, which is slow, and on locks that the page has no holder of.

Example: ``Transfer(a, b)`` beside ``Transfer(b, a)``.
Counterexample: both wait for a lock that a slow audit of all accounts holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.diagnosis.findings import Finding
from flakecore.diagnosis.objects.hand_over import may_be_handed_over
from flakecore.diagnosis.objects.lock_cycle_claims import Held, claim_of_many, holding, wanted
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import ObjectWait, place_of_event
from flakecore.diagnosis.objects.object_words import ObjectWords, at, doing, frame_place
from flakecore.diagnosis.rules.objects.lock_finding import lock_finding
from flakecore.diagnosis.rules.objects.object_self_locks import held_by_itself
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.source.objects.method_values import unlocks_elsewhere
from flakecore.objects import ObjectKind


def _find(question: Question) -> Iterator[Finding]:
    graph = question.objects
    if graph is None:
        return
    words = ObjectWords(graph, question.files, question.moment_ns)
    for root in graph.roots:
        if _may_be_unlocked(question, graph, root):
            continue
        if not graph.is_cycle(root):
            yield from _held_by_nobody(graph, words, root)
            yield from _held_by_a_root(question, graph, words, root)
            continue
        following = (*root[1:], root[0])
        waits = [_wait_for(graph, one, other) for one, other in zip(root, following, strict=True)]
        held = [each for each in waits if each is not None]
        one_lock = len({wait.wait.address for wait, _ in held}) == 1
        if len(held) == len(root) and (len(root) == 1 or one_lock):
            yield held_by_itself(graph, words, root, held)
        elif len(held) == len(root):
            yield _cycle(graph, words, root, held)
        elif held:
            yield _by_one_that_is_stuck(graph, words, root, waits)


def _may_be_unlocked(question: Question, graph: ObjectGraph, root: tuple[int, ...]) -> bool:
    """Return whether somebody may unlock for others whom neither page nor source show."""
    frames = (wait.frame for number in root for wait in graph.waits_of(number))
    packages = {question.files.package_of(frame) for frame in frames if frame is not None}
    by_source = (question.locks.waits.get(number) for number in root)
    if any(wait is not None and question.waits.may_be_unlocked(wait) for wait in by_source):
        return True
    if packages == {None} and may_be_handed_over(graph, root):
        return True
    return any(package is not None and unlocks_elsewhere(package) for package in packages)


def _wait_for(graph: ObjectGraph, number: int, other: int) -> Held | None:
    """Return a goroutine's wait for a lock that another holds; None if it waits for no lock."""
    for wait in graph.waits_of(number):
        if not wait.on_lock or wait.object is None:
            continue
        for holder in wait.object.holders:
            if holder.goroutine == other:
                return wait, holder
        if wait.object.holders:  # behind a writer who waits for the readers
            return wait, wait.object.holders[0]
    return None


def _cycle(
    graph: ObjectGraph, words: ObjectWords, root: tuple[int, ...], held: Sequence[Held]
) -> Finding:
    """Return the finding on goroutines that each wait for a lock that the next one holds."""
    once = any(wait.object is not None and wait.object.kind is ObjectKind.ONCE for wait, _ in held)
    (one, by_other), (other, by_one) = held[0], held[-1]
    both = f"{one.state.name} and {other.state.name}"
    if len(held) == 2:
        first, second = holding(words, by_one, other), holding(words, by_other, one)
        wants, also = wanted(words, one), wanted(words, other)
        alike = (
            (
                f"Deadlock: {both} each hold {first} and wait for the other's: {wants}",
                f"Deadlock: {both} each hold {first} and wait for the other's",
            )
            if (first, wants) == (second, also)
            else ()
        )
        claim = first_that_fits(
            *alike,
            f"Deadlock: {one.state.name} holds {first} and waits for {wants}; "
            f"{other.state.name} holds {second} and waits for {also}",
            f"Deadlock: {one.state.name} holds {first} and waits for {words.name(one)}; "
            f"{other.state.name} holds {second} and waits for {words.name(other)}",
            f"Deadlock: {one.state.name} ({frame_place(one.frame)}) and {other.state.name} "
            f"({frame_place(other.frame)}) each wait for a lock that the other holds",
            f"Deadlock: {both} each wait for a lock that the other holds",
        )
    else:
        claim = claim_of_many(words, root, held)
    return lock_finding(
        graph,
        words,
        root,
        held,
        "once-stuck" if once else "lock-cycle",
        claim,
        "take these locks in one order everywhere",
    )


def _held_by_nobody(
    graph: ObjectGraph, words: ObjectWords, root: tuple[int, ...]
) -> Iterator[Finding]:
    """Yield the finding on goroutines that wait for a lock whose holder has ended."""
    wait = next(iter(graph.waits_of(root[0])), None)
    if wait is None or not wait.on_lock or wait.object is None:
        return
    holder = next((each for each in wait.object.holders if each.ended), None)
    if holder is None:
        return
    waits = [each for number in root for each in graph.waits_of(number)[:1]]
    who, verb = names(root), "waits" if len(root) == 1 else "wait"
    name, locked = words.name(wait), place_of_event(holder)
    begin = f"{who} {verb} for {name} ({frame_place(wait.frame)})"
    in_ = f" in {locked.short_function}" if locked is not None else ""
    ended = f"G{holder.goroutine}, which locked it"
    claim = first_that_fits(
        f"{begin}; {ended}{at(locked)}{in_}, ended without unlocking it",
        f"{begin}; {ended}{at(locked)}, ended with it held",
        f"{begin}; its holder G{holder.goroutine} ended",
    )
    yield lock_finding(
        graph,
        words,
        root,
        [(each, holder) for each in waits],
        "lock-held",
        claim,
        "unlock on every way out, or by defer",
    )


def _held_by_a_root(
    question: Question, graph: ObjectGraph, words: ObjectWords, root: tuple[int, ...]
) -> Iterator[Finding]:
    """Yield the finding on a holder whose wait nobody is known to end, or that a waiter might.

    Where the source shows that nobody could end it, that is reported, and the lock is aside, unless
    it keeps the very one who did so before.
    """
    state = graph.state(root[0])
    if len(root) > 1 or state is None or state.blocked_on.for_ever:
        return
    partners = _partners(graph, root[0]) if question.waits.peers(state) is not None else None
    for number in graph.dead:
        for wait in graph.waits_of(number)[:1]:
            holders = wait.object.holders if wait.on_lock and wait.object is not None else ()
            holder = next((each for each in holders if each.goroutine == root[0]), None)
            is_partner = partners is None or number in partners
            if holder is not None and number != root[0] and is_partner:
                cycle = (number, root[0])
                yield _by_one_that_is_stuck(graph, words, cycle, ((wait, holder), None))
                return


def _partners(graph: ObjectGraph, number: int) -> set[int]:
    """Return who used the other side of the channels that a goroutine waits on last."""
    side = {"send": "last_receive", "receive": "last_send"}
    return {
        event.goroutine
        for wait in graph.waits_of(number)
        if wait.object is not None
        and (event := wait.object.event(side.get(wait.wait.operation, ""))) is not None
    }


def _by_one_that_is_stuck(
    graph: ObjectGraph, words: ObjectWords, root: tuple[int, ...], waits: Sequence[Held | None]
) -> Finding:
    """Return the finding on a holder that is stuck in what only those behind it could end."""
    at_place = next(place for place, each in enumerate(waits) if each is not None)
    found = waits[at_place]
    assert found is not None
    wait, holder = found
    assert wait.object is not None
    stuck = graph.state(holder.goroutine)
    assert stuck is not None  # It is a circle's, or a root.
    once = wait.object.kind is ObjectKind.ONCE
    held = words.held(holder, wait.object)
    verb = "is in it" if once else "holds it"
    waiting = [number for number in graph.dead if _waits_on(graph, number, wait)]
    begin = f"{names(waiting)} {'wait' if len(waiting) > 1 else 'waits'} for {words.name(wait)}"
    begin = f"{begin} ({frame_place(wait.frame)})"
    who = f"G{holder.goroutine}"
    claim = first_that_fits(
        f"Deadlock: {begin}; {who} {verb}{at(place_of_event(holder))} in {doing(stuck)}",
        f"{begin}; {who} {verb}, stuck in {doing(stuck)}",
        f"{begin}; its holder {who} is stuck in {stuck.blocked_on.noun}",
    )
    known = [each for each in waits if each is not None]
    others = [
        words.wait_fact(each)
        for number, found in zip(root, waits, strict=True)
        if found is None
        for each in graph.waits_of(number)[:1]
    ]
    return lock_finding(
        graph,
        words,
        root,
        known,
        "once-stuck" if once else "lock-held",
        claim,
        f"do not block while {held} is held" if not once else "",
        others,
    )


def _waits_on(graph: ObjectGraph, number: int, wait: ObjectWait) -> bool:
    return any(each.wait.address == wait.wait.address for each in graph.waits_of(number))


RULE = Rule(
    "object-locks",
    Needs.STATES | Needs.OBJECTS,
    _find,
    ("lock-cycle", "self-lock", "lock-held", "once-stuck"),
)
