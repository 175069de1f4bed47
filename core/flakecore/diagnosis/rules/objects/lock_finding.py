"""The finding on goroutines that wait for locks of which an objects page has the holder."""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.objects.lock_cycle_claims import Held
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_words import ObjectWords, hold_place, wait_place


def lock_finding(
    graph: ObjectGraph,
    words: ObjectWords,
    root: tuple[int, ...],
    held: Sequence[Held],
    rule: str,
    claim: str,
    next_step: str,
    others: Sequence[Evidence] = (),
) -> Finding:
    """Return a finding, seen on the page, on the goroutines ``root``.

    ``held`` are their waits for locks, each with who holds it; ``others`` is evidence besides.
    """
    places: list[Place] = []
    evidence: list[Evidence] = []
    for wait, holder in held[:8]:
        places.append(wait_place(wait))
        locked = hold_place(holder)
        if locked is not None and locked not in places:
            places.append(locked)
        evidence.append(words.wait_fact(wait))
        if wait.object is not None:
            fact = words.hold_fact(holder, wait.object)
            if fact not in evidence:
                evidence.append(fact)
    waiting = {wait.state.number for wait, _ in held}
    holding = {holder.goroutine for _, holder in held}
    for number in root:
        if number not in waiting:
            for each in graph.waits_of(number)[:1]:
                holds = number in holding
                places.append(each.state.place_of(Role.HOLDS if holds else Role.WAITS, each.frame))
    explains = graph.behind(frozenset(root))
    return Finding(
        rule=rule,
        claim=claim,
        certainty=Certainty.SEEN,
        test=next((wait.state.test for wait, _ in held if wait.state.test >= 0), -1),
        places=tuple(places),
        evidence=(*evidence, *others, *words.behind(root, explains)),
        next=next_step,
        explains=explains,
    )
