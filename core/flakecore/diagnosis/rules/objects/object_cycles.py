"""``wait-cycle``, ``context-not-cancelled``, ``cond-lost-signal`` by an objects page: cycles.

Reports goroutines that cannot go on by the page, none of which waits for a lock, where only they
have what they wait on: each could be woken by the next alone. That is inferred where no source is
at hand, for a stack may hold an address that is used no more. Where one of them waits in a select
for a context to be cancelled that another made, that is what is reported, and so is a signal which
another of them gave before the Wait, and a way out that skips what would have ended a wait. Cycles
with locks are reported by ``object-locks``. Silent where a goroutine that can go on has one of the
objects, and where the source is at hand and does not show that each may wake the one before.

Example: the test waits for the consumer's answer, the consumer for a wake-up that was dropped.
Counterexample: a third goroutine may still send the wake-up.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import ObjectWait, place_of_event
from flakecore.diagnosis.objects.object_words import (
    ObjectWords,
    at,
    doing,
    event_place,
    frame_place,
    wait_place,
)
from flakecore.diagnosis.objects.page_clock import coarse_duration
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.waits.counterpart import KEEP_IT, dropped_wake_up, ending_places
from flakecore.diagnosis.waits.peers.wait_peers import WaitPeers
from flakecore.diagnosis.waits.unanswered_requests import skipped_answer
from flakecore.objects import ObjectKind, PageEvent

_DOES = {"send": "sends on", "receive": "receives from", "wait": "waits for"}


def _find(question: Question) -> Iterator[Finding]:
    graph = question.objects
    if graph is None:
        return
    words = ObjectWords(graph, question.files, question.moment_ns)
    of_slots: frozenset[int] = frozenset().union(*(each.numbers for each in question.slots))
    for root in graph.roots:
        if not of_slots.isdisjoint(root):
            continue
        waits = [graph.waits_of(number) for number in root]
        if not graph.is_cycle(root) or not all(waits):
            continue
        if any(wait.on_lock for each in waits for wait in each):
            continue
        finding = _finding(question, graph, words, root, waits)
        if finding is not None:
            yield finding


def _finding(
    question: Question,
    graph: ObjectGraph,
    words: ObjectWords,
    root: tuple[int, ...],
    waits: list[tuple[ObjectWait, ...]],
) -> Finding | None:
    found = _uncancelled(graph, root, waits)
    numbers = graph.behind(frozenset(root))
    what_next = ""
    certainty = Certainty.SEEN if graph.is_seen(root) else Certainty.INFERRED
    states = [each[0].state for each in waits]
    places: list[Place | None] = [wait_place(each[0]) for each in waits]
    evidence = [words.wait_fact(wait) for each in waits for wait in each[:3]]
    if found is not None:
        wait, made = found
        rule, claim = "context-not-cancelled", _of_context(graph, wait, made)
        what_next = "call the context's cancel before waiting for who heeds it"
        places.append(event_place("made", made))
        evidence.append(words.event_fact("made", made))
    elif (lost := _lost_signal(graph, waits)) is not None:
        cond, signal = lost
        rule, claim = "cond-lost-signal", _of_signal(graph, words, cond, signal)
        places.append(event_place("last_signal", signal))
        evidence.append(words.event_fact("last_signal", signal))
    elif (dropped := dropped_wake_up(question.waits.peers(each) for each in states)) is not None:
        peers, claims = dropped
        rule, claim, what_next = "wait-cycle", first_that_fits(*claims), KEEP_IT
        certainty = Certainty.INFERRED
        places += ending_places(peers, peers.ends)
        evidence.append(Evidence(f"inferred from the source: {claims[0]}", None, 0))
    elif question.unproven(root):
        return None
    elif (skipped := skipped_answer([question.waits.peers(each) for each in states])) is not None:
        peers, claims = skipped
        rule, claim = peers.kind.rule, first_that_fits(*claims)
        certainty = Certainty.INFERRED
        places += ending_places(peers, peers.ends)
        evidence.append(Evidence(f"inferred from the source: {claims[0]}", None, 0))
    else:
        rule, begin = "wait-cycle", "Stuck on each other"
        if any(_is_open(question.waits.peers(each)) for each in states):
            begin, certainty = "Perhaps stuck on each other", Certainty.INFERRED
            evidence.append(Evidence("each has what the one before waits on on its stack", None, 0))
        parts = "; ".join(_part(words, each) for each in waits)
        short = ", ".join(f"{each.name}{at(each.own)}" for each in states)
        claim = first_that_fits(
            f"{begin}: {parts}",
            f"{begin}: {short}",
            f"{len(root)} goroutines are {begin.lower()}",
        )
    return Finding(
        rule=rule,
        claim=claim,
        certainty=certainty,
        test=next((each.test for each in states if each.test >= 0), -1),
        places=tuple(dict.fromkeys(each for each in places if each is not None)),
        evidence=(*dict.fromkeys(evidence), *words.behind(root, numbers)),
        next=what_next,
        explains=numbers,
    )


def _is_open(peers: WaitPeers | None) -> bool:
    """Return whether the source leaves open who could end a wait: any function value may."""
    return peers is None or peers.package.calls.is_by_value(peers.leading)


def _part(words: ObjectWords, waits: tuple[ObjectWait, ...]) -> str:
    first = waits[0]
    if len(waits) > 1:
        texts = words.names(waits)
        return f"{first.state.name} selects from {texts} ({frame_place(first.frame)})"
    if first.object is not None and first.object.kind is ObjectKind.COND:
        does = "waits for a signal of"
    else:
        does = _DOES.get(first.wait.operation, "waits on")
    if words.is_range(first):
        does = "ranges over"
    return f"{first.state.name} {does} {words.name(first)} ({frame_place(first.frame)})"


def _uncancelled(
    graph: ObjectGraph, root: tuple[int, ...], waits: list[tuple[ObjectWait, ...]]
) -> tuple[ObjectWait, PageEvent] | None:
    """Return a wait for a context that another one of the cycle made; None for none."""
    for each in waits:
        for wait in each:
            for context in graph.contexts_of(wait.wait.address):
                made = context.event("made")
                if made is not None and made.goroutine in root and not context.canceled:
                    return wait, made
    return None


def _lost_signal(
    graph: ObjectGraph, waits: list[tuple[ObjectWait, ...]]
) -> tuple[ObjectWait, PageEvent] | None:
    """Return a wait for a signal that came from another of the cycle before it; None for none."""
    among = {each[0].state.number for each in waits}
    for each in waits:
        cond = each[0].object
        since = graph.page.by_number[each[0].state.number].since_ns
        signal = cond.event("last_signal") if cond is not None else None
        if cond is None or cond.kind is not ObjectKind.COND or signal is None or since is None:
            continue
        if signal.goroutine not in among or signal.at_ns is None:
            continue
        # The page's clock goes by 10 ms; a Broadcast during the Wait would have ended it.
        if signal.at_ns < since or (signal.at_ns == since and signal.amount):
            return each[0], signal
    return None


def _of_signal(graph: ObjectGraph, words: ObjectWords, wait: ObjectWait, signal: PageEvent) -> str:
    since = graph.page.by_number[wait.state.number].since_ns
    assert since is not None
    assert signal.at_ns is not None
    away = coarse_duration(since - signal.at_ns)
    ago = f"{away} " if away else ""
    does = "Broadcast" if signal.amount else "Signal"
    begin = (
        f"{wait.state.name} waits for a signal of {words.name(wait)} ({frame_place(wait.frame)})"
    )
    who = f"G{signal.goroutine}"
    where = at(place_of_event(signal))
    other = graph.state(signal.goroutine)
    now = f", and is in {other.blocked_on.noun}" if other is not None else ""
    return first_that_fits(
        f"{begin}; the last {does}, by {who}{where}, came {ago}before the Wait{now}",
        f"{begin}; the last {does}, by {who}{where}, came {ago}before the Wait",
        f"{begin}; the last {does} came {ago}before the Wait",
    )


def _of_context(graph: ObjectGraph, wait: ObjectWait, made: PageEvent) -> str:
    name = wait.state.name
    begin = f"{name} waits for its context to be cancelled ({frame_place(wait.frame)})"
    short = f"{name} waits for a cancel ({frame_place(wait.frame)})"
    maker = graph.state(made.goroutine)
    assert maker is not None
    who = f"{maker.name}, which made the context{at(place_of_event(made))},"
    return first_that_fits(
        f"{begin}; {who} is in {doing(maker)}",
        f"{short}; {who} is in {doing(maker)}",
        f"{short}; {who} is in {maker.blocked_on.noun}",
        f"{begin}; {maker.name}, which made it, is in {maker.blocked_on.noun}",
    )


RULE = Rule(
    "object-cycles",
    Needs.STATES | Needs.OBJECTS,
    _find,
    ("wait-cycle", "context-not-cancelled", "cond-lost-signal", "chan-no-sender"),
)
