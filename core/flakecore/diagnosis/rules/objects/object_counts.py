"""``wait-group-stuck``, ``cond-lost-signal`` by an objects page: the counter, and the last signal.

Reports goroutines in Wait that cannot go on by the page, where nobody who could do anything has
the wait group or cond. Of a wait group it shows the counter and who called Add and Done last; of a
cond who signalled it last, and how long before the Wait began. Where the source has just one way
out that skips a Done, that is reported, and inferred. Silent where a goroutine that can go
on, or that waits for something else, has it: that is reported by ``object-cycles``. So it is where
those whom WaitGroup.Go started account for the counter: what they wait for is the cause.

Example: the producer signals before the consumer waits.
Counterexample: the producer is slow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import ObjectWait, place_of_event
from flakecore.diagnosis.objects.object_words import (
    ObjectWords,
    at,
    event_place,
    frame_place,
    wait_place,
)
from flakecore.diagnosis.objects.page_clock import coarse_duration
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import (
    LOOK_UNDER_THE_LOCK,
    ONE_OR_ALL,
    first_that_fits,
    names,
)
from flakecore.diagnosis.waits.counterpart import AbsentCounterpart, absent_counterpart
from flakecore.objects import ObjectKind, PageEvent

_GO = "sync.(*WaitGroup).Go.func"
"""The function that calls what WaitGroup.Go was given."""
_SHOWN = 8
_EVENTS = {
    ObjectKind.WAIT_GROUP: ("last_add", "last_done"),
    ObjectKind.COND: ("last_signal",),
}


def _find(question: Question) -> Iterator[Finding]:
    graph = question.objects
    if graph is None:
        return
    words = ObjectWords(graph, question.files, question.moment_ns)
    reported: set[tuple[str, int]] = set()
    for root in graph.roots:
        wait = next(iter(graph.waits_of(root[0])), None)
        if graph.is_cycle(root) or wait is None or wait.object is None:
            continue
        place = (frame_place(wait.frame), wait.state.test)
        if _is_counted_by_go(question, wait):
            continue
        if wait.object.kind in _EVENTS and place not in reported:
            reported.add(place)
            yield _finding(graph, words, root, wait, _counterpart(question, graph, root))


def _is_counted_by_go(question: Question, wait: ObjectWait) -> bool:
    """Return whether goroutines of WaitGroup.Go that cannot go on account for a whole counter.

    The finding is on what they wait for: each calls Done when it ends (Go 1.25, sync/waitgroup.go).
    """
    counter = wait.object.counter if wait.object is not None else None
    if counter is None:
        return False
    stuck = sum(
        each.live is False and any(one.function.startswith(_GO) for one in each.frames)
        for each in question.states
        if each.test == wait.state.test
    )
    return 0 < counter <= stuck


def _counterpart(
    question: Question, graph: ObjectGraph, root: tuple[int, ...]
) -> AbsentCounterpart | None:
    """Return what the source has of the other side of a wait, of one of those that wait alike."""
    waits = (wait for number in root[:_SHOWN] for wait in graph.waits_of(number)[:1])
    found = (absent_counterpart(question.waits.peers(wait.state)) for wait in waits)
    return next((each for each in found if each is not None), None)


def _finding(
    graph: ObjectGraph,
    words: ObjectWords,
    root: tuple[int, ...],
    wait: ObjectWait,
    other: AbsentCounterpart | None,
) -> Finding:
    found = wait.object
    assert found is not None
    events = [
        (name, event)
        for name in _EVENTS[found.kind]
        if (event := found.event(name)) is not None and event.goroutine
    ]
    is_cond = found.kind is ObjectKind.COND
    claims = other.claims if other is not None and not (is_cond and events) else ()
    claim = (
        _of_cond(graph, words, root, wait, claims)
        if is_cond
        else _of_group(words, root, wait, claims)
    )
    is_inferred = other is not None and any(claim.endswith(each) for each in claims)
    numbers = graph.behind(frozenset(root))
    places: list[Place | None] = [wait_place(graph.waits_of(number)[0]) for number in root[:_SHOWN]]
    places += [event_place(name, event) for name, event in events]
    evidence = [words.wait_fact(graph.waits_of(number)[0]) for number in root[:_SHOWN]]
    if found.counter is not None:
        text = f"wait group {found.short_address}: its counter is {found.counter}"
        evidence.append(Evidence(text, graph.time_of(graph.page.at_ns), wait.state.number))
    evidence += [words.event_fact(name, event) for name, event in events]
    ended = (words.ended_fact(event.goroutine) for _, event in events)
    evidence += dict.fromkeys(each for each in ended if each is not None)
    if is_inferred and other is not None:
        evidence.append(other.evidence)
        places += other.besides(places)
    return Finding(
        rule="cond-lost-signal" if is_cond else "wait-group-stuck",
        claim=claim,
        certainty=Certainty.INFERRED if is_inferred else Certainty.SEEN,
        test=wait.state.test,
        places=tuple(dict.fromkeys(each for each in places if each is not None)),
        evidence=(*evidence, *words.behind(root, numbers)),
        next=_of_signal(graph, wait)
        if is_cond
        else "call Done by defer at the start of each goroutine that Add counts",
        explains=numbers,
    )


def _of_signal(graph: ObjectGraph, wait: ObjectWait) -> str:
    """Return what to do about a wait for a signal: one that came during it went to another."""
    event = wait.object.event("last_signal") if wait.object is not None else None
    since = graph.page.by_number[wait.state.number].since_ns
    if event is None or event.at_ns is None or since is None or event.amount:
        return LOOK_UNDER_THE_LOCK
    return ONE_OR_ALL if event.at_ns > since else LOOK_UNDER_THE_LOCK


def _of_group(
    words: ObjectWords, root: tuple[int, ...], wait: ObjectWait, others: Sequence[str]
) -> str:
    """Return the claim on a wait group: its counter, and what skips Done, or who called it last."""
    found = wait.object
    assert found is not None
    verb = "waits" if len(root) == 1 else "wait"
    begin = f"{names(root)} {verb} for {words.name(wait)} ({frame_place(wait.frame)})"
    count = f", {found.counter} Done short" if found.counter is not None else ""
    if others:
        return first_that_fits(
            *(f"{begin}{count}; {each}" for each in others), f"{begin}; {others[-1]}"
        )
    done = found.event("last_done")
    nobody = "only stuck goroutines have it"
    if done is None or not done.goroutine:
        added = _last_event_words("Add", found.event("last_add"))
        return first_that_fits(f"{begin}{count}; {nobody}{added}", f"{begin}{count}; {nobody}")
    last = _last_event_words("Done", done)
    return first_that_fits(
        f"{begin}{count}; {nobody}{last}", f"{begin}{count}{last}", f"{begin}{count}; {nobody}"
    )


def _of_cond(
    graph: ObjectGraph,
    words: ObjectWords,
    root: tuple[int, ...],
    wait: ObjectWait,
    others: Sequence[str],
) -> str:
    """Return the claim on a cond: when it was signalled last, against when the Wait began."""
    found = wait.object
    assert found is not None
    verb = "waits" if len(root) == 1 else "wait"
    begin = f"{names(root)} {verb} for a signal of {words.name(wait)} ({frame_place(wait.frame)})"
    since = graph.page.by_number[wait.state.number].since_ns
    event = found.event("last_signal")
    if event is None or event.at_ns is None or since is None or not event.goroutine:
        return first_that_fits(
            *(f"{begin}; {each}" for each in others), f"{begin}; only stuck goroutines have it"
        )
    does = "Broadcast" if event.amount else "Signal"
    whom = "itself" if event.goroutine in root else f"G{event.goroutine}"
    who = f"{whom}{at(place_of_event(event))}"
    # Where the page's clock shows one moment for both: what came after the Wait had woken it.
    was_before = event.at_ns < since or event.goroutine in root or bool(event.amount)
    if event.at_ns == since and not was_before:
        return first_that_fits(
            f"{begin}; the last {does}, by {who}, did not wake it",
            f"{begin}; the last {does} did not wake it",
        )
    away = coarse_duration(abs(event.at_ns - since))
    if event.at_ns <= since:
        came = f"came {away} before the Wait" if away else "came before the Wait"
        return first_that_fits(
            f"{begin}; the last {does}, by {who}, {came}",
            f"{begin}; the last {does}, by {whom}, {came}",
            f"{begin}; the last {does} {came}",
        )
    after = f", {away} later," if away else ", later,"
    return first_that_fits(
        f"{begin}; the last {does}, by {who}{after} woke another",
        f"{begin}; the last {does}{after} woke another",
    )


def _last_event_words(what: str, event: PageEvent | None) -> str:
    if event is None or not event.goroutine:
        return ""
    return f"; the last {what} was G{event.goroutine}'s{at(place_of_event(event))}"


RULE = Rule(
    "object-counts",
    Needs.STATES | Needs.OBJECTS,
    _find,
    ("wait-group-stuck", "cond-lost-signal"),
)
